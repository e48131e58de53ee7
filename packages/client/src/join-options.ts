import type { Clock, Logger, Stop, TransportDetails } from '@wamp-run/protocol';
import type { ErrorMapping } from './error-mapping.js';
import type { ExposeErrors } from './failure.js';
import type { Interceptor } from './interceptor.js';
import type { ChallengeHandler, LoginOptions } from './login-options.js';
import type { PayloadCoding } from './payload-coding.js';
import type { SessionDetails } from './session-details.js';

/** How to join a realm over a transport. */
export interface JoinOptions extends LoginOptions {
  /** The realm to join. */
  realm: string;
  /** What this side calls itself to the router. Default: nothing. */
  agent?: string | undefined;
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
  /** What Hooks say of it holds. Default: nobody is told. */
  onBlocked?: ((uri: string, ms: number) => unknown) | undefined;
  /** What a caller learns of errors that are not meant for it. Default: `none`. */
  exposeErrors?: ExposeErrors | undefined;
  /** Code of one's own around calls, publications, invocations and events, the outermost first. Default: none. */
  interceptors?: readonly Interceptor[] | undefined;
  /** The classes of errors to begin with, shared with whoever else has them. Default: none. */
  errors?: ErrorMapping | undefined;
  /** The payload codec, shared with whoever else has it. Default: none. */
  coding?: PayloadCoding | undefined;
  /** Time, for deadlines. */
  clock: Clock;
  /** Default: silence. */
  log?: Logger | undefined;
  /** Stops joining when it aborts; without effect once the session is joined. */
  stop?: Stop | undefined;
  /** Runs, and is waited for, before HELLO. An error in it ends the attempt. */
  onConnect?: ((transport: TransportDetails) => unknown) | undefined;
  /** Answers a CHALLENGE of a method that no authenticator has; what Hooks say of it holds. Default: no such login. */
  onChallenge?: ChallengeHandler | undefined;
  /** Looks at WELCOME after the authenticators; what Hooks say of it holds. Default: every WELCOME is accepted. */
  onWelcome?: ((details: SessionDetails) => unknown) | undefined;
  /** Takes errors of handlers and logins; what Hooks say of it holds. Default: the log. */
  onUserError?: ((error: unknown, what: string, log: Logger) => unknown) | undefined;
}
