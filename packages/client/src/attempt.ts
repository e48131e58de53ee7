import {
  Canceled,
  type Connector,
  SessionEnded,
  type Transport,
  type TransportDetails,
  type WampError,
} from '@wamp-run/protocol';
import type { ClientListeners } from './client-events.js';
import { type CloseDetails, NORMAL } from './close-details.js';
import type { DesiredState } from './desired-state.js';
import { dial } from './dial.js';
import { Handshake } from './handshake.js';
import { type Hooks, runHook } from './hooks.js';
import { unlessHurried } from './hurry.js';
import type { JoinOptions } from './join-options.js';
import type { JoinedSession } from './joined-session.js';
import { type MainOptions, runMain } from './run-main.js';
import type { Session } from './session.js';
import type { SessionDetails } from './session-details.js';
import type { ReportUserError } from './user-errors.js';

/** How an attempt ended. */
export interface Outcome {
  /** There was a session. */
  readonly joined: boolean;
  /** There was one, `onJoin` had finished with it, and what is wanted of every join had been asked for. */
  readonly ready: boolean;
  /** `main` threw. */
  readonly mainFailed: boolean;
  /** What went wrong; undefined where this side left of its own will. */
  readonly error: WampError | undefined;
}

/** What an attempt tells its client as it goes along. */
export interface AttemptEvents {
  connected(): void;
  joined(session: JoinedSession): void;
  ready(): void;
  /** The session has ended, or there will be none: why, or undefined where this side left. */
  ended(error: WampError | undefined): void;
}

/** What an attempt needs. */
export interface AttemptOptions {
  readonly connector: Connector;
  readonly join: Omit<JoinOptions, 'stop' | 'onConnect' | 'onChallenge' | 'onWelcome' | 'onBlocked'>;
  readonly hooks: Hooks;
  readonly listeners: ClientListeners;
  /** What `onJoin` and the listeners are given. */
  readonly session: Session;
  /** What is asked of the session after `onJoin`. */
  readonly desired: DesiredState;
  readonly main: MainOptions['main'] | undefined;
  readonly events: AttemptEvents;
  readonly report: ReportUserError;
  /** When it aborts, hooks are no longer waited for. */
  readonly hurry: AbortSignal;
}

/** One connection, and the session on it, from dialing to the closed transport. */
export class Attempt {
  readonly #options: AttemptOptions;
  readonly #stop = new AbortController();
  #handshake: Handshake | undefined;
  #session: JoinedSession | undefined;
  #stopMain: (() => void) | undefined;

  constructor(options: AttemptOptions) {
    this.#options = options;
  }

  /** Ends it, whatever it is at. Grace is the session's matter. */
  stop(): void {
    this.#stop.abort(new Canceled('the client was closed', { executed: 'no' }));
    this.#stopMain?.();
    void this.#session?.leave();
  }

  /** Its transport is open. */
  get isConnected(): boolean {
    return this.#handshake?.isConnected ?? false;
  }

  /** Gives up the transport, where there is one. Resolves when it is closed. */
  async disconnect(): Promise<void> {
    await this.#handshake?.disconnect();
  }

  /** Resolves when everything is over; never rejects. */
  async run(): Promise<Outcome> {
    const { connector, events, hooks, listeners, session } = this.#options;
    let transport: Transport;
    try {
      transport = await dial(connector, this.#stop.signal);
    } catch (error) {
      return this.#failed(error as WampError);
    }
    events.connected();
    let met = false;
    const onConnect = (details: TransportDetails) => {
      met = true;
      return this.#onConnect(details);
    };
    let handshake: Handshake;
    try {
      handshake = new Handshake(transport, {
        ...this.#options.join,
        stop: this.#stop.signal,
        onConnect,
        onChallenge: hooks.onChallenge?.bind(hooks),
        onWelcome: hooks.onWelcome?.bind(hooks),
        onBlocked: hooks.onBlocked?.bind(hooks),
      });
    } catch (error) {
      await transport.close();
      return this.#failed(error as WampError);
    }
    this.#handshake = handshake;
    const outcome = await this.#joinAndLive(handshake);
    const how = await handshake.gone;
    if (met) {
      await this.#hook(() => hooks.onDisconnect?.(how), 'onDisconnect');
      listeners.tell('disconnect', session, how);
    }
    return outcome;
  }

  async #joinAndLive(handshake: Handshake): Promise<Outcome> {
    let session: JoinedSession;
    try {
      session = await handshake.run();
    } catch (error) {
      const outcome = this.#failed(error as WampError);
      if (handshake.refusal !== undefined) await this.#left(handshake.refusal);
      return outcome;
    }
    return this.#live(session);
  }

  #failed(error: WampError): Outcome {
    this.#options.events.ended(this.#stop.signal.aborted ? undefined : error);
    return { joined: false, ready: false, mainFailed: false, error };
  }

  async #onConnect(details: TransportDetails): Promise<void> {
    const { hooks, listeners, report, session } = this.#options;
    listeners.tell('connect', session, details);
    const failure = await runHook(() => hooks.onConnect?.(details), 'onConnect', report);
    if (failure === undefined) return;
    throw new SessionEnded(NORMAL, 'onConnect failed', { cause: failure.thrown, retryable: true, executed: 'no' });
  }

  /** The session's life, from WELCOME until `onLeave` has finished. */
  async #live(session: JoinedSession): Promise<Outcome> {
    const { desired, events } = this.#options;
    this.#session = session;
    // It may have ended, or nobody may want it any more, in the moment between WELCOME and now.
    const details = session.details;
    const wanted = details !== undefined && !this.#stop.signal.aborted;
    if (!this.#stop.signal.aborted) events.joined(session);
    if (this.#stop.signal.aborted) void session.leave();
    let ready = false;
    let mainFailed = false;
    let failure: WampError | undefined;
    if (wanted) {
      const prepared = this.#prepare(session, details);
      const first = await Promise.race([prepared, session.ended.then(() => 'ended' as const)]);
      if (first === undefined) {
        ready = true;
        events.ready();
        this.#isReady();
        this.#runMain(session, (thrown) => {
          mainFailed = true;
          failure = failed('main', thrown);
        });
      } else if (first !== 'ended') {
        failure = failed('onJoin', first.thrown);
        void session.leave();
      }
    }
    const end = await session.ended;
    const error = failure ?? (end.own ? undefined : end.error);
    desired.lost();
    events.ended(error);
    if (wanted) await this.#left(end.details);
    return { joined: true, ready, mainFailed, error };
  }

  /** Everything between WELCOME and being ready. Resolves to what `onJoin` threw, if it did; never rejects. */
  async #prepare(session: JoinedSession, details: SessionDetails): Promise<{ thrown: unknown } | undefined> {
    const { desired, hooks, listeners, report } = this.#options;
    const { onJoin } = hooks;
    listeners.tell('join', this.#options.session, details);
    if (onJoin !== undefined) {
      desired.joining(session);
      const failure = await runHook(() => onJoin.call(hooks, this.#options.session, details), 'onJoin', report);
      desired.joined(session);
      if (failure !== undefined) return failure;
    }
    if (session.details !== undefined) await desired.reconcile(session);
    return undefined;
  }

  /** Nobody waits for it: `main`, and whoever awaits `joined()`, go on. */
  #isReady(): void {
    const { hooks, listeners, report, session } = this.#options;
    listeners.tell('ready', session);
    void runHook(() => hooks.onReady?.(session), 'onReady', report);
  }

  async #left(details: CloseDetails): Promise<void> {
    const { hooks, listeners, session } = this.#options;
    await this.#hook(() => hooks.onLeave?.(details), 'onLeave');
    listeners.tell('leave', session, details);
  }

  #runMain(joined: JoinedSession, failed: (thrown: unknown) => void): void {
    const { main, report, session } = this.#options;
    // A hook may have ended it a moment ago.
    if (main === undefined || joined.details === undefined) return;
    this.#stopMain = runMain(joined, { main, session, report, failed });
  }

  #hook(run: () => unknown, what: string): Promise<void> {
    return unlessHurried(runHook(run, what, this.#options.report), this.#options.hurry);
  }
}

/** A session that this side ended because the application's own code failed. */
function failed(what: string, cause: unknown): SessionEnded {
  return new SessionEnded(NORMAL, `${what} failed`, { cause, retryable: true });
}
