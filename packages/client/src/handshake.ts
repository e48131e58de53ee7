import {
  announce,
  Canceled,
  type Challenge,
  CLOSE_REASONS,
  type Clock,
  checkUri,
  type Dict,
  ERROR_URIS,
  type Feature,
  helloMessage,
  type Logger,
  type Message,
  MessageType,
  nameOf,
  ProtocolError,
  SessionEnded,
  type Stop,
  silent,
  Timeout,
  type Transport,
  type TransportDetails,
  type Welcome,
} from '@wamp-run/protocol';
import { ErrorMapping } from './error-mapping.js';
import { checkExposeErrors, type ExposeErrors } from './failure.js';
import { JoinedSession } from './joined-session.js';
import { Link, type LinkOwner } from './link.js';
import { milliseconds } from './milliseconds.js';
import { PayloadCoding } from './payload-coding.js';
import { sessionDetails } from './session-details.js';
import type { SessionEnd } from './session-end.js';
import { reportTo } from './user-errors.js';

/** Milliseconds from HELLO to WELCOME, and from GOODBYE to GOODBYE. */
export const JOIN_TIMEOUT = 10_000;
export const LEAVE_TIMEOUT = 5_000;

/** How to join a realm over a transport. */
export interface JoinOptions {
  /** The realm to join. */
  realm: string;
  /** What this side calls itself to the router. Default: nothing. */
  agent?: string | undefined;
  /** Milliseconds from HELLO to WELCOME. Default: 10 000. */
  joinTimeout?: number | undefined;
  /** Milliseconds that the router has to answer GOODBYE, and the transport to close. Default: 5 000. */
  leaveTimeout?: number | undefined;
  /** What a caller learns of errors that are not meant for it. Default: `none`. */
  exposeErrors?: ExposeErrors | undefined;
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
  /** Takes errors of handlers; `what` says whose. Default: the log. */
  onUserError?: ((error: unknown, what: string) => unknown) | undefined;
}

/**
 * Joins a realm: one session, on one transport, which it takes over and closes when the session ends.
 * For those who want no Client.
 *
 * @throws (rejects, once the transport is closed) SessionEnded where the router refuses, with its reason, or asks for
 *   a login; Timeout; TransportLost; ProtocolError; Canceled when stopped; InvalidUriError,
 *   InvalidConfiguration; what `onConnect` threw
 * @example
 * const session = await joinSession(await connector.connect(stop), { realm: 'realm1', clock });
 * const sum = await session.call('com.example.math.add', [2, 3]);
 * await session.leave();
 */
export async function joinSession(transport: Transport, options: JoinOptions): Promise<JoinedSession> {
  let handshake: Handshake;
  try {
    handshake = new Handshake(transport, options);
  } catch (error) {
    await transport.close();
    throw error;
  }
  return handshake.run();
}

/** From an open transport to WELCOME, or to the reason why not. */
class Handshake implements LinkOwner {
  readonly #options: JoinOptions;
  readonly #joinTimeout: number;
  readonly #link: Link;
  readonly #joined: Promise<JoinedSession>;
  #resolve: (session: JoinedSession) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #over = false;
  #cancelTimer: (() => void) | undefined;

  readonly #stopped = () => {
    const cause = this.#options.stop?.reason;
    this.#fail(new Canceled('joining was stopped', { cause, executed: 'no' }), CLOSE_REASONS.normal);
  };

  constructor(transport: Transport, options: JoinOptions) {
    const { realm, clock, log = silent } = options;
    checkUri(realm, 'realm');
    if (options.exposeErrors !== undefined) checkExposeErrors(options.exposeErrors);
    const leaveTimeout = milliseconds('leaveTimeout', options.leaveTimeout ?? LEAVE_TIMEOUT);
    this.#joinTimeout = milliseconds('joinTimeout', options.joinTimeout ?? JOIN_TIMEOUT);
    this.#options = options;
    this.#link = new Link(transport, this, { clock, leaveTimeout, log });
    this.#joined = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  async run(): Promise<JoinedSession> {
    const { stop } = this.#options;
    stop?.addEventListener('abort', this.#stopped);
    if (stop?.aborted === true) this.#stopped();
    else void this.#greet();
    try {
      return await this.#joined;
    } catch (error) {
      await this.#link.gone;
      throw error;
    }
  }

  receive(message: Message): void {
    switch (message.type) {
      case MessageType.WELCOME:
        this.#welcome(message);
        break;
      case MessageType.CHALLENGE:
        this.#challenge(message);
        break;
      default:
        // The session table lets nothing else through to here.
        throw new ProtocolError(`received ${nameOf(message)} before WELCOME`);
    }
  }

  leaving(): void {}

  end(end: SessionEnd): void {
    this.#settled();
    this.#reject(end.error);
  }

  /** Everything up to HELLO. Never rejects. */
  async #greet(): Promise<void> {
    const { realm, agent, clock } = this.#options;
    try {
      this.#link.start();
      await this.#options.onConnect?.(this.#link.transport.details);
      if (this.#over) return;
      const ms = this.#joinTimeout;
      this.#cancelTimer = clock.after(ms, () => {
        this.#fail(new Timeout(`no WELCOME within ${ms} ms of HELLO`, { executed: 'no' }), ERROR_URIS.timeout);
      });
      this.#link.send(helloMessage(realm, agent === undefined ? { roles: roles() } : { roles: roles(), agent }));
    } catch (error) {
      this.#fail(error, CLOSE_REASONS.normal);
    }
  }

  #welcome(message: Welcome): void {
    this.#settled();
    const { realm, clock, exposeErrors = 'none', errors = new ErrorMapping(), log = silent } = this.#options;
    const { coding = new PayloadCoding() } = this.#options;
    const details = sessionDetails(message, realm, this.#link.transport.details);
    this.#resolve(
      new JoinedSession(this.#link, details, {
        clock,
        exposeErrors,
        errors,
        coding,
        report: reportTo(this.#options, log),
      }),
    );
  }

  #challenge({ method }: Challenge): void {
    const text = `the router asks for a login by ${method}, and this client has none`;
    const reason = ERROR_URIS.cannotAuthenticate;
    this.#link.abort(reason, text, new SessionEnded(reason, text, { executed: 'no' }));
  }

  /** Nothing from outside ends it any more. */
  #settled(): void {
    this.#over = true;
    this.#cancelTimer?.();
    this.#options.stop?.removeEventListener('abort', this.#stopped);
  }

  /** This side gives up. The router hears that it does, not why: that may be an error of the application. */
  #fail(error: unknown, reason: string): void {
    this.#reject(error);
    this.#link.abort(reason, 'joining was given up', new SessionEnded(reason, 'joining was given up'));
  }
}

/** Encoded payloads, in the specification's form and in Autobahn's. */
const PASSTHRU: readonly Feature[] = ['payload_passthru_mode', 'payload_transparency'];

/** What this client does, and no more. */
function roles(): Dict {
  return announce({
    caller: [
      'progressive_call_results',
      'progressive_call_invocations',
      'call_canceling',
      'call_timeout',
      'caller_identification',
      ...PASSTHRU,
    ],
    callee: [
      'progressive_call_results',
      'progressive_call_invocations',
      'call_canceling',
      'call_timeout',
      'caller_identification',
      'pattern_based_registration',
      'shared_registration',
      'registration_revocation',
      'call_trustlevels',
      ...PASSTHRU,
    ],
    publisher: ['publisher_exclusion', 'publisher_identification', 'subscriber_blackwhite_listing', ...PASSTHRU],
    subscriber: [
      'publisher_identification',
      'pattern_based_subscription',
      'subscription_revocation',
      'publication_trustlevels',
      ...PASSTHRU,
    ],
  });
}
