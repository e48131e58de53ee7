import type { ConnectionOptions as TlsSettings } from 'node:tls';
import {
  type Connector,
  checkOptionNames,
  type OptionNames,
  type Stop,
  type Transport,
  TransportLost,
} from '@wamp-run/protocol';
import { connectFailure } from '../connect-failure.js';
import { type CookieJar, jarOf } from '../cookies.js';
import { atLeast } from '../settings.js';
import { type TlsClientOptions, tlsClientSettings } from '../tls-options.js';
import { checkHeaders } from '../websocket/request-headers.js';
import { detailsOf } from './details.js';
import { openedIn, openRequest } from './opening.js';
import { type Polling, PollingTransport } from './polling-transport.js';
import { type Answer, firstLineOf, Requests } from './requests.js';
import { connectionSettings, LONG_POLL_OPTIONS, type LongPollConnectionOptions } from './settings.js';
import { isDone } from './status.js';
import { type Target, targetOf } from './target.js';

/** How to connect. */
export interface LongPollOptions extends LongPollConnectionOptions {
  /** Milliseconds until the transport must be open. Default: 10 000. */
  readonly handshakeTimeout?: number;
  /** Milliseconds within which the server must have taken what is sent to it. Default: 10 000. */
  readonly sendTimeout?: number;
  /**
   * Milliseconds that a request for messages may stay without an answer. Servers answer one that has waited for some time
   * with nothing, ours after 10 s; one that answers nothing at all for longer than this is given up. Default: 30 000.
   */
  readonly receiveTimeout?: number;
  /** HTTP headers for every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** TLS, for `https:` URLs: authorities, a certificate of one's own, the name to ask for. */
  readonly tls?: TlsClientOptions;
  /** Whether cookies that the router sets are kept, and sent when this connector connects again. Default: false. */
  readonly cookies?: boolean;
}

const OPTIONS: OptionNames<LongPollOptions> = {
  ...LONG_POLL_OPTIONS,
  handshakeTimeout: true,
  sendTimeout: true,
  receiveTimeout: true,
  headers: true,
  tls: true,
  cookies: true,
};

/**
 * Connects to a router over HTTP long-poll (WAMP specification, HTTP Longpoll Transport), for networks that let nothing
 * else through. The serializers are offered in order; the router chooses one. Requests go over connections that are kept.
 *
 * @param url the base path of the router's long-poll: `http://host:port/lp` or `https://…`
 * @returns a connector whose `connect` rejects with TransportLost, naming the URL and the cause, or with `stop.reason`
 * @throws InvalidConfiguration where the URL or an option is wrong
 * @example
 * const connector = longpoll('http://127.0.0.1:8080/lp', { serializers: [cbor(), json()], clock });
 */
export function longpoll(url: string, options: LongPollOptions): Connector {
  checkOptionNames(options, OPTIONS, 'longpoll');
  const target = targetOf(url);
  const { handshakeTimeout = 10_000, sendTimeout = 10_000, receiveTimeout = 30_000, headers = {}, tls = {} } = options;
  const settings = { ...connectionSettings(options, 'longpoll'), sendTimeout, receiveTimeout };
  atLeast(1, handshakeTimeout, 'longpoll: handshakeTimeout', 'milliseconds');
  atLeast(1, sendTimeout, 'longpoll: sendTimeout', 'milliseconds');
  atLeast(1, receiveTimeout, 'longpoll: receiveTimeout', 'milliseconds');
  checkHeaders(headers, 'longpoll');
  const opening = {
    target,
    settings,
    handshakeTimeout,
    headers: { ...headers },
    jar: jarOf(options.cookies ?? false, target.secure, 'longpoll'),
    tls: tlsClientSettings(tls, 'longpoll'),
  };
  return { address: target.address, connect: (stop) => open(opening, stop) };
}

interface Opening {
  readonly target: Target;
  readonly settings: Polling['settings'];
  readonly handshakeTimeout: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsSettings;
  readonly jar: CookieJar | undefined;
}

/** The answer to a request to open is not read further than this. */
const ANSWER_LIMIT = 64 * 1024;

async function open(
  { target, settings, handshakeTimeout, headers, jar, tls }: Opening,
  stop: Stop,
): Promise<Transport> {
  if (stop.aborted) throw stop.reason;
  const { serializers, clock } = settings;
  const requests = new Requests({ target, headers: jar?.withCookies(headers) ?? headers, tls, clock });
  const stopped = () => requests.destroy();
  stop.addEventListener('abort', stopped);
  try {
    const answer = await requests.post({
      path: '/open',
      type: 'application/json',
      body: openRequest(serializers),
      timeout: handshakeTimeout,
      bodyLimit: ANSWER_LIMIT,
    });
    if (stop.aborted) throw stop.reason;
    jar?.take(answer.setCookies);
    return new PollingTransport({ ...chosenIn(answer, target, settings), requests, settings });
  } catch (cause) {
    requests.destroy();
    if (stop.aborted) throw stop.reason;
    if (cause instanceof TransportLost) throw cause;
    throw failure(target, connectFailure(cause as Error), cause);
  } finally {
    stop.removeEventListener('abort', stopped);
  }
}

function chosenIn(answer: Answer, target: Target, { serializers }: Polling['settings']) {
  if (!isDone(answer.status)) {
    throw failure(target, `the server answered ${answer.statusText}${firstLineOf(answer)}`);
  }
  const opened = openedIn(answer.body);
  if (opened === undefined) throw failure(target, 'what the server answered is not the opening of a long-poll');
  const serializer = serializers.find(({ subprotocol }) => subprotocol === opened.protocol);
  if (serializer === undefined) {
    const offered = serializers.map(({ subprotocol }) => subprotocol).join(', ');
    const chosen = JSON.stringify(opened.protocol.slice(0, 100));
    throw failure(target, `the server chose the protocol ${chosen}; offered were ${offered}`);
  }
  return { id: opened.transport, serializer, details: detailsOf(answer.socket, serializer, 'client') };
}

function failure(target: Target, text: string, cause?: unknown): TransportLost {
  return new TransportLost(`cannot connect to ${target.address}: ${text}`, { cause, executed: 'no' });
}
