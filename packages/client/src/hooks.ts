import type { Logger, TransportDetails, WampError } from '@wamp-run/protocol';
import type { CloseDetails } from './close-details.js';
import type { DisconnectDetails } from './disconnect-details.js';
import type { ChallengeHandler } from './login-options.js';
import type { Session } from './session.js';
import type { SessionDetails } from './session-details.js';
import type { ReportUserError } from './user-errors.js';

/**
 * What a client asks, and tells, about the life of its sessions. All of them may be asynchronous, and all but
 * `onReady`, `onRetry`, `onBlocked` and `onUserError` are waited for. `onDisconnect` follows every `onConnect`, `onLeave` every
 * `onJoin`.
 * What a hook throws is reported to `onUserError`. A hook may call `close()`, but has to return for it to come about.
 */
export interface Hooks {
  /** A transport is open; HELLO comes next. An error ends the attempt. */
  onConnect?: ((transport: TransportDetails) => unknown) | undefined;
  /**
   * Answers a CHALLENGE of a method that no authenticator has. An error in it, or an answer that is no signature, ends
   * the attempt; the router gets ABORT `wamp.error.cannot_authenticate` without the error's text. Where it throws a
   * WampError, its `retryable` says whether another attempt follows; after any other error one does. Default: there is
   * no such login.
   */
  onChallenge?: ChallengeHandler | undefined;
  /**
   * Looks at WELCOME, after the authenticators. Anything but undefined or null refuses it, a string with that reason,
   * and the client ends; an error refuses it, too, and counts as one in `onChallenge`. Either way the router gets ABORT
   * `wamp.error.cannot_authenticate`.
   */
  onWelcome?: ((details: SessionDetails) => unknown) | undefined;
  /**
   * The session is joined. What it registers and subscribes belongs to this join: it makes it anew at the next one.
   * What lasts is made again afterwards. An error ends the session, and the attempt has failed.
   */
  onJoin?: ((session: Session, details: SessionDetails) => unknown) | undefined;
  /** `onJoin` has finished, and everything that lasts has been asked for. An error changes nothing. */
  onReady?: ((session: Session) => unknown) | undefined;
  /**
   * The session has ended, and what was pending has rejected. Also where there was none yet, and the router refused it,
   * or the login failed here.
   */
  onLeave?: ((details: CloseDetails) => unknown) | undefined;
  /** The transport is closed. */
  onDisconnect?: ((details: DisconnectDetails) => unknown) | undefined;
  /** An attempt failed or a session ended, and another attempt follows after `delayMs`. */
  onRetry?: ((error: WampError, delayMs: number) => unknown) | undefined;
  /**
   * A procedure, or an event handler, has kept the event loop for `blockedAfter` (ms) or longer: nobody else in the process had
   * a turn. Calls of one procedure that came from this process and were answered one right after the other count as one.
   */
  onBlocked?: ((uri: string, ms: number) => unknown) | undefined;
  /**
   * An error of the application's own code: a handler, a procedure, a hook. `what` says which, and `log` is the client's,
   * with the call or the event that it happened in, where it was one. Default: the log.
   */
  onUserError?: ((error: unknown, what: string, log: Logger) => unknown) | undefined;
}

/** Runs a hook and reports what it throws. Resolves to what that was, if anything; never rejects. */
export async function runHook(
  run: () => unknown,
  what: string,
  report: ReportUserError,
): Promise<{ thrown: unknown } | undefined> {
  try {
    await run();
    return undefined;
  } catch (thrown) {
    report(thrown, what);
    return { thrown };
  }
}
