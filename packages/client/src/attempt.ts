import {
  Canceled,
  type Connector,
  SessionEnded,
  type Transport,
  type TransportDetails,
  type WampError,
} from '@wamp-run/protocol';
import { NORMAL } from './close-details.js';
import type { DesiredState } from './desired-state.js';
import { dial } from './dial.js';
import { type JoinOptions, joinSession } from './handshake.js';
import { type Hooks, runHook } from './hooks.js';
import { unlessHurried } from './hurry.js';
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
  readonly join: Omit<JoinOptions, 'stop' | 'onConnect'>;
  readonly hooks: Hooks;
  /** What `onJoin` is given. */
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

  /** Resolves when everything is over; never rejects. */
  async run(): Promise<Outcome> {
    const { connector, events, hooks } = this.#options;
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
    let outcome: Outcome;
    try {
      const session = await joinSession(transport, { ...this.#options.join, stop: this.#stop.signal, onConnect });
      outcome = await this.#live(session);
      await session.disconnected;
    } catch (error) {
      outcome = this.#failed(error as WampError);
    }
    if (met) await this.#hook(() => hooks.onDisconnect?.(), 'onDisconnect');
    return outcome;
  }

  #failed(error: WampError): Outcome {
    this.#options.events.ended(this.#stop.signal.aborted ? undefined : error);
    return { joined: false, ready: false, mainFailed: false, error };
  }

  async #onConnect(details: TransportDetails): Promise<void> {
    const { hooks, report } = this.#options;
    const failure = await runHook(() => hooks.onConnect?.(details), 'onConnect', report);
    if (failure === undefined) return;
    throw new SessionEnded(NORMAL, 'onConnect failed', { cause: failure.thrown, retryable: true, executed: 'no' });
  }

  /** The session's life, from WELCOME until `onLeave` has finished. */
  async #live(session: JoinedSession): Promise<Outcome> {
    const { desired, events, hooks } = this.#options;
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
    if (wanted) await this.#hook(() => hooks.onLeave?.(end.details), 'onLeave');
    return { joined: true, ready, mainFailed, error };
  }

  /** Everything between WELCOME and being ready. Resolves to what `onJoin` threw, if it did; never rejects. */
  async #prepare(session: JoinedSession, details: SessionDetails): Promise<{ thrown: unknown } | undefined> {
    const { desired, hooks, report } = this.#options;
    const { onJoin } = hooks;
    if (onJoin !== undefined) {
      desired.joining(session);
      const failure = await runHook(() => onJoin.call(hooks, this.#options.session, details), 'onJoin', report);
      desired.joined(session);
      if (failure !== undefined) return failure;
    }
    if (session.details !== undefined) await desired.reconcile(session);
    return undefined;
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
