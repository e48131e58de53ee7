// Longer than 300 lines: everything that can befall one life, in the order in which it does.
import { Client, type Hooks, type Session, type SessionDetails } from '@wamp-run/client';
import type { ComponentInstance } from '@wamp-run/component';
import {
  ApplicationError,
  InvalidConfiguration,
  InvalidUriError,
  type Logger,
  ProtocolError,
  WampError,
} from '@wamp-run/protocol';
import { Binding } from './bind.js';
import type { ComponentRunOptions, LifeEnd, RunStatus } from './component-run-options.js';
import { type ComponentState, type ComponentStep, nextState } from './component-states.js';
import { drain, within } from './drain.js';
import { BrokenComponent, ComponentFailed } from './errors.js';
import type { EventOverlap, Side } from './event-overlap.js';
import { InFlight, type Work } from './in-flight.js';
import { explaining } from './own-procedure.js';
import { SessionLog } from './session-log.js';

/** One component over one life: one instance, one client, any number of joins. */
export class ComponentRun {
  /** Resolves to true when it is in service for the first time, to false as soon as it has failed, or ended, without. */
  readonly inService: Promise<boolean>;
  /** Resolves once, however it ended. */
  readonly ended: Promise<LifeEnd>;
  readonly #options: ComponentRunOptions;
  readonly #inFlight: InFlight;
  readonly #log: SessionLog;
  readonly #settle: (inService: boolean) => void;
  readonly #end: (end: LifeEnd) => void;
  #state: ComponentState;
  #instance: ComponentInstance | undefined;
  #client: Client | undefined;
  #binding: Binding | undefined;
  #overlap: { readonly events: EventOverlap; readonly side: Side } | undefined;
  #error: Error | undefined;
  /** Why there is no use in another life. */
  #fatal: Error | undefined;
  /** Why this life is over, and another may be better. */
  #crashed: Error | undefined;
  #joined = false;
  #isOver = false;
  #servedSince: number | undefined;
  #cancelDeadline: (() => void) | undefined;
  #withdrawn: Promise<void> | undefined;
  #drained: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: ComponentRunOptions) {
    this.#log = new SessionLog(options.log);
    this.#options = { ...options, log: this.#log };
    const { clock } = options;
    this.#inFlight = new InFlight({ now: () => clock.now() });
    this.#state = options.after ?? 'idle';
    if (options.overlap !== undefined) this.#overlap = { events: options.overlap, side: 'new' };
    let settle: (inService: boolean) => void = () => {};
    let end: (end: LifeEnd) => void = () => {};
    this.inService = new Promise((resolve) => {
      settle = resolve;
    });
    this.ended = new Promise((resolve) => {
      end = resolve;
    });
    this.#settle = settle;
    this.#end = end;
  }

  get status(): RunStatus {
    const { name, configured, config, watch } = this.#options;
    const procedures = configured.procedures.map(({ uri }) => uri);
    const topics = configured.topics.map(({ topic }) => topic);
    return {
      name,
      state: this.#state,
      realm: config.realm,
      procedures,
      topics,
      missing: this.#binding?.missing ?? [...new Set([...procedures, ...topics])],
      joined: this.#joined,
      running: this.#inFlight.count,
      slow: watch.slowOf(this.#inFlight.works),
      blocked: watch.blockedBy(name),
      error: this.#error,
    };
  }

  get state(): ComponentState {
    return this.#state;
  }

  /** This life has ended, whether or not another follows. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Why it failed, or why its last attempt to join did. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** How long ago it came into service (ms): 0 where it never did. */
  get served(): number {
    return this.#servedSince === undefined ? 0 : this.#options.clock.now() - this.#servedSince;
  }

  /** What it works on, the oldest first. */
  get works(): Iterable<Work> {
    return this.#inFlight.works;
  }

  /** What it has finished last since this was asked before. */
  lately(): string | undefined {
    return this.#inFlight.lately();
  }

  /** Its log, with the session that there is now. */
  get log(): Logger {
    return this.#log;
  }

  /** What it has on the session that there is now. */
  get binding(): Binding | undefined {
    return this.#binding;
  }

  /** Builds the instance and lets its client connect. A class that cannot be built fails the component, at once. */
  start(): void {
    this.#step('start');
    const { authenticators, callTimeout, clock, config, connectors, encryption, exposeErrors } = this.#options;
    const { interceptors, loaded, log, process, random, retry, watch } = this.#options;
    const hooks = this.#hooks();
    const client = new Client({
      connectors: [...connectors],
      realm: config.realm,
      hooks,
      exposeErrors,
      callTimeout,
      interceptors: this.#inFlight.around(interceptors),
      blockedAfter: watch.blockedAfter,
      authenticators,
      codec: encryption?.codec,
      payloadForm: encryption?.payloadForm,
      clock,
      random,
      log,
      ...(retry === undefined ? {} : { retry }),
    });
    this.#client = client;
    try {
      this.#instance = watch.timed(this.#turn('its constructor'), () =>
        loaded.package.createComponent(loaded.description, { config, session: client.session, log, process }),
      );
    } catch (error) {
      const retryable = error instanceof WampError && error.retryable;
      this.#fail(new BrokenComponent(messageOf(error), { cause: error, retryable }), retryable);
      return;
    }
    // Only where the component has them: by being there they change how a login goes. It is made with the client's session,
    // and so after the client.
    hooks.onChallenge = this.#instance.onChallenge;
    hooks.onWelcome = this.#instance.onWelcome;
    client.open();
    void client.closed.then(({ error }) => this.#clientEnded(error));
  }

  /** Another life takes over, while this one goes on serving: what that one takes is no loss of this one. */
  handOver(events: EventOverlap): void {
    this.#overlap = { events, side: 'old' };
    this.#binding?.handOver();
  }

  /** Nobody has taken over after all. */
  async takeBack(): Promise<void> {
    await this.#binding?.reclaim();
  }

  /** Out of service without losing a call: withdraws, and finishes what runs, for at most `grace` (ms). The session stays. */
  drain(grace: number): Promise<void> {
    this.#drained ??= this.#drain(grace);
    return this.#drained;
  }

  /** Drains where nobody has, and leaves. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #drain(grace: number): Promise<void> {
    this.#step('stop');
    this.#cancelDeadline?.();
    const begun = this.#withdrawn;
    if (begun === undefined) return this.#withdraw(grace);
    // It is withdrawing already, with a grace of its own.
    await within(this.#options.clock, grace, begun);
    this.#client?.cancelAnswering();
  }

  /** Also where it is not in service with all it has: what is registered already may be at work. */
  #withdraw(grace: number): Promise<void> {
    const [binding, client] = [this.#binding, this.#client];
    if (binding === undefined || client === undefined) return Promise.resolve();
    const { clock, log } = this.#options;
    this.#withdrawn ??= drain({ binding, client, inFlight: this.#inFlight, clock, grace, log });
    return this.#withdrawn;
  }

  async #stop(): Promise<void> {
    if (this.#isOver) {
      // It waited for its next life, which is not wanted any more.
      this.#step('stop');
      this.#step('end');
      return;
    }
    await this.drain(this.#options.grace);
    if (this.#client === undefined || this.#instance === undefined) this.#finish();
    else await this.#client.close();
    await this.ended;
  }

  #hooks(): Hooks {
    const { log } = this.#options;
    return {
      onConnect: async (transport) => {
        this.#step('retry');
        await this.#instance?.onConnect?.(transport);
      },
      onJoin: (session, details) => this.#onJoin(session, details),
      onLeave: async (details) => {
        this.#binding?.end();
        this.#binding = undefined;
        this.#cancelDeadline?.();
        this.#step('lose');
        log.info({ reason: details.reason, detail: details.message }, 'session ended');
        await this.#instance?.onLeave?.(details);
        this.#log.setSession(undefined);
        // What the router refused for good is not asked again; and who is on the way out does not come back.
        const isOut = this.#fatal !== undefined || this.#crashed !== undefined || this.#state === 'draining';
        if (isOut) void this.#client?.close();
      },
      onReady: () => this.#instance?.onReady?.(),
      onBlocked: (uri, ms) => this.#options.watch.returned(this.#turn(uri), ms),
      onDisconnect: (details) => this.#instance?.onDisconnect?.(details),
      onRetry: (error) => {
        this.#step('lose');
        this.#error = error;
      },
      onUserError: async (error, what, about) => {
        about.error({ err: error }, what);
        await this.#instance?.onUserError?.(error, what);
      },
    };
  }

  async #onJoin(session: Session, details: SessionDetails): Promise<void> {
    const instance = this.#instance;
    if (instance === undefined) return;
    const { name, watch } = this.#options;
    const binding = this.#newBinding(session, instance);
    this.#binding = binding;
    this.#joined = true;
    this.#log.setSession(details.session);
    let waitsFor = () => 'its onJoin has not returned';
    this.#expectService(() => waitsFor());
    try {
      const onJoin = () => watch.timed(this.#turn('its onJoin'), () => instance.onJoin?.(details));
      await explaining(onJoin, this.#options.configured.procedures);
    } catch (error) {
      // What a session takes along that ends is no failure of the component; the next join tells.
      const isLost = binding.isOver || session.details === undefined;
      const text = `${name}: onJoin failed: ${messageOf(error)}`;
      if (!isLost) this.#failed(new ComponentFailed(text, { cause: error }), false);
      throw error;
    }
    // `session` lasts: after a loss it is the next join's, whose own onJoin binds.
    if (binding.isOver) return;
    waitsFor = () => unansweredBy(binding);
    try {
      await binding.make();
    } catch (error) {
      // Given up because the session is over, or is being drained: a failure here would cut off what still runs.
      if (binding.isOver) return;
      if (isFinal(error)) this.#failed(error, true);
      throw error;
    }
    if (binding.isOver) return;
    this.#cancelDeadline?.();
    this.#error = undefined;
    this.#servedSince ??= this.#options.clock.now();
    this.#step('bind');
    this.#log.info('in service');
    this.#settle(true);
  }

  #newBinding(session: Session, instance: ComponentInstance): Binding {
    const { before, clock } = this.#options;
    const binding: Binding = new Binding({
      session,
      instance,
      inFlight: this.#inFlight,
      clock,
      log: this.#log,
      isTaken: (topic, event) => this.#overlap?.events.isTaken(this.#overlap.side, topic, event) ?? false,
      before: before?.binding,
      on: {
        lost: () => this.#expectService(() => unansweredBy(binding)),
        whole: () => this.#cancelDeadline?.(),
        failed: (error) => {
          if (session.details === undefined) return;
          const text = `${this.#options.name}: cannot get back what the router has taken away: ${messageOf(error)}`;
          if (isFinal(error)) this.#leaveBecause(error, true);
          else this.#leaveBecause(new ComponentFailed(text, { cause: error }), false);
        },
      },
    });
    return binding;
  }

  /** All it offers has to be there in time. `waitsFor` says what is not; empty: only what other sessions have. */
  #expectService(waitsFor: () => string): void {
    const { clock, name, startTimeout } = this.#options;
    if (startTimeout === 0) return;
    this.#cancelDeadline?.();
    this.#cancelDeadline = clock.after(startTimeout, () => {
      const why = waitsFor();
      if (why === '') this.#expectService(waitsFor);
      else this.#leaveBecause(new ComponentFailed(`${name} is not in service after ${startTimeout} ms: ${why}`), false);
    });
  }

  /** This life is over, though its session is well: what runs is finished, then it leaves. */
  #leaveBecause(error: Error, forGood: boolean): void {
    if (this.#crashed !== undefined || this.#fatal !== undefined || this.#drained !== undefined) return;
    this.#failed(error, forGood);
    this.#cancelDeadline?.();
    this.#step('lose');
    void this.#withdraw(this.#options.grace).then(() => this.#client?.close());
  }

  /** Known from here on; it has ended when its client has. */
  #failed(error: Error, forGood: boolean): void {
    if (forGood) this.#fatal ??= error;
    else this.#crashed ??= error;
    this.#error = error;
    this.#settle(false);
  }

  #clientEnded(error: Error | undefined): void {
    if (this.#state === 'draining') this.#finish();
    else if (this.#fatal !== undefined) this.#fail(this.#fatal, false);
    else if (this.#crashed !== undefined) this.#fail(this.#crashed, true);
    else if (error === undefined) this.#finish();
    // Of all errors that end a client only a mistake of its own may not come again.
    else this.#fail(error, error instanceof ProtocolError);
  }

  #fail(error: Error, mayMend: boolean): void {
    const again = mayMend && this.#options.again(this, error);
    this.#error = error;
    this.#step(again ? 'crash' : 'fail');
    this.#over({ error, again });
  }

  #finish(): void {
    if (this.#state !== 'stopped') this.#step('end');
    this.#over({ error: undefined, again: false });
  }

  #over(end: LifeEnd): void {
    const { log } = this.#options;
    this.#isOver = true;
    this.#cancelDeadline?.();
    this.#settle(false);
    void (async () => {
      try {
        await this.#instance?.dispose();
      } catch (failure) {
        log.error({ err: failure }, 'while disposing what was injected');
      }
      this.#end(end);
    })();
  }

  #turn(what: string) {
    return { what, component: this.#options.name, log: this.#log };
  }

  #step(step: ComponentStep): void {
    const to = nextState(this.#state, step);
    if (to === undefined || to === this.#state) return;
    this.#options.log.debug({ from: this.#state, to }, step);
    this.#state = to;
  }
}

function unansweredBy(binding: Binding): string {
  const uris = binding.unanswered;
  return uris.length === 0 ? '' : `the router has not answered for ${uris.join(', ')}`;
}

/**
 * An answer that will be the same next time: the router refused what the component offers, or it cannot be asked for. What
 * ended the session meanwhile is no answer; the next join tells whether it is final.
 */
function isFinal(error: unknown): error is Error {
  if (error instanceof ApplicationError || error instanceof InvalidConfiguration) return !error.retryable;
  return error instanceof InvalidUriError;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
