import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, Server as NetServer } from 'node:net';
import type { TlsOptions as TlsSettings } from 'node:tls';
import { InvalidConfiguration, type Logger } from '@wamp-run/protocol';
import { hostAndPort, reachable } from './address.js';
import { bound } from './websocket/own-server.js';

/** Where to listen. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** Throws an InvalidConfiguration unless this is a port. */
export function checkedPort(port: unknown, of: string): number {
  if (Number.isInteger(port) && (port as number) >= 0 && (port as number) <= 65_535) return port as number;
  throw new InvalidConfiguration(`${of}: port: expected 0 to 65535, got ${String(port)}`);
}

/** Milliseconds for TLS and for the head of a request, so that a silent connection does not stay for ever. */
const HEAD_TIMEOUT = 10_000;

/** An HTTP server of one's own, or an HTTPS server where there are settings for TLS; it does not listen yet. */
export function httpServer(tls: TlsSettings | undefined, log: Logger): Server {
  const options: ServerOptions = { headersTimeout: HEAD_TIMEOUT };
  const server =
    tls === undefined ? createServer(options) : createTlsServer({ ...options, ...tls, handshakeTimeout: HEAD_TIMEOUT });
  server.on('tlsClientError', (err) => log.debug({ err }, 'a TLS handshake failed'));
  return server;
}

/** Begins to listen, and resolves with the port. Rejects with InvalidConfiguration where that is not possible. */
export async function listenAt(server: Server, place: HostAndPort, log: Logger): Promise<number> {
  await bound(server, place);
  server.on('error', (err) => log.error({ err }, 'a connection could not be accepted'));
  return (server.address() as AddressInfo).port;
}

/**
 * Frees the port, at once. The connections that there are stay open until `over` resolves: long-polls live on over them.
 */
export function stopListening(server: Server, over: Promise<void>): Promise<void> {
  // The close of an HTTP server would cut idle connections, over which clients still say goodbye.
  NetServer.prototype.close.call(server);
  void over.then(() => {
    // The last answer leaves before its connection is closed.
    setImmediate(() => {
      server.close();
      server.closeAllConnections();
    });
  });
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** `http://127.0.0.1:8080`: where clients on this machine reach a server; one that listens everywhere is on loopback too. */
export function reachableUrl(scheme: string, { host, port }: HostAndPort): string {
  return `${scheme}://${hostAndPort(reachable(host), port)}`;
}
