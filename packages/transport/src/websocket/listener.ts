import { Server as HttpServer } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import { checkOptionNames, InvalidConfiguration, type Listener, type OptionNames } from '@wamp-run/protocol';
import { type TlsServerOptions, tlsServerSettings } from '../tls-options.js';
import { checkSocketPath } from '../unix-socket.js';
import { ENTRANCE_OPTIONS, Entrance, type EntranceOptions } from './entrance.js';
import { listenOn } from './given-server.js';
import { listenAlone, type Place } from './own-server.js';

/** Where to listen (one of `port`, `socketPath`, `server`), and for whom. */
export interface WebSocketListenerOptions extends EntranceOptions {
  /** The port; 0 for any that is free. */
  readonly port?: number;
  /** The address to listen on, with `port`. Default: `127.0.0.1`. */
  readonly host?: string;
  /** The file of a Unix socket. One that a dead process left behind is replaced. */
  readonly socketPath?: string;
  /**
   * An HTTP or HTTPS server that is listening already. Requests to upgrade at `path` are taken from it, all others left
   * alone; closing the listening leaves it open.
   */
  readonly server?: HttpServer | HttpsServer;
  /** Speaks TLS, with this certificate. Default: none. */
  readonly tls?: TlsServerOptions;
}

const OPTIONS: OptionNames<WebSocketListenerOptions> = {
  ...ENTRANCE_OPTIONS,
  port: true,
  host: true,
  socketPath: true,
  server: true,
  tls: true,
};

const OF = 'websocketListener';

/**
 * Listens for clients over WebSocket. Of the subprotocols that a client offers, the first that has a serializer here is
 * taken.
 *
 * @returns a listener whose `listen` rejects with InvalidConfiguration where the port or the Unix socket is in use or not
 *   permitted, or the `server` is not listening
 * @throws InvalidConfiguration where an option is wrong, or one that there is not
 * @example
 * const listening = await websocketListener({ port: 8080, serializers: [cbor(), json()], clock }).listen(attach);
 * listening.url; // ws://127.0.0.1:8080/ws
 */
export function websocketListener(options: WebSocketListenerOptions): Listener {
  checkOptionNames(options, OPTIONS, OF);
  const { server } = options;
  const entrance = new Entrance(options, OF);
  if (server !== undefined) {
    checkGivenServer(options);
    return { listen: (attach) => listenOn({ server, entrance }, attach) };
  }
  const place = placeOf(options);
  const tls = options.tls === undefined ? undefined : tlsServerSettings(options.tls, OF);
  return { listen: (attach) => listenAlone({ place, tls, entrance }, attach) };
}

function placeOf({ port, host, socketPath, tls }: WebSocketListenerOptions): Place {
  if (socketPath !== undefined) {
    checkSocketPath(socketPath, `${OF}: socketPath`);
    refuseBeside('socketPath', { port, host, tls });
    return { socketPath };
  }
  if (port === undefined) throw new InvalidConfiguration(`${OF}: port: give it, or a socketPath, or a server`);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidConfiguration(`${OF}: port: expected 0 to 65535, got ${String(port)}`);
  }
  return { port, host: host ?? '127.0.0.1' };
}

function checkGivenServer({ server, port, host, socketPath, tls }: WebSocketListenerOptions): void {
  const given: unknown = server;
  if (!(given instanceof HttpServer || given instanceof HttpsServer)) {
    throw new InvalidConfiguration(`${OF}: server: expected a server of node:http or node:https`);
  }
  refuseBeside('server', { port, host, socketPath, tls });
}

/** What says where to listen, or how, a second time. */
function refuseBeside(first: string, others: Readonly<Record<string, unknown>>): void {
  const other = Object.keys(others).find((name) => others[name] !== undefined);
  if (other === undefined) return;
  throw new InvalidConfiguration(`${OF}: ${first} and ${other} do not go together; leave one of them out`);
}
