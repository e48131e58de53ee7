// Longer than 300 lines: the one place where the parts of a client meet; each of them has a file of its own.
import {
  type Connector,
  type Logger,
  ProtocolError,
  SessionNotReady,
  silent,
  type WampError,
} from '@wamp-run/protocol';
import { Attempt, type Outcome } from './attempt.js';
import { checkOptions } from './check-options.js';
import { type ClientEvents, type ClientListener, ClientListeners } from './client-events.js';
import type { ClientEnd, ClientOptions } from './client-options.js';
import { ClientMachine, type ClientState, type ClientStep } from './client-states.js';
import type { ClientStatus } from './client-status.js';
import { DesiredState } from './desired-state.js';
import { ErrorMapping } from './error-mapping.js';
import { LEAVE_TIMEOUT } from './handshake.js';
import { runHook } from './hooks.js';
import { Interception, incoming } from './interception.js';
import type { JoinedSession } from './joined-session.js';
import { LastingSession } from './lasting-session.js';
import { milliseconds } from './milliseconds.js';
import { PayloadCoding } from './payload-coding.js';
import { MOST_QUEUED, RequestQueue } from './request-queue.js';
import { RetriedCalls } from './retried-calls.js';
import { Retrying } from './retrying.js';
import type { Session } from './session.js';
import { StatusLog } from './status-log.js';
import { type ReportUserError, reportTo } from './user-errors.js';

/**
 * Keeps a session joined: connects, joins, and after a loss does it again. It begins with `open()`, or with the first
 * `joined()`, and ends with `close()`, with `session.leave()`, when the router refuses it for good, or when the
 * retries are used up. A session that had been joined is always followed by another attempt, whatever ended it, and
 * what had been registered and subscribed is made again.
 *
 * @example
 * const client = new Client({ connectors: [websocket('ws://127.0.0.1:8080/ws')], realm: 'realm1', clock, random });
 * const session = await client.joined();
 * await session.call('com.example.math.add', [2, 3]);
 * await client.close();
 */
export class Client {
  /**
   * Lasts as long as the client: every request goes to the session that is joined now, or is refused with
   * SessionNotReady, or waits for the next one where `whileDisconnected` says so. Registrations and subscriptions last too: each join makes them again, with their options, and
   * the Registration or Subscription stays the same object. Those made by `onJoin`, until it has finished, do not:
   * they belong to that join, as `onJoin` makes them again itself.
   */
  readonly session: Session;
  /** Resolves once, however the client ended; never rejects. */
  readonly closed: Promise<ClientEnd>;
  readonly #options: ClientOptions;
  readonly #machine = new ClientMachine();
  readonly #statuses = new StatusLog({ state: 'idle', attempt: 0 });
  readonly #leaveTimeout: number;
  readonly #errors = new ErrorMapping();
  readonly #coding: PayloadCoding;
  readonly #retrying: Retrying;
  readonly #report: ReportUserError;
  readonly #listeners: ClientListeners;
  readonly #log: Logger;
  readonly #desired: DesiredState;
  readonly #queue: RequestQueue | undefined;
  readonly #retried: RetriedCalls;
  readonly #hurry = new AbortController();
  #cancelHurry: (() => void) | undefined;
  #attempt: Attempt | undefined;
  #attempts = 0;
  #wake: (() => void) | undefined;
  #joined: JoinedSession | undefined;
  #ready = false;
  #waiting: { resolve: (session: Session) => void; reject: (error: WampError) => void }[] = [];
  #error: WampError | undefined;
  #resolveClosed: (end: ClientEnd) => void = () => {};

  /** Throws InvalidConfiguration or InvalidUriError where an option is wrong. Nothing happens yet. */
  constructor(options: ClientOptions) {
    checkOptions(options);
    this.#leaveTimeout = milliseconds('leaveTimeout', options.leaveTimeout ?? LEAVE_TIMEOUT);
    this.#options = options;
    this.#coding = new PayloadCoding({ codec: options.codec, form: options.payloadForm });
    this.#log = options.log ?? silent;
    this.#report = reportTo(options.hooks, this.#log);
    this.#listeners = new ClientListeners(this.#report);
    this.#retrying = new Retrying(options, this.#report);
    this.#desired = new DesiredState({ clock: options.clock, log: this.#log, report: this.#report });
    this.#queue = this.#newQueue();
    const { clock, random, callRetry, callTimeout = 0 } = options;
    this.#retried = new RetriedCalls({ clock, random, log: this.#log, retry: callRetry, callTimeout });
    this.session = new LastingSession({
      now: () => this.#joined,
      connection: () => this.#attempt,
      desired: this.#desired,
      errors: this.#errors,
      coding: this.#coding,
      interception: new Interception(options.interceptors, { clock, callTimeout }),
      report: this.#report,
      log: this.#log,
      retried: this.#retried,
      queue: () => this.#openQueue(),
    });
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  /** Where the client is in its life. */
  get state(): ClientState {
    return this.#machine.state;
  }

  /**
   * How it is doing, now and at each change from now on; ends when the client is closed. Any number of readers. One
   * that does not keep up misses the oldest changes, more than 16 ago.
   *
   * @example
   * for await (const { state, error, retryIn } of client.status()) show(state, error?.message, retryIn);
   */
  status(): AsyncIterableIterator<ClientStatus, undefined> {
    return this.#statuses.read();
  }

  /**
   * Listens to the life of the sessions, beside the hooks: any number of listeners for each event. They are called in
   * order and not waited for; what they throw goes to `onUserError`, and changes nothing.
   *
   * @param event - `connect`, `join`, `ready`, `leave` or `disconnect`; see ClientEvents
   * @returns takes this listener away
   * @throws InvalidConfiguration where there is no such event, or the listener is no function
   * @example const off = client.on('join', (session, { authid }) => show(authid));
   */
  on<E extends keyof ClientEvents>(event: E, listener: ClientListener<E>): () => void {
    return this.#listeners.add(event, listener);
  }

  /** Begins to connect. Without effect where it has begun; throws SessionNotReady where it is closed. */
  open(): void {
    if (this.#isClosing()) throw this.#gone();
    if (this.state !== 'idle') return;
    this.#attempts = 1;
    this.#step('open');
    void this.#run();
  }

  /**
   * Resolves to the lasting session when one is joined, `onJoin` has finished, and the router has answered for every
   * registration and subscription that lasts; at once where that is so now.
   * Opens the client where nobody has.
   *
   * @throws (rejects) what ended the client; SessionNotReady where it was closed
   */
  joined(): Promise<Session> {
    if (this.#isClosing()) return Promise.reject(this.#gone());
    this.open();
    if (this.#ready && this.session.details !== undefined) return Promise.resolve(this.session);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  /** How many calls its session is answering now, those included that wait for their turn (`concurrency`). */
  get answering(): number {
    return this.#joined?.answering.size ?? 0;
  }

  /** Resolves as soon as its session is answering no call, or has ended. */
  answered(): Promise<void> {
    return this.#joined?.answering.none() ?? Promise.resolve();
  }

  /**
   * Gives up the calls that its session is answering: their signals abort, and their callers get `wamp.error.canceled`. The
   * session stays.
   *
   * @returns how many there were
   */
  cancelAnswering(): number {
    return this.#joined?.answering.cancel() ?? 0;
  }

  /**
   * Ends it: gives up connecting or joining, leaves with GOODBYE, closes the transport, and does not come back.
   * Resolves when that is done, and the hooks with it; at the latest after twice `leaveTimeout`. Any number of times.
   */
  async close(): Promise<void> {
    const { state } = this;
    if (!this.#isClosing()) this.#step('leave');
    if (state === 'idle') {
      this.#finish(undefined);
    } else if (state !== 'closed' && this.#cancelHurry === undefined) {
      this.#cancelHurry = this.#options.clock.after(2 * this.#leaveTimeout, () => this.#hurry.abort());
      this.#attempt?.stop();
      this.#wake?.();
    }
    await this.closed;
  }

  async #run(): Promise<void> {
    let error: WampError | undefined;
    try {
      error = await this.#keepJoined();
    } catch (cause) {
      // Not the application's errors, nor the peer's: they end up elsewhere. Whoever waits has to hear of it all the same.
      error = new ProtocolError('the client failed', { side: 'local', cause });
      this.#log.error({ err: error }, 'the client failed');
      if (this.state !== 'waiting' && this.state !== 'closing') this.#step('leave');
    }
    this.#finish(error);
  }

  /** Attempt after attempt. Returns why there is no further one: undefined where this side wants none. */
  async #keepJoined(): Promise<WampError | undefined> {
    const { hooks } = this.#options;
    for (;;) {
      const outcome = await this.#once(this.#retrying.connector);
      const { error } = outcome;
      if (error === undefined || this.#isClosing()) return undefined;
      const next = this.#retrying.after(outcome, error);
      if ('end' in next) return next.end;
      const { delay } = next;
      this.#log.warn({ code: error.code, retryIn: delay }, `${error.message}; trying again`);
      this.#tell({ error, retryIn: delay });
      void runHook(() => hooks?.onRetry?.(error, delay), 'onRetry', this.#report);
      await this.#wait(delay);
      if (this.#isClosing()) return undefined;
      this.#attempts++;
      this.#step('retry');
    }
  }

  async #once(connector: Connector): Promise<Outcome> {
    const options = this.#options;
    this.#attempt = new Attempt({
      connector,
      join: {
        ...options,
        errors: this.#errors,
        coding: this.#coding,
        interceptors: incoming(options.interceptors),
        onUserError: this.#report,
        log: this.#log,
      },
      hooks: options.hooks ?? {},
      listeners: this.#listeners,
      session: this.session,
      desired: this.#desired,
      main: options.main,
      report: this.#report,
      hurry: this.#hurry.signal,
      events: {
        connected: () => {
          if (!this.#isClosing()) this.#step('connect');
        },
        joined: (session) => {
          this.#step('join');
          this.#joined = session;
        },
        ready: () => this.#isReady(),
        ended: (error) => {
          this.#joined = undefined;
          this.#ready = false;
          if (!this.#isClosing()) this.#step(error === undefined ? 'leave' : 'fail', { error });
        },
      },
    });
    const outcome = await this.#attempt.run();
    this.#attempt = undefined;
    return outcome;
  }

  #wait(delay: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(delay, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
      // A hook may have closed the client a moment ago.
      if (this.#isClosing()) this.#wake();
    });
  }

  #step(step: ClientStep, why: { error?: WampError | undefined } = {}): void {
    this.#machine.step(step);
    this.#tell(why);
  }

  #tell(more: { error?: WampError | undefined; retryIn?: number }): void {
    this.#statuses.add({ state: this.state, attempt: this.#attempts, ...more });
  }

  #newQueue(): RequestQueue | undefined {
    const { whileDisconnected, maxQueued = MOST_QUEUED, clock, callTimeout = 0 } = this.#options;
    if (whileDisconnected !== 'queue') return undefined;
    return new RequestQueue({ most: maxQueued, callTimeout, clock, log: this.#log, report: this.#report });
  }

  /** What waits there has to come to an end some time: the client is opened where nobody has. */
  #openQueue(): RequestQueue | undefined {
    if (this.#queue === undefined || this.#isClosing()) return undefined;
    this.open();
    return this.#queue;
  }

  #isReady(): void {
    this.#ready = true;
    this.#retrying.ready();
    if (this.#joined !== undefined) this.#queue?.flush({ joined: this.#joined, lasting: this.session });
    this.#retried.ready();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve } of waiting) resolve(this.session);
  }

  #finish(error: WampError | undefined): void {
    this.#cancelHurry?.();
    this.#error = error;
    this.#step('end', { error });
    this.#statuses.end();
    this.#queue?.end(error);
    this.#retried.end();
    this.#desired.ended(this.#gone());
    for (const { reject } of this.#waiting) reject(this.#gone());
    this.#waiting = [];
    this.#resolveClosed(error === undefined ? {} : { error });
  }

  #isClosing(): boolean {
    return this.state === 'closing' || this.state === 'closed';
  }

  #gone(): WampError {
    return this.#error ?? new SessionNotReady('the client is closed; make a new one', { retryable: false });
  }
}
