/**
 * WAMP over the WebSocket of a browser: opening alone. Bundlers take this for `@wamp-run/transport/websocket` where they
 * build for browsers (the `browser` condition).
 *
 * @packageDocumentation
 */
import type { Connector } from '@wamp-run/protocol';
import { browserConnector, type WebSocketOptions } from './browser-connector.js';
import type { BrowserWebSocket } from './browser-socket.js';

export type { WebSocketOptions } from './browser-connector.js';

/**
 * Connects to a router over WebSocket. The serializers are offered in order; the router chooses one.
 *
 * @param url `ws://host:port/path` or `wss://…`; a page that came over HTTPS reaches `wss:` alone
 * @returns a connector whose `connect` rejects with TransportLost, naming the URL, or with `stop.reason`
 * @throws InvalidConfiguration where the URL or an option is wrong, or one that a browser cannot have
 * @example
 * const connector = websocket('wss://router.example/ws', { serializers: [cbor(), json()], clock });
 */
export function websocket(url: string, options: WebSocketOptions): Connector {
  const { WebSocket } = globalThis as { WebSocket?: BrowserWebSocket };
  return browserConnector(url, options, WebSocket);
}
