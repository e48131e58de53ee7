import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server as NetServer } from 'node:net';
import type { TlsOptions as TlsSettings } from 'node:tls';
import type { InvalidConfiguration, Listening } from '@wamp-run/protocol';
import { hostAndPort, reachable } from '../address.js';
import { listenFailure } from '../listen-failure.js';
import { TlsHandshakes } from '../tls-handshakes.js';
import { removeStale, socketFileFailure } from '../unix-socket.js';
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
  const { log, path, clock } = entrance;
  const options: ServerOptions = { headersTimeout: REQUEST_TIMEOUT, requestTimeout: REQUEST_TIMEOUT };
  const server =
    tls === undefined
      ? createServer(options, answerPlainHttp)
      : createTlsServer({ ...options, ...tls }, answerPlainHttp);
  // The HTTP server knows nothing of those yet.
  const handshakes = new TlsHandshakes(clock, REQUEST_TIMEOUT);
  if (tls !== undefined) {
    server.on('connection', (socket) => handshakes.began(socket));
    server.on('secureConnection', (socket) => handshakes.done(socket));
  }
  server.on('upgrade', entrance.upgrades({ attach, ...('socketPath' in place ? place : {}) }));
  server.on('tlsClientError', (err) => log.debug({ err }, 'a TLS handshake failed'));
  await bound(server, place);
  server.on('error', (err) => log.error({ err }, 'a connection could not be accepted'));
  let closed: Promise<void> | undefined;
  return {
    url: urlOf(server, place, tls !== undefined) + path,
    close: () => {
      closed ??= stopListening(server, handshakes);
      return closed;
    },
  };
}

/** Listens, where need be after removing what a killed process has left of a Unix socket. Rejects with InvalidConfiguration. */
export async function bound(server: NetServer, place: Place): Promise<void> {
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
  if ('socketPath' in place) return socketFileFailure(place.socketPath, cause);
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

function stopListening(server: Server, handshakes: TlsHandshakes): Promise<void> {
  return new Promise((resolve) => {
    // The server counts upgraded connections as its own and reports its end after theirs, but the port is free at once.
    server.close();
    server.closeAllConnections();
    handshakes.close();
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
  return `${secure ? 'wss' : 'ws'}://${hostAndPort(reachable(host), port)}`;
}
