import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import type { TlsOptions as TlsSettings } from 'node:tls';
import type { InvalidConfiguration, Listening } from '@wamp-run/protocol';
import { hostAndPort } from '../address.js';
import { listenFailure, unixListenFailure } from '../listen-failure.js';
import { removeStale } from '../unix-socket.js';
import { answerPlainHttp } from './admission.js';
import type { Attach, Entrance } from './entrance.js';

/** Where to listen. */
export type Place = { readonly host: string; readonly port: number } | { readonly socketPath: string };

/** Milliseconds for TLS and for the head of a request, so that a silent connection does not stay for ever. */
const REQUEST_TIMEOUT = 10_000;

/** How to listen. */
export interface OwnServerOptions {
  readonly place: Place;
  /** Undefined for no TLS. */
  readonly tls: TlsSettings | undefined;
  readonly entrance: Entrance;
}

/** Listens with an HTTP server of its own, or an HTTPS server where there are settings for TLS. */
export async function listenAlone({ place, tls, entrance }: OwnServerOptions, attach: Attach): Promise<Listening> {
  const { log, path } = entrance;
  const options: ServerOptions = { headersTimeout: REQUEST_TIMEOUT, requestTimeout: REQUEST_TIMEOUT };
  const server =
    tls === undefined
      ? createServer(options, answerPlainHttp)
      : createTlsServer({ ...options, ...tls, handshakeTimeout: REQUEST_TIMEOUT }, answerPlainHttp);
  const unfinished = tls === undefined ? undefined : new UnfinishedHandshakes(server);
  server.on('upgrade', entrance.upgrades({ attach, ...('socketPath' in place ? place : {}) }));
  server.on('tlsClientError', (err) => log.debug({ err }, 'a TLS handshake failed'));
  await bound(server, place);
  server.on('error', (err) => log.error({ err }, 'a connection could not be accepted'));
  let closed: Promise<void> | undefined;
  return {
    url: urlOf(server, place, tls !== undefined) + path,
    close: () => {
      closed ??= stopListening(server, unfinished);
      return closed;
    },
  };
}

/** The sockets on which TLS is still being agreed on: the HTTP server knows nothing of them yet. */
class UnfinishedHandshakes {
  readonly #sockets = new Map<string, Socket>();

  constructor(server: NetServer) {
    server.on('connection', (socket: Socket) => {
      const key = bothEnds(socket);
      this.#sockets.set(key, socket);
      socket.once('close', () => this.#sockets.delete(key));
    });
    server.on('secureConnection', (socket: Socket) => this.#sockets.delete(bothEnds(socket)));
  }

  cut(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }
}

function bothEnds({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;
}

async function bound(server: NetServer, place: Place): Promise<void> {
  try {
    await listening(server, place);
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    const mayBeStale = 'socketPath' in place && cause.code === 'EADDRINUSE';
    if (!mayBeStale || !(await removeStale(place.socketPath))) throw failureAt(place, cause);
    await listening(server, place).catch((again: NodeJS.ErrnoException) => {
      throw failureAt(place, again);
    });
  }
}

function failureAt(place: Place, cause: NodeJS.ErrnoException): InvalidConfiguration {
  if ('socketPath' in place) return unixListenFailure(place.socketPath, cause);
  return listenFailure(place.host, place.port, cause);
}

function listening(server: NetServer, place: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen('socketPath' in place ? { path: place.socketPath } : place, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function stopListening(server: Server, unfinished: UnfinishedHandshakes | undefined): Promise<void> {
  return new Promise((resolve) => {
    // The server counts upgraded connections as its own and reports its end after theirs, but the port is free at once.
    server.close();
    server.closeAllConnections();
    unfinished?.cut();
    setImmediate(resolve);
  });
}

function urlOf(server: Server, place: Place, secure: boolean): string {
  if ('socketPath' in place) return unixUrl(place.socketPath);
  return webUrl(place.host, (server.address() as AddressInfo).port, secure);
}

/** The URL of a Unix socket, up to the path that is asked for. */
export function unixUrl(socketPath: string): string {
  return `ws+unix:${encodeURI(socketPath).replaceAll(':', '%3A').replaceAll('?', '%3F').replaceAll('#', '%23')}:`;
}

/** The URL of a host, up to the path. One that listens everywhere is on loopback too, for clients on this machine. */
export function webUrl(host: string, port: number, secure: boolean): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${secure ? 'wss' : 'ws'}://${hostAndPort(reachable, port)}`;
}
