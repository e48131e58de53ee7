/**
 * WAMP over RawSocket, for Node: TCP, TLS and Unix sockets, opening and listening.
 *
 * @packageDocumentation
 */
export type { TlsClientOptions, TlsServerOptions } from '../tls-options.js';
export { type RawSocketOptions, rawsocket } from './connector.js';
export type { EntranceOptions } from './entrance-settings.js';
export { type RawSocketListenerOptions, rawsocketListener } from './listener.js';
export type { RawSocketConnectionOptions } from './settings.js';
