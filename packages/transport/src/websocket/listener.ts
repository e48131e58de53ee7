import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  InvalidConfiguration,
  type Listener,
  type Listening,
  type Logger,
  silent,
  type Transport,
} from '@wamp-run/protocol';
import { WebSocketServer } from 'ws';
import { hostAndPort, reachable } from '../address.js';
import { listenFailure } from '../listen-failure.js';
import { type ConnectionOptions, type ConnectionSettings, connectionSettings } from '../settings.js';
import { type Admission, firstKnown, refusalOf, refuse } from './admission.js';
import { originRule } from './origins.js';
import { WebSocketTransport } from './transport.js';
import { WireSocket } from './wire-socket.js';

/** Where to listen, and for whom. */
export interface WebSocketListenerOptions extends ConnectionOptions {
  /** The port; 0 for any that is free. */
  readonly port: number;
  /** The address to listen on. Default: `127.0.0.1`. */
  readonly host?: string;
  /** The path of the URL. Default: `/ws`. */
  readonly path?: string;
  /**
   * Origins of web pages that may connect beside those from loopback, e.g. `https://shop.example`; `*` for all.
   * Clients that are no browser send no origin and are not asked for one. Default: none.
   */
  readonly allowedOrigins?: readonly string[];
  /** Told of refused requests (debug) and of what fails while listening (error). Default: nobody. */
  readonly log?: Logger;
}

/** Milliseconds for the head of a request, so that a silent connection does not stay for ever. */
const REQUEST_TIMEOUT = 10_000;

/**
 * Listens for clients over WebSocket. Of the subprotocols that a client offers, the first that has a serializer here is
 * taken.
 *
 * @returns a listener whose `listen` rejects with InvalidConfiguration where the port is in use or not permitted
 * @throws InvalidConfiguration where an option is wrong
 * @example
 * const listening = await websocketListener({ port: 8080, serializers: [cbor(), json()], clock }).listen(attach);
 * listening.url; // ws://127.0.0.1:8080/ws
 */
export function websocketListener(options: WebSocketListenerOptions): Listener {
  const of = 'websocketListener';
  const { port, host = '127.0.0.1', path = '/ws', allowedOrigins = [], log = silent } = options;
  const settings = connectionSettings(options, of);
  const origins = originRule(allowedOrigins, of);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidConfiguration(`${of}: port: expected 0 to 65535, got ${String(port)}`);
  }
  if (!/^\/[^?#\s]*$/.test(path)) {
    throw new InvalidConfiguration(
      `${of}: path: ${JSON.stringify(path)} is not a path; it begins with a slash, e.g. /ws`,
    );
  }
  const entrance: Entrance = { settings, admission: { path, origins, serializers: settings.serializers }, log };
  return { listen: (attach) => listen({ host, port, path }, entrance, attach) };
}

interface Entrance {
  readonly settings: ConnectionSettings;
  readonly admission: Admission;
  readonly log: Logger;
}

interface Place {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

async function listen(place: Place, entrance: Entrance, attach: (transport: Transport) => void): Promise<Listening> {
  const server = createServer({ headersTimeout: REQUEST_TIMEOUT, requestTimeout: REQUEST_TIMEOUT }, answerPlainHttp);
  const upgrade = upgrader(entrance, attach);
  server.on('upgrade', upgrade);
  await bound(server, place);
  server.on('error', (err) => entrance.log.error({ err }, 'a connection could not be accepted'));
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  return {
    url: `ws://${hostAndPort(reachable(place.host), port)}${place.path}`,
    close: () => {
      closed ??= stopListening(server);
      return closed;
    },
  };
}

function bound(server: Server, { host, port }: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(listenFailure(host, port, error));
    server.once('error', failed);
    server.listen({ host, port }, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

function upgrader({ settings, admission, log }: Entrance, attach: (transport: Transport) => void) {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: settings.maxMessageSize,
    WebSocket: WireSocket,
    handleProtocols: (offered) => firstKnown(offered, settings.serializers)?.subprotocol ?? false,
  });
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const refusal = refusalOf(request, admission);
    if (refusal !== undefined) {
      log.debug({ status: refusal.status, url: request.url, origin: request.headers.origin }, refusal.text);
      refuse(socket, refusal);
      return;
    }
    server.handleUpgrade(request, socket, head, (ws) => {
      const serializer = firstKnown([ws.protocol], settings.serializers);
      if (serializer === undefined) return ws.terminate();
      const transport = new WebSocketTransport({ ws, socket: request.socket, serializer, secure: false, settings });
      try {
        attach(transport);
      } catch (err) {
        log.error({ err, peer: transport.details.peer }, 'a new connection was not taken');
        transport.turnAway();
      }
    });
  };
}

function answerPlainHttp(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, {
    Upgrade: 'websocket',
    Connection: 'Upgrade, close',
    'Content-Type': 'text/plain; charset=utf-8',
  });
  response.end('this is a WAMP router; connect with a WebSocket client\n');
}

function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // The server counts upgraded connections as its own and reports its end after theirs, but the port is free at once.
    server.close();
    server.closeAllConnections();
    setImmediate(resolve);
  });
}
