/**
 * WAMP over WebSocket, for Node: opening and listening.
 *
 * @packageDocumentation
 */

export type { ConnectionOptions } from '../settings.js';
export { type WebSocketOptions, websocket } from './connector.js';
export { type WebSocketListenerOptions, websocketListener } from './listener.js';
