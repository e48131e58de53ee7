import { type AddressInfo, createServer as createTcpServer, type ListenOptions, type Server } from 'node:net';
import { createServer as createTlsServer, type TlsOptions as NodeTls } from 'node:tls';
import {
  checkOptionNames,
  InvalidConfiguration,
  type Listener,
  type Listening,
  type Transport,
} from '@wamp-run/protocol';
import { hostAndPort, peerOf, reachable } from '../address.js';
import { listenFailure } from '../listen-failure.js';
import { TlsHandshakes } from '../tls-handshakes.js';
import { type TlsServerOptions, tlsServerSettings } from '../tls-options.js';
import { checkSocketPath, removeStale, socketFileFailure } from '../unix-socket.js';
import { Entrance } from './entrance.js';
import {
  ENTRANCE_OPTIONS,
  type EntranceOptions,
  type EntranceSettings,
  entranceSettings,
} from './entrance-settings.js';
import { unixUrl } from './target.js';

/** Where to listen, and for whom: either `port` or `path`. */
export interface RawSocketListenerOptions extends EntranceOptions {
  /** The TCP port; 0 for any that is free. */
  readonly port?: number;
  /** The address to listen on. Default: `127.0.0.1`. */
  readonly host?: string;
  /**
   * The file of a Unix socket. One that a killed process has left is removed; it goes when the listener closes. Who may
   * connect is who may write to the file: put it into a folder with the permissions that are wanted.
   */
  readonly path?: string;
  /** TLS, with a certificate and its key. Not for a Unix socket. */
  readonly tls?: TlsServerOptions;
}

/**
 * Listens for clients over RawSocket: TCP, TLS, or a Unix socket.
 *
 * @returns a listener whose `listen` rejects with InvalidConfiguration where the port or the file is in use or not
 * permitted
 * @throws InvalidConfiguration where an option is wrong
 * @example
 * const listening = await rawsocketListener({ port: 8081, serializers: [cbor(), json()], clock }).listen(attach);
 * listening.url; // rs://127.0.0.1:8081
 */
export function rawsocketListener(options: RawSocketListenerOptions): Listener {
  const of = 'rawsocketListener';
  checkOptionNames(options, { ...ENTRANCE_OPTIONS, port: true, host: true, path: true, tls: true }, of);
  const place = placeOf(options, of);
  const settings = entranceSettings(options, of);
  const tls = options.tls === undefined ? undefined : tlsServerSettings(options.tls, of);
  return { listen: (attach) => listen({ place, tls, settings }, attach) };
}

type Place =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

interface Settings {
  readonly place: Place;
  readonly tls: NodeTls | undefined;
  readonly settings: EntranceSettings;
}

function placeOf({ port, host = '127.0.0.1', path, tls }: RawSocketListenerOptions, of: string): Place {
  if ((port === undefined) === (path === undefined)) {
    throw new InvalidConfiguration(`${of}: port and path: give the one or the other`);
  }
  if (path !== undefined) {
    checkSocketPath(path, `${of}: path`);
    if (tls !== undefined) throw new InvalidConfiguration(`${of}: tls: there is no TLS on a Unix socket`);
    return { kind: 'unix', path };
  }
  if (!Number.isInteger(port) || port === undefined || port < 0 || port > 65_535) {
    throw new InvalidConfiguration(`${of}: port: expected 0 to 65535, got ${String(port)}`);
  }
  return { kind: 'tcp', host, port };
}

async function listen({ place, tls, settings }: Settings, attach: (transport: Transport) => void): Promise<Listening> {
  const { log } = settings;
  const entrance = new Entrance(settings, attach);
  const socketPath = place.kind === 'unix' ? place.path : undefined;
  const handshakes = new TlsHandshakes(settings.clock, settings.handshakeTimeout);
  const server =
    tls === undefined
      ? createTcpServer((socket) => entrance.accept(socket, { socketPath }))
      : tlsServer(tls, settings, handshakes, entrance);
  await boundTo(server, place);
  server.on('error', (err) => log.error({ err }, 'a connection could not be accepted'));
  let closed: Promise<void> | undefined;
  return {
    url: urlOf(server, place, tls !== undefined),
    close: () => {
      closed ??= new Promise((resolve) => {
        // The server reports its end after that of its connections, but the port is free, and the file gone, at once.
        server.close();
        handshakes.close();
        entrance.close();
        setImmediate(resolve);
      });
      return closed;
    },
  };
}

function tlsServer(tls: NodeTls, { log }: EntranceSettings, handshakes: TlsHandshakes, entrance: Entrance): Server {
  const server = createTlsServer(tls, (socket) => {
    handshakes.done(socket);
    entrance.accept(socket);
  });
  server.on('connection', (socket) => handshakes.began(socket));
  server.on('tlsClientError', (err, socket) => log.debug({ err, peer: peerOf(socket) }, 'a TLS handshake failed'));
  return server;
}

/** Resolves when the server listens, where need be after removing what a killed process has left. */
async function boundTo(server: Server, place: Place): Promise<void> {
  if (place.kind === 'tcp') {
    const { host, port } = place;
    return bound(server, { host, port }).catch((error) => Promise.reject(listenFailure(host, port, error)));
  }
  const { path } = place;
  try {
    await bound(server, { path }).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' || !(await removeStale(path))) throw error;
      await bound(server, { path });
    });
  } catch (error) {
    throw socketFileFailure(path, error as NodeJS.ErrnoException);
  }
}

function bound(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function urlOf(server: Server, place: Place, secure: boolean): string {
  if (place.kind === 'unix') return unixUrl(place.path);
  const { port } = server.address() as AddressInfo;
  return `${secure ? 'rss' : 'rs'}://${hostAndPort(reachable(place.host), port)}`;
}
