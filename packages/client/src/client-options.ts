import type { Clock, Connector, Logger, PayloadCodec, PayloadForm, Random, WampError } from '@wamp-run/protocol';
import type { ExposeErrors } from './failure.js';
import type { Hooks } from './hooks.js';
import type { Interceptor } from './interceptor.js';
import type { LoginOptions } from './login-options.js';
import type { CallRetry, Retry } from './retry.js';
import type { Session } from './session.js';

/** What a client is made from. */
export interface ClientOptions extends LoginOptions {
  /** Ways to the router, tried in turn. At least one. */
  connectors: readonly Connector[];
  /** The realm to join. */
  realm: string;
  /**
   * When to try again; `false`: each connector once, and never after a session. Default: without end, after 1 s,
   * 1.5 s, … at most 30 s, each 10 % more or less.
   */
  retry?: Retry | false | undefined;
  /**
   * Whether an error is one that the connector it came by is not to be tried again after. When none is left, the
   * client ends. What a router refuses for good, and a wrong configuration, are so without being asked about.
   * What it throws is reported to `onUserError`, and counts as no. Default: nothing else is.
   */
  isFatal?: ((error: WampError) => boolean) | undefined;
  /**
   * What becomes of requests on the lasting session while none is joined: `reject` refuses them with SessionNotReady,
   * `queue` lets them wait until the next one is ready, and opens the client where nobody has. They are sent in order,
   * after `onJoin` and what lasts; what is asked for from the join on goes past them. A call's `timeout` and `signal`
   * count from the beginning. What waits when the client ends rejects with SessionNotReady (`cause`: why it ended);
   * unacknowledged events are dropped, with a warning in the log. Default: `reject`.
   */
  whileDisconnected?: 'reject' | 'queue' | undefined;
  /** How many requests may wait; further ones are refused with SessionNotReady. Default: 1 000. */
  maxQueued?: number | undefined;
  /**
   * What the client is for: runs at every join, after `onJoin`, when everything that lasts has been asked for. When it
   * has finished, the client leaves and ends. `signal` aborts when the session ends: it runs again at the next join,
   * whether or not it has returned by then.
   */
  main?: ((session: Session, signal: AbortSignal) => unknown) | undefined;
  /**
   * What becomes of the client when `main` throws, which `onUserError` hears of: `retry` joins again as after any
   * failure, `fail` ends the client. Default: `retry`.
   */
  onMainError?: 'retry' | 'fail' | undefined;
  /** What to tell about the life of the sessions. */
  hooks?: Hooks | undefined;
  /**
   * Milliseconds that `onConnect` has, and then again that there are from HELLO until the session is joined, logins
   * included. Default: 10 000.
   */
  joinTimeout?: number | undefined;
  /** Milliseconds that the router has to answer GOODBYE, and the transport to close. Default: 5 000. */
  leaveTimeout?: number | undefined;
  /**
   * Milliseconds that a call has which does not say so itself (`timeout`); 0: no limit, which is what `timeout: 0` says
   * of a single call. Default: no limit.
   */
  callTimeout?: number | undefined;
  /** When calls with `idempotent: true` are made again; `false`: never. Default: 8 times, after 100 ms, 200 ms, … 5 s. */
  callRetry?: CallRetry | false | undefined;
  /**
   * Milliseconds that the router has to answer REGISTER, UNREGISTER, SUBSCRIBE, UNSUBSCRIBE and an acknowledged PUBLISH;
   * then the request rejects with Timeout. What is registered or subscribed by an answer after that is given back. 0: no
   * limit. Default: 30 000.
   */
  requestTimeout?: number | undefined;
  /**
   * Milliseconds that a handler may keep the event loop, before it returns or gives its promise, until `onBlocked` is told. 0:
   * nobody looks. Default: 0.
   */
  blockedAfter?: number | undefined;
  /** What this side calls itself to the router. Default: nothing. */
  agent?: string | undefined;
  /** What a caller learns of errors that are not meant for it. Default: `none`. */
  exposeErrors?: ExposeErrors | undefined;
  /** Code of one's own around calls, publications, invocations and events, the outermost first. Default: none. */
  interceptors?: readonly Interceptor[] | undefined;
  /** Encodes and decodes arguments, so that no router reads them; `session.setPayloadCodec` sets another. Default: none. */
  codec?: PayloadCodec | undefined;
  /**
   * How encoded payloads go out: `ppt` as the specification has it, `autobahn` as Autobahn|Python and Crossbar.io do. They
   * come in either way, and calls are answered in the way they came. Default: `ppt`.
   */
  payloadForm?: PayloadForm | undefined;
  /** Time, for deadlines and delays. */
  clock: Clock;
  /** Randomness, for the jitter of delays. */
  random: Random;
  /** Default: silence. */
  log?: Logger | undefined;
}

/** How a client ended. */
export interface ClientEnd {
  /** Why it gave up; undefined where this side ended it. */
  readonly error?: WampError;
}
