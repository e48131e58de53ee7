import type { IncomingMessage } from 'node:http';
import type { createConnection, Socket } from 'node:net';
import {
  type Connector,
  checkOptionNames,
  InvalidConfiguration,
  type OptionNames,
  type Serializer,
  type Stop,
  type Transport,
  TransportLost,
} from '@wamp-run/protocol';
import { connectFailure } from '../connect-failure.js';
import { connectionDetails } from '../connection-details.js';
import { type CookieJar, jarOf } from '../cookies.js';
import {
  atLeast,
  CONNECTION_OPTIONS,
  type ConnectionOptions,
  type ConnectionSettings,
  connectionSettings,
} from '../settings.js';
import { type TlsClientOptions, tlsClientSettings } from '../tls-options.js';
import { type Compression, type CompressionOptions, compressionSettings } from './compression.js';
import { dial, type Way } from './dial.js';
import { proxyOf, type Tunneled } from './proxy.js';
import { checkHeaders } from './request-headers.js';
import { type Target, targetOf } from './target.js';
import { WebSocketTransport } from './transport.js';
import { WireSocket } from './wire-socket.js';

/** How to connect. */
export interface WebSocketOptions extends ConnectionOptions {
  /** Milliseconds until the connection must be open, the way through a proxy included. Default: 10 000. */
  readonly handshakeTimeout?: number;
  /** HTTP headers for the opening request; a proxy does not get them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For `wss:` alone: what is trusted, and the certificate that this side shows. Default: what Node trusts. */
  readonly tls?: TlsClientOptions;
  /** An HTTP proxy to go through with CONNECT: `http://host:port`, `http://user:password@host:port`. Default: none. */
  readonly proxy?: string;
  /** The address family that a host name is looked up for. Default: either, whichever answers first. */
  readonly family?: 4 | 6;
  /**
   * Whether to offer the router to compress messages (permessage-deflate, RFC 7692), and how. The limit on the size of a
   * message holds for what it is inflated to. Default: false.
   */
  readonly compression?: boolean | CompressionOptions;
  /** Whether cookies that the router sets are kept, and sent when this connector connects again. Default: false. */
  readonly cookies?: boolean;
}

const OPTIONS: OptionNames<WebSocketOptions> = {
  ...CONNECTION_OPTIONS,
  handshakeTimeout: true,
  headers: true,
  tls: true,
  proxy: true,
  family: true,
  compression: true,
  cookies: true,
};

const OF = 'websocket';

/**
 * Connects to a router over WebSocket. The serializers are offered in order; the router chooses one.
 *
 * @param url `ws://host:port/path`, `wss://…`, `ws+unix:/path/of.sock:/path`, or as Autobahn writes the last,
 *   `ws://unix:/path/of.sock`
 * @returns a connector whose `connect` rejects with TransportLost, naming the URL and the cause, or with `stop.reason`
 * @throws InvalidConfiguration where the URL or an option is wrong, or one that there is not
 * @example
 * const connector = websocket('ws://127.0.0.1:8080/ws', { serializers: [cbor(), json()], clock });
 * const secure = websocket('wss://router.example/ws', { serializers: [cbor()], clock, tls: { ca } });
 */
export function websocket(url: string, options: WebSocketOptions): Connector {
  checkOptionNames(options, OPTIONS, OF);
  const target = targetOf(url);
  const settings = connectionSettings(options, OF);
  const { handshakeTimeout = 10_000, headers = {}, compression = false, cookies = false } = options;
  atLeast(1, handshakeTimeout, `${OF}: handshakeTimeout`, 'milliseconds');
  checkHeaders(headers, OF);
  const plan: Omit<Opening, 'stop'> = {
    way: wayTo(target, options),
    settings,
    handshakeTimeout,
    headers: { ...headers },
    compression: compressionSettings(compression, settings.maxMessageSize, OF),
    jar: jarOf(cookies, target.secure, OF),
  };
  return { address: target.address, connect: (stop) => open({ ...plan, stop }) };
}

function wayTo(target: Target, { tls, proxy, family }: WebSocketOptions): Way {
  if (tls !== undefined && !target.secure) {
    throw new InvalidConfiguration(`${OF}: tls: ${target.address} is not encrypted; write wss://, or leave tls out`);
  }
  if (target.socketPath !== undefined && (proxy !== undefined || family !== undefined)) {
    const name = proxy === undefined ? 'family' : 'proxy';
    throw new InvalidConfiguration(`${OF}: ${name}: ${target.address} is a Unix socket; leave ${name} out`);
  }
  if (family !== undefined && family !== 4 && family !== 6) {
    throw new InvalidConfiguration(`${OF}: family: expected 4 or 6, got ${String(family)}`);
  }
  return {
    target,
    tls: tlsClientSettings(tls ?? {}, OF),
    proxy: proxy === undefined ? undefined : proxyOf(proxy, OF),
    family,
  };
}

interface Opening {
  readonly way: Way;
  readonly settings: ConnectionSettings;
  readonly handshakeTimeout: number;
  readonly headers: Record<string, string>;
  readonly compression: Compression | undefined;
  readonly jar: CookieJar | undefined;
  readonly stop: Stop;
}

function open({ way, settings, handshakeTimeout, headers, compression, jar, stop }: Opening): Promise<Transport> {
  if (stop.aborted) return Promise.reject(stop.reason);
  const { target, proxy } = way;
  const { serializers, clock } = settings;
  return new Promise((resolve, reject) => {
    const subprotocols = serializers.map((serializer) => serializer.subprotocol);
    let hangUp = () => {};
    let throughTheProxy = proxy === undefined;
    const ws = new WireSocket(target.url, subprotocols, {
      headers: jar?.withCookies(headers) ?? headers,
      maxPayload: settings.maxMessageSize,
      perMessageDeflate: compression?.deflate ?? false,
      createConnection: lateConnection((done) => {
        hangUp = dial(way, (error, opened) => {
          throughTheProxy = true;
          done(error, opened);
        });
      }),
    });
    let socket: Socket | undefined;
    const settle = () => {
      callOffDeadline();
      stop.removeEventListener('abort', stopped);
      ws.removeAllListeners();
    };
    const giveUp = (reason: unknown) => {
      settle();
      // ws reports the end of what is cut here, too.
      ws.on('error', () => {});
      ws.terminate();
      hangUp();
      reject(reason);
    };
    const fail = (text: string, cause?: unknown) => {
      giveUp(new TransportLost(`cannot connect to ${target.address}: ${text}`, { cause, executed: 'no' }));
    };
    const stopped = () => giveUp(stop.reason);
    const late = () => {
      const whom = throughTheProxy || proxy === undefined ? '' : ` from the proxy ${proxy.address}`;
      fail(`no answer${whom} within ${handshakeTimeout} ms`);
    };
    const callOffDeadline = clock.after(handshakeTimeout, late);
    stop.addEventListener('abort', stopped);
    ws.on('error', (error) => fail(connectFailure(error), error));
    ws.on('unexpected-response', (_request, response) => fail(`the server answered ${statusOf(response)}`));
    ws.on('upgrade', (response) => {
      socket = response.socket;
      jar?.take(response.headers['set-cookie']);
      const chosen = response.headers['sec-websocket-protocol'];
      if (serializerOf(serializers, chosen) === undefined) fail(noneInCommon(chosen, subprotocols));
    });
    ws.on('open', () => {
      const serializer = serializerOf(serializers, ws.protocol);
      if (socket === undefined || serializer === undefined) return fail(noneInCommon(ws.protocol, subprotocols));
      settle();
      const details = connectionDetails(
        { socket, serializer, end: 'client', socketPath: target.socketPath },
        { wire: 'websocket', protocol: serializer.subprotocol },
      );
      resolve(
        new WebSocketTransport({
          ws,
          socket,
          serializer,
          details,
          settings,
          end: 'client',
          compressFrom: compression?.threshold,
        }),
      );
    });
  });
}

/** Node's http takes a socket later, too, which the types of ws have not thought of. */
function lateConnection(start: (done: Tunneled) => void): typeof createConnection {
  const create = (_options: unknown, done: Tunneled) => {
    start(done);
  };
  return create as unknown as typeof createConnection;
}

function serializerOf(serializers: readonly Serializer[], subprotocol: string | undefined): Serializer | undefined {
  return serializers.find((serializer) => serializer.subprotocol === subprotocol);
}

function noneInCommon(chosen: string | undefined, offered: readonly string[]): string {
  const answer = chosen === undefined || chosen === '' ? 'no subprotocol' : `the subprotocol ${JSON.stringify(chosen)}`;
  return `the server chose ${answer}; offered were ${offered.join(', ')}`;
}

function statusOf({ statusCode, statusMessage }: IncomingMessage): string {
  return `${statusCode} ${statusMessage ?? ''}`.trimEnd();
}
