import { request } from 'node:http';
import type { Socket } from 'node:net';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { hostAndPort } from '../address.js';
import { connectFailure } from '../connect-failure.js';

/** An HTTP proxy that is asked for a way through with CONNECT (RFC 9110, 9.3.6). */
export interface HttpProxy {
  readonly host: string;
  readonly port: number;
  /** For people: without the login. */
  readonly address: string;
  /** The login as the request carries it. */
  readonly authorization: string | undefined;
}

/** Reads `http://user:password@host:port`. Throws an InvalidConfiguration that never tells the login. */
export function proxyOf(text: string, of: string): HttpProxy {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const complaint = complaintAbout(url);
  if (url === undefined || complaint !== undefined) {
    throw new InvalidConfiguration(
      `${of}: proxy: ${complaint}; write http://host:port or http://user:password@host:port`,
    );
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? 80 : Number(url.port);
  const login = loginIn(url, of);
  return {
    host,
    port,
    address: `http://${hostAndPort(host, port)}`,
    authorization: login === ':' ? undefined : `Basic ${Buffer.from(login).toString('base64')}`,
  };
}

function complaintAbout(url: URL | undefined): string | undefined {
  if (url === undefined) return 'the URL cannot be parsed';
  if (url.protocol !== 'http:') return `its scheme is ${url.protocol} and not http:`;
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') return 'the URL has more than a host and a port';
  return undefined;
}

function loginIn({ username, password }: URL, of: string): string {
  try {
    return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  } catch {
    throw new InvalidConfiguration(`${of}: proxy: its login has a percent sign that stands for nothing; write %25`);
  }
}

/** Told once: the socket that leads to the server, or why there is none. */
export type Tunneled = (error: Error | null, socket?: Socket) => void;

/** Asks the proxy for a way to a host. What it returns gives up. */
export function throughProxy(proxy: HttpProxy, to: { host: string; port: number }, done: Tunneled): () => void {
  const authority = hostAndPort(to.host, to.port);
  const { host, port, address, authorization } = proxy;
  const asking = request({
    host,
    port,
    method: 'CONNECT',
    path: authority,
    headers: {
      Host: authority,
      ...(authorization === undefined ? {} : { 'Proxy-Authorization': authorization }),
    },
    agent: false,
  });
  // Also once given up, when nobody is told any more.
  asking.on('error', (error) => done(new Error(`the proxy ${address}: ${connectFailure(error)}`, { cause: error })));
  asking.once('connect', ({ statusCode = 0, statusMessage = '' }, socket: Socket, head: Buffer) => {
    if (statusCode < 200 || statusCode > 299) {
      socket.destroy();
      done(
        new Error(
          `the proxy ${address} answered ${`${statusCode} ${statusMessage}`.trimEnd()}${advice(proxy, statusCode)}`,
        ),
      );
      return;
    }
    if (head.length > 0) socket.unshift(head);
    done(null, socket);
  });
  asking.end();
  return () => asking.destroy();
}

function advice({ authorization }: HttpProxy, status: number): string {
  if (status !== 407) return '';
  return authorization === undefined
    ? '; it wants a login, which its URL can have: http://user:password@host:port'
    : '; it does not take the login in its URL';
}
