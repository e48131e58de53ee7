/**
 * WAMP over WebSocket, for Node: opening and listening.
 *
 * @packageDocumentation
 */

export type { ConnectionOptions } from '../settings.js';
export type { Pem, TlsClientOptions, TlsOptions, TlsServerOptions } from '../tls-options.js';
export type { CompressionOptions } from './compression.js';
export { type WebSocketOptions, websocket } from './connector.js';
export type { EntranceOptions } from './entrance.js';
export { type WebSocketListenerOptions, websocketListener } from './listener.js';
