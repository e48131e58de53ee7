/**
 * One port for all wires, for Node: RawSocket, and WebSocket and long-poll from one HTTP server.
 *
 * @packageDocumentation
 */
export type { TlsServerOptions } from '../tls-options.js';
export { portListener } from './listener.js';
export type { PortListenerOptions } from './options.js';
