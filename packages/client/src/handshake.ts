import {
  Canceled,
  type Challenge,
  CLOSE_REASONS,
  checkUri,
  type Dict,
  ERROR_URIS,
  helloMessage,
  type LoginContext,
  type Message,
  MessageType,
  nameOf,
  ProtocolError,
  SessionEnded,
  silent,
  Timeout,
  type Transport,
  type Welcome,
} from '@wamp-run/protocol';
import { announcedRoles } from './announced-roles.js';
import type { CloseDetails } from './close-details.js';
import type { DisconnectDetails } from './disconnect-details.js';
import { ErrorMapping } from './error-mapping.js';
import { checkExposeErrors } from './failure.js';
import { HandlerTimes } from './handler-times.js';
import { Interception } from './interception.js';
import type { JoinOptions } from './join-options.js';
import { JoinedSession } from './joined-session.js';
import { Link, type LinkOwner } from './link.js';
import { Login, type LoginHandlers, type Refusal } from './login.js';
import { milliseconds } from './milliseconds.js';
import { PayloadCoding } from './payload-coding.js';
import { sessionDetails } from './session-details.js';
import type { SessionEnd } from './session-end.js';
import { reportTo } from './user-errors.js';

/** Milliseconds from HELLO until the session is joined, and from GOODBYE to GOODBYE. */
export const JOIN_TIMEOUT = 10_000;
export const LEAVE_TIMEOUT = 5_000;
/** Milliseconds that the router has to answer what is asked of itself. */
const REQUEST_TIMEOUT = 30_000;

/**
 * Joins a realm: one session, on one transport, which it takes over and closes when the session ends.
 * For those who want no Client.
 *
 * @throws (rejects, once the transport is closed) SessionEnded where the router refuses, with its reason, or the login
 *   fails, with `wamp.error.cannot_authenticate`; Timeout; TransportLost; ProtocolError; Canceled when stopped;
 *   InvalidUriError, InvalidConfiguration; what `onConnect` threw
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
  try {
    return await handshake.run();
  } catch (error) {
    await handshake.gone;
    throw error;
  }
}

/** From an open transport to WELCOME, or to the reason why not. */
export class Handshake implements LinkOwner {
  /** Why there is no session, where the router refused it, or the login failed. */
  refusal: CloseDetails | undefined;
  readonly #options: JoinOptions;
  readonly #login: Login;
  readonly #handlers: LoginHandlers;
  readonly #interception: Interception;
  readonly #joinTimeout: number;
  readonly #callTimeout: number;
  readonly #requestTimeout: number;
  readonly #times: HandlerTimes;
  readonly #link: Link;
  readonly #joined: Promise<JoinedSession>;
  #resolve: (session: JoinedSession) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #over = false;
  /** What the deadline is about now. */
  #awaited = 'WELCOME';
  #cancelTimer: (() => void) | undefined;

  readonly #stopped = () => {
    const cause = this.#options.stop?.reason;
    this.#fail(new Canceled('joining was stopped', { cause, executed: 'no' }), CLOSE_REASONS.normal);
  };

  /** Throws InvalidConfiguration or InvalidUriError where an option is wrong; the transport is left as it is. */
  constructor(transport: Transport, options: JoinOptions) {
    const { realm, clock, log = silent, onChallenge, onWelcome } = options;
    checkUri(realm, 'realm');
    this.#login = new Login(options);
    this.#handlers = { onChallenge, onWelcome, report: reportTo(options, log) };
    if (options.exposeErrors !== undefined) checkExposeErrors(options.exposeErrors);
    const leaveTimeout = milliseconds('leaveTimeout', options.leaveTimeout ?? LEAVE_TIMEOUT);
    this.#joinTimeout = milliseconds('joinTimeout', options.joinTimeout ?? JOIN_TIMEOUT);
    this.#callTimeout = milliseconds('callTimeout', options.callTimeout ?? 0);
    this.#requestTimeout = milliseconds('requestTimeout', options.requestTimeout ?? REQUEST_TIMEOUT);
    const { blockedAfter = 0, onBlocked } = options;
    this.#times = new HandlerTimes({
      clock,
      blockedAfter: milliseconds('blockedAfter', blockedAfter),
      onBlocked,
      report: this.#handlers.report,
    });
    this.#interception = new Interception(options.interceptors, { clock, callTimeout: this.#callTimeout });
    this.#options = options;
    this.#link = new Link(transport, this, { clock, leaveTimeout, log });
    this.#joined = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** The transport is open, as far as this side knows. */
  get isConnected(): boolean {
    return this.#link.connected;
  }

  /** Resolves when the transport is closed, or has not closed in time. */
  get gone(): Promise<DisconnectDetails> {
    return this.#link.gone;
  }

  /** Gives up, without a word to the router. Without effect on a session that has ended. */
  async disconnect(): Promise<void> {
    this.#link.disconnect();
    await this.#link.gone;
  }

  /** Rejects at once where there will be no session; the transport may take longer to close. */
  run(): Promise<JoinedSession> {
    const { stop } = this.#options;
    stop?.addEventListener('abort', this.#stopped);
    if (stop?.aborted === true) this.#stopped();
    else void this.#greet();
    return this.#joined;
  }

  receive(message: Message): void {
    switch (message.type) {
      case MessageType.WELCOME:
        this.#welcome(message);
        break;
      case MessageType.CHALLENGE:
        void this.#challenge(message);
        break;
      default:
        // The session table lets nothing else through to here.
        throw new ProtocolError(`received ${nameOf(message)} before WELCOME`);
    }
  }

  leaving(): void {}

  end(end: SessionEnd): void {
    // Not where this side has given up before, and says so with ABORT.
    if (!this.#over && end.error instanceof SessionEnded) this.refusal = end.details;
    this.#settled();
    this.#reject(end.error);
  }

  /** Everything up to HELLO. Never rejects. */
  async #greet(): Promise<void> {
    const { realm, agent } = this.#options;
    try {
      this.#link.start();
      const { onConnect } = this.#options;
      if (onConnect !== undefined) {
        this.#watch((ms) => `onConnect has not finished within ${ms} ms (joinTimeout)`);
        await onConnect(this.#link.transport.details);
        if (this.#over) return;
      }
      this.#watch((ms) => `no ${this.#awaited} within ${ms} ms of HELLO`);
      const details = { ...this.#login.hello, roles: announcedRoles() };
      this.#link.send(helloMessage(realm, agent === undefined ? details : { ...details, agent }));
    } catch (error) {
      this.#fail(error, CLOSE_REASONS.normal);
    }
  }

  /** Gives up when `joinTimeout` has passed from now. What was watched before no longer is. */
  #watch(late: (ms: number) => string): void {
    const ms = this.#joinTimeout;
    this.#cancelTimer?.();
    this.#cancelTimer = this.#options.clock.after(ms, () => {
      this.#fail(new Timeout(late(ms), { executed: 'no' }), ERROR_URIS.timeout);
    });
  }

  async #challenge(challenge: Challenge): Promise<void> {
    this.#awaited = `answer to the challenge (${challenge.method})`;
    const answer = await this.#login.answer(challenge, this.#handlers, this.#context());
    if (this.#over) return;
    if ('text' in answer) {
      this.#refuse(answer);
      return;
    }
    this.#awaited = 'WELCOME';
    try {
      this.#link.send(answer);
    } catch (error) {
      this.#fail(error, ERROR_URIS.cannotAuthenticate);
    }
  }

  #welcome(message: Welcome): void {
    const { realm, clock, exposeErrors = 'none', errors = new ErrorMapping(), log = silent } = this.#options;
    const { coding = new PayloadCoding() } = this.#options;
    const details = sessionDetails(message, realm, this.#link.transport.details);
    const login = { handlers: this.#handlers, context: this.#context() };
    const refusal = this.#login.refusalOf(details, message.details, login);
    if (refusal !== undefined && 'text' in refusal) {
      this.#refuse(refusal);
      return;
    }
    // From here the session takes what comes, also while WELCOME is still looked at.
    const { report } = this.#handlers;
    const session = new JoinedSession(this.#link, details, {
      clock,
      exposeErrors,
      errors,
      coding,
      interception: this.#interception,
      report,
      log,
      callTimeout: this.#callTimeout,
      requestTimeout: this.#requestTimeout,
      times: this.#times,
    });
    if (refusal === undefined) this.#accept(session);
    else void this.#verify(session, refusal);
  }

  async #verify(session: JoinedSession, refusing: Promise<Refusal | undefined>): Promise<void> {
    this.#awaited = 'end of the look at WELCOME';
    void session.ended.then((end) => this.end(end));
    const refusal = await refusing;
    if (this.#over) return;
    if (refusal === undefined) this.#accept(session);
    else this.#refuse(refusal);
  }

  #accept(session: JoinedSession): void {
    this.#settled();
    this.#resolve(session);
  }

  /** The end that follows, of the link or of the session on it, comes back to `end`. */
  #refuse({ text, cause, retryable }: Refusal): void {
    const reason = ERROR_URIS.cannotAuthenticate;
    this.#link.abort(reason, text, new SessionEnded(reason, text, { cause, retryable, executed: 'no' }));
  }

  #context(): LoginContext {
    const { authid, authrole, authextra = {} } = this.#login.hello;
    return {
      realm: this.#options.realm,
      authid: authid as string | undefined,
      authrole: authrole as string | undefined,
      authextra: authextra as Dict,
      transport: this.#link.transport.details,
    };
  }

  /** Nothing from outside ends it any more. */
  #settled(): void {
    this.#over = true;
    this.#cancelTimer?.();
    this.#options.stop?.removeEventListener('abort', this.#stopped);
  }

  /** This side gives up. The router hears that it does, not why: that may be an error of the application. */
  #fail(error: unknown, reason: string): void {
    this.#settled();
    this.#reject(error);
    this.#link.abort(reason, 'joining was given up', new SessionEnded(reason, 'joining was given up'));
  }
}
