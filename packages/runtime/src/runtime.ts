// Longer than 300 lines: what may be asked of a runtime, each in a few lines; what is behind it stands in files of its own.
import { type ExposeErrors, type Interceptor, milliseconds, type Retry } from '@wamp-run/client';
import type { Controller, ProcessScope } from '@wamp-run/component';
import { Canceled, type Clock, type Logger, type Random, type Stop, silent } from '@wamp-run/protocol';
import { ComponentGroups, freeName, type Group, instanceNames } from './component-groups.js';
import { type ComponentToRun, checkCalls, type PlannedComponent, planned } from './component-to-run.js';
import { ForeignProcedures } from './foreign-procedures.js';
import { type ComponentStatus, HostedComponent, type HostedEvents, type HostedSettings } from './hosted-component.js';
import type { ComponentPackage } from './load.js';
import { type Blocked, Watch } from './watch.js';

/** How a component is replaced. */
interface ReplaceOptions {
  readonly stop?: Stop;
  readonly adopted?: (instance: string) => void;
}

/** What a `Runtime` runs, and what it is handed. */
export interface RuntimeOptions {
  readonly components: readonly ComponentToRun[];
  /** What started this runtime, as components see it in `config.runner`. */
  readonly runner: { readonly name: string; readonly version: string };
  /** How long components that are stopped may finish what they are doing, all together (ms). Default: 10 000. */
  readonly grace?: number;
  /** How lost connections are tried again. Default: the client's. */
  readonly retry?: Retry;
  /** What callers learn of errors that are not meant for them. Default: `none`. */
  readonly exposeErrors?: ExposeErrors;
  /** Code of one's own around the calls, publications, invocations and events of all components. Default: none. */
  readonly interceptors?: readonly Interceptor[] | undefined;
  /** Milliseconds that the components' calls have which do not say so themselves; 0: no limit. Default: no limit. */
  readonly callTimeout?: number | undefined;
  /** An invocation or an event that has taken so long (ms) is told of, and counted in `status`. 0: none. Default: 30 000. */
  readonly slowAfter?: number;
  /** Who keeps the event loop for so long (ms) is told of, in the log and for a minute in `status`. 0: nobody. Default: 1 000. */
  readonly blockedAfter?: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Default: silent. */
  readonly log?: Logger;
}

/** How a runtime ended. */
export interface RuntimeEnd {
  /** The errors of the components that failed. */
  readonly failures: readonly Error[];
  /** The critical component whose failure ended it, where one did. */
  readonly critical?: { readonly name: string; readonly error: Error };
}

/**
 * Runs components side by side, each with an instance, a session and a life of its own: what befalls one
 * is not felt by another. One that fails is started anew by its restart policy.
 *
 * @throws BrokenComponent from the constructor: two components offer one procedure in one realm, or a URI cannot be had
 * from a component's configuration
 * @throws InvalidConfiguration from the constructor: an option of a component is wrong, or components need each other in a
 * circle
 */
export class Runtime {
  /** Resolves when the last component has ended, stopped or failed, and no other is about to begin. */
  readonly closed: Promise<RuntimeEnd>;
  /** What components have as `config.controller`. */
  readonly controller: Controller;
  readonly #options: RuntimeOptions;
  readonly #groups = new ComponentGroups();
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #grace: number;
  readonly #watch: Watch;
  readonly #shared = new Map<string, unknown>();
  /** What components of one package share; where a replacement brings other providers, from then on that of its generation. */
  readonly #processes = new Map<ComponentPackage, ProcessScope>();
  readonly #failures = new Map<HostedComponent, Error>();
  readonly #events: HostedEvents;
  #critical: RuntimeEnd['critical'];
  #waiting: (() => void)[] = [];
  #started = false;
  #over = false;
  #stopping: Promise<void> | undefined;
  readonly #close: (end: RuntimeEnd) => void;

  constructor(options: RuntimeOptions) {
    this.#options = options;
    this.#log = options.log ?? silent;
    this.#clock = options.clock;
    this.#grace = options.grace ?? 10_000;
    checkCalls(options, '');
    const { slowAfter = 30_000, blockedAfter = 1_000, clock } = options;
    this.#watch = new Watch({
      slowAfter: milliseconds('slowAfter', slowAfter),
      blockedAfter: milliseconds('blockedAfter', blockedAfter),
      clock,
      log: this.#log,
      lives: () => this.#groups.hosted.flatMap(({ lives }) => lives),
    });
    this.controller = {
      list: () => this.status().map(({ name, state, realm }) => ({ name, state, realm })),
      start: async (name) => void (await Promise.all(this.#groups.named(name).map((each) => each.start()))),
      stop: async (name) => {
        if (name === undefined) await this.stop();
        else await Promise.all(this.#groups.named(name).map((each) => each.stop()));
      },
      restart: (name) => this.replace(name),
    };
    this.#events = {
      ended: (component, error) => this.#ended(component, error),
      changed: () => this.#changed(),
      stopping: () => this.#stopping !== undefined || this.#over,
      waitsFor: (component) => this.#groups.waitsFor(component),
    };
    const names: string[] = [];
    const all = options.components.map((component) => {
      const plan = planned(component, freeName(component, names));
      names.push(...instanceNames(plan, names));
      return plan;
    });
    this.#groups.plan(all);
    for (const plan of all) this.#groups.add(this.#newGroup(plan));
    let close: (end: RuntimeEnd) => void = () => {};
    this.closed = new Promise((resolve) => {
      close = resolve;
    });
    this.#close = close;
  }

  /** Starts every component, in the order given, those behind others that need them. Twice is harmless; after `stop` nothing is started. */
  start(): void {
    if (this.#started || this.#stopping !== undefined) return;
    this.#started = true;
    this.#watch.start();
    if (this.#groups.all.length === 0) this.#finish();
    this.#startReady();
  }

  /** Resolves when every component has been in service once, has ended without, or waits for one that has. */
  async settled(): Promise<void> {
    while (!this.#groups.areSettled) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** How each component is doing, in the order given. */
  status(): ComponentStatus[] {
    return this.#groups.hosted.map(({ status }) => status);
  }

  /**
   * The last time that the event loop was kept for longer than `blockedAfter`, and no component is known for it: something
   * computed after an `await`, or outside of all handlers. What a component is known for is in its `status`.
   *
   * @returns undefined where that was not within the last minute
   */
  get blocked(): Blocked | undefined {
    return this.#watch.blockedBy(undefined);
  }

  /**
   * One component more, started where the runtime is.
   *
   * @throws as the constructor; Canceled where the runtime is stopping, or has ended
   */
  add(component: ComponentToRun): void {
    this.#refuseWhileStopping();
    const plan = planned(component, freeName(component, this.#groups.names));
    const others = this.#groups.all.map((group) => group.planned);
    this.#groups.plan([...others, plan], others);
    this.#groups.add(this.#newGroup(plan));
    if (this.#started) this.#startReady();
  }

  /**
   * Drains a component with all its instances, and forgets it. Where it was the last one, the runtime has ended.
   *
   * @throws (rejects) NoSuchComponent
   */
  async remove(name: string): Promise<void> {
    const group = this.#groups.of(name);
    void group.foreign?.stop();
    await Promise.all(group.hosted.map((each) => each.stop()));
    if (!this.#groups.remove(group)) return;
    for (const each of group.hosted) this.#failures.delete(each);
    this.#changed();
  }

  /**
   * Puts a new instance in a component's place without a gap: it is started and comes into service, taking procedures over
   * with `force_reregister` (those that are shared are registered beside), then the old one finishes what it is doing. Each
   * event is handled by one of the two. Of several instances one is replaced after the other. A component that is not in
   * service is stopped first.
   *
   * Resolves when the old ones have ended.
   *
   * @param name a component, with all its instances, or one instance (`Name-2`)
   * @param by what to run instead, under the same name; needs the component's name. Default: the same once more
   * @param stop gives up a new instance that is not in service when it aborts: it is taken back, and the old one serves on.
   *   What is in service by then stays. Default: only `startTimeout` does
   * @param adopted told of each instance that is what `by` says from then on, in service or not: where this rejects after it
   *   was told of some, those stay as they are, and the others are what they were
   * @throws (rejects) why the new one did not come into service, within `startTimeout`: the old one serves on then;
   *   NoSuchComponent; Canceled where the runtime is stopping, or `stop` has aborted; what the constructor throws
   */
  async replace(name: string, by?: ComponentToRun, { stop, adopted }: ReplaceOptions = {}): Promise<void> {
    this.#refuseWhileStopping();
    if (by === undefined) {
      for (const each of this.#groups.named(name)) await each.replace(undefined, stop);
      return;
    }
    const group = this.#groups.of(name);
    const plan = planned(by, name);
    const { all } = this.#groups;
    this.#groups.plan(
      all.map((each) => (each === group ? plan : each.planned)),
      all.filter((each) => each !== group).map((each) => each.planned),
    );
    const names = instanceNames(
      plan,
      this.#groups.names.filter((taken) => !group.hosted.some((own) => own.name === taken)),
    );
    const surplus = group.hosted.slice(names.length);
    for (const [index, instance] of names.entries()) {
      const settings = this.#settingsFor(plan, instance);
      const before = group.hosted[index];
      const hosted = before ?? new HostedComponent(settings, this.#events);
      try {
        if (before === undefined) group.hosted.push(hosted);
        else await hosted.replace(settings, stop);
      } finally {
        if (hosted.goesBy(settings)) adopted?.(instance);
      }
      group.planned = plan;
    }
    if (this.#started) this.#startReady();
    await Promise.all(surplus.map((each) => each.stop()));
    group.hosted.splice(names.length, surplus.length);
    await Promise.all(group.hosted.filter(({ begun }) => begun).map((each) => each.start()));
  }

  /**
   * Stops every component: the last one is drained first, and each before those that it needs, so that what it needs of the
   * others is there while it finishes; then all leave. The grace is for all of them together. Any number of times.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const until = this.#clock.now() + this.#grace;
    for (const { foreign } of this.#groups.all) void foreign?.stop();
    for (const name of this.#groups.order.reverse()) {
      for (const component of [...this.#groups.of(name).hosted].reverse()) {
        // Who is not in service has nobody waiting for it, or not for all it has: it need not wait for its turn.
        if (component.isRunning) await component.drain(Math.max(0, until - this.#clock.now()));
        else void component.stop();
      }
    }
    await Promise.all(this.#groups.hosted.map((component) => component.stop()));
    this.#finish();
  }

  #newGroup(plan: PlannedComponent): Group {
    const hosted = instanceNames(plan, this.#groups.names).map(
      (name) => new HostedComponent(this.#settingsFor(plan, name), this.#events),
    );
    return { planned: plan, hosted, foreign: undefined };
  }

  #settingsFor({ component, configured, realm }: PlannedComponent, name: string): HostedSettings {
    const { loaded, connectors, authenticators, encryption } = component;
    const { exposeErrors, interceptors = [], retry, random, runner } = this.#options;
    return {
      restart: component.restart ?? {},
      critical: component.critical ?? false,
      run: {
        name,
        loaded,
        configured,
        process: this.#processFor(component),
        connectors,
        authenticators,
        encryption,
        config: {
          realm,
          extra: loaded.description.extra,
          keyring: encryption?.keyring,
          controller: this.controller,
          shared: this.#shared,
          runner,
        },
        interceptors: [...interceptors, ...(component.interceptors ?? []), ...(loaded.description.interceptors ?? [])],
        callTimeout: component.callTimeout ?? this.#options.callTimeout,
        retry,
        exposeErrors,
        grace: this.#grace,
        watch: this.#watch,
        startTimeout: component.startTimeout ?? 60_000,
        clock: this.#clock,
        random,
        log: this.#log.child({ component: name, realm }),
      },
    };
  }

  /** Before anything runs, all share one. Later, what a rebuilt file provides may not be what the old file did. */
  #processFor({ loaded }: ComponentToRun): ProcessScope {
    const { package: componentPackage, description } = loaded;
    const known = this.#processes.get(componentPackage);
    if (known !== undefined && (!this.#started || known.fits(description.provide ?? []))) return known;
    const scope = new componentPackage.ProcessScope();
    this.#processes.set(componentPackage, scope);
    return scope;
  }

  /** Begins whoever has all that it needs. */
  #startReady(): void {
    if (!this.#started || this.#events.stopping()) return;
    for (const group of this.#groups.all) {
      if (group.hosted.every(({ begun }) => begun)) continue;
      this.#lookFor(group);
      if (this.#groups.unmet(group).length > 0) continue;
      void group.foreign?.stop();
      for (const each of group.hosted) if (!each.begun) each.begin();
    }
  }

  /** What nobody here offers is looked for at the router. */
  #lookFor(group: Group): void {
    const procedures = this.#groups.foreignTo(group);
    if (group.foreign !== undefined || procedures.length === 0) return;
    const { random } = this.#options;
    const log = this.#log.child({ component: group.planned.name, realm: group.planned.realm });
    group.foreign = new ForeignProcedures({
      component: group.planned,
      procedures,
      clock: this.#clock,
      random,
      log,
      found: () => this.#changed(),
    });
    group.foreign.start();
    log.info({ procedures }, `waiting for ${procedures.join(', ')}`);
  }

  #changed(): void {
    this.#startReady();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
    this.#finishIfOver();
  }

  /** A failure among components that go on is told here; the last one's is what `closed` resolves with. */
  #ended(component: HostedComponent, error: Error | undefined): void {
    if (error === undefined) this.#failures.delete(component);
    else this.#failures.set(component, error);
    const { name } = component;
    if (error !== undefined && component.critical && this.#stopping === undefined) {
      this.#critical = { name, error };
      this.#log.error(
        { component: name, err: error },
        `failed: ${error.message}; it is critical: all others are stopped`,
      );
      void this.stop();
      return;
    }
    if (this.#finishIfOver() || error === undefined) return;
    this.#log.error({ component: name, err: error }, `failed: ${error.message}`);
  }

  /** Whether the last component has ended, and nobody is about to begin another. */
  #finishIfOver(): boolean {
    // While it stops, that is what says when all is over.
    if (!this.#started || this.#stopping !== undefined) return this.#over;
    const isOver = this.#groups.areOver;
    if (isOver) this.#finish();
    return isOver;
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#watch.stop();
    const failures = this.#groups.hosted.flatMap((each) => this.#failures.get(each) ?? []);
    this.#close({ failures, ...(this.#critical === undefined ? {} : { critical: this.#critical }) });
  }

  #refuseWhileStopping(): void {
    if (!this.#events.stopping()) return;
    throw new Canceled('the runtime is stopping; nothing is started any longer', { executed: 'no' });
  }
}
