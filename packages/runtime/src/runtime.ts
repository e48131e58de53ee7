// Longer than 300 lines: what may be asked of a runtime, each in a few lines; what is behind it stands in files of its own.
import { type ExposeErrors, type Interceptor, milliseconds, type Retry } from '@wamp-run/client';
import type { Controller, ProcessScope } from '@wamp-run/component';
import { Canceled, type Clock, type Logger, type Random, type Stop, silent } from '@wamp-run/protocol';
import {
  type ComponentToRun,
  checkCalls,
  checkProcedures,
  type PlannedComponent,
  planned,
} from './component-to-run.js';
import { NoSuchComponent } from './errors.js';
import { ForeignProcedures } from './foreign-procedures.js';
import { type ComponentStatus, HostedComponent, type HostedEvents, type HostedSettings } from './hosted-component.js';
import type { ComponentPackage } from './load.js';
import { inOrder, type Need, needsOf } from './needs.js';
import { type Blocked, Watch } from './watch.js';

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

/** A component with its instances. */
interface Group {
  planned: PlannedComponent;
  readonly hosted: HostedComponent[];
  /** What it needs that nobody here offers. Undefined where there is none, or it is not looked for. */
  foreign: ForeignProcedures | undefined;
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
  readonly #groups: Group[] = [];
  #needs: ReadonlyMap<string, readonly Need[]>;
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
      lives: () => this.#hosted.flatMap(({ lives }) => lives),
    });
    this.controller = {
      list: () => this.status().map(({ name, state, realm }) => ({ name, state, realm })),
      start: async (name) => void (await Promise.all(this.#named(name).map((each) => each.start()))),
      stop: async (name) => {
        if (name === undefined) await this.stop();
        else await Promise.all(this.#named(name).map((each) => each.stop()));
      },
      restart: (name) => this.replace(name),
    };
    this.#events = {
      ended: (component, error) => this.#ended(component, error),
      changed: () => this.#changed(),
      stopping: () => this.#stopping !== undefined || this.#over,
      waitsFor: (component) => this.#waitsFor(component),
    };
    const names: string[] = [];
    const all = options.components.map((component) => {
      const plan = planned(component, freeName(component.loaded.description.name, names));
      names.push(...instanceNames(plan, names));
      return plan;
    });
    this.#needs = checked(all);
    for (const plan of all) this.#groups.push(this.#newGroup(plan));
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
    if (this.#groups.length === 0) this.#finish();
    this.#startReady();
  }

  /** Resolves when every component has been in service once, has ended without, or waits for one that has. */
  async settled(): Promise<void> {
    while (!this.#groups.every((group) => this.#isSettled(group))) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** How each component is doing, in the order given. */
  status(): ComponentStatus[] {
    return this.#hosted.map(({ status }) => status);
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
    const plan = planned(component, freeName(component.loaded.description.name, this.#names));
    const others = this.#groups.map((group) => group.planned);
    this.#needs = checked([...others, plan], others);
    this.#groups.push(this.#newGroup(plan));
    if (this.#started) this.#startReady();
  }

  /**
   * Drains a component with all its instances, and forgets it. Where it was the last one, the runtime has ended.
   *
   * @throws (rejects) NoSuchComponent
   */
  async remove(name: string): Promise<void> {
    const group = this.#groupOf(name);
    void group.foreign?.stop();
    await Promise.all(group.hosted.map((each) => each.stop()));
    const index = this.#groups.indexOf(group);
    if (index === -1) return;
    this.#groups.splice(index, 1);
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
   * @throws (rejects) why the new one did not come into service, within `startTimeout`: the old one serves on then;
   *   NoSuchComponent; Canceled where the runtime is stopping, or `stop` has aborted; what the constructor throws
   */
  async replace(name: string, by?: ComponentToRun, { stop }: { readonly stop?: Stop } = {}): Promise<void> {
    this.#refuseWhileStopping();
    if (by === undefined) {
      for (const each of this.#named(name)) await each.replace(undefined, stop);
      return;
    }
    const group = this.#groupOf(name);
    const plan = planned(by, name);
    const others = this.#groups.filter((each) => each !== group).map((each) => each.planned);
    this.#needs = checked(
      this.#groups.map((each) => (each === group ? plan : each.planned)),
      others,
    );
    const names = instanceNames(
      plan,
      [...this.#names].filter((taken) => !group.hosted.some((own) => own.name === taken)),
    );
    const surplus = group.hosted.slice(names.length);
    for (const [index, instance] of names.entries()) {
      const settings = this.#settingsFor(plan, instance);
      const hosted = group.hosted[index];
      if (hosted !== undefined) await hosted.replace(settings, stop);
      else group.hosted.push(new HostedComponent(settings, this.#events));
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
    for (const { foreign } of this.#groups) void foreign?.stop();
    const order = inOrder(
      this.#groups.map(({ planned: { name } }) => name),
      this.#needs,
    );
    for (const name of order.reverse()) {
      for (const component of [...this.#groupOf(name).hosted].reverse()) {
        // Who is not in service has nobody waiting for it, or not for all it has: it need not wait for its turn.
        if (component.isRunning) await component.drain(Math.max(0, until - this.#clock.now()));
        else void component.stop();
      }
    }
    await Promise.all(this.#hosted.map((component) => component.stop()));
    this.#finish();
  }

  get #hosted(): HostedComponent[] {
    return this.#groups.flatMap(({ hosted }) => hosted);
  }

  get #names(): string[] {
    return this.#hosted.map(({ name }) => name);
  }

  /** All instances of a component, or the one of this name. */
  #named(name: string): readonly HostedComponent[] {
    const group = this.#groups.find(({ planned: { name: own } }) => own === name);
    if (group !== undefined) return [...group.hosted];
    const one = this.#hosted.find((component) => component.name === name);
    if (one !== undefined) return [one];
    throw this.#unknown(name, this.#names);
  }

  #groupOf(name: string): Group {
    const group = this.#groups.find(({ planned: { name: own } }) => own === name);
    if (group !== undefined) return group;
    throw this.#unknown(
      name,
      this.#groups.map(({ planned: { name: own } }) => own),
    );
  }

  #unknown(name: string, names: readonly string[]): NoSuchComponent {
    return new NoSuchComponent(`there is no component '${name}' in this process; there are: ${names.join(', ')}`);
  }

  #newGroup(plan: PlannedComponent): Group {
    const hosted = instanceNames(plan, this.#names).map(
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
    for (const group of this.#groups) {
      if (group.hosted.every(({ begun }) => begun)) continue;
      this.#lookFor(group);
      if (this.#unmet(group).length > 0) continue;
      void group.foreign?.stop();
      for (const each of group.hosted) if (!each.begun) each.begin();
    }
  }

  /** What nobody here offers is looked for at the router. */
  #lookFor(group: Group): void {
    const procedures = this.#needsOf(group).flatMap(({ owner, what }) => (owner === undefined ? [what] : []));
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

  #needsOf({ planned: { name } }: Group): readonly Need[] {
    return this.#needs.get(name) ?? [];
  }

  #unmet(group: Group): readonly Need[] {
    return this.#needsOf(group).filter((need) => !this.#isMet(need, group));
  }

  #isMet({ owner, procedure, what }: Need, { foreign }: Group): boolean {
    if (owner === undefined) return foreign?.has(what) ?? false;
    const instances = this.#groups.find(({ planned: { name } }) => name === owner)?.hosted ?? [];
    if (procedure === undefined) return instances.length > 0 && instances.every(({ isRunning }) => isRunning);
    return instances.some(({ isRunning, status }) => isRunning && !status.missing.includes(procedure));
  }

  #waitsFor(component: HostedComponent): string[] {
    const group = this.#groups.find(({ hosted }) => hosted.includes(component));
    return group === undefined ? [] : this.#unmet(group).map(({ what }) => what);
  }

  /** It waits for a component of this runtime that has ended, or waits for such a one itself. */
  #isBlocked(group: Group): boolean {
    return this.#unmet(group).some(({ owner }) => {
      if (owner === undefined) return false;
      const other = this.#groups.find(({ planned: { name } }) => name === owner);
      if (other === undefined) return true;
      return other.hosted.every((each) => each.over || (!each.begun && this.#isBlocked(other)));
    });
  }

  #isSettled(group: Group): boolean {
    return group.hosted.every((each) => each.isSettled || (!each.begun && this.#isBlocked(group)));
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
    const isOver = this.#groups.every((group) =>
      group.hosted.every((each) => each.over || (!each.begun && this.#isBlocked(group))),
    );
    if (isOver) this.#finish();
    return isOver;
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#watch.stop();
    const failures = this.#hosted.flatMap((each) => this.#failures.get(each) ?? []);
    this.#close({ failures, ...(this.#critical === undefined ? {} : { critical: this.#critical }) });
  }

  #refuseWhileStopping(): void {
    if (!this.#events.stopping()) return;
    throw new Canceled('the runtime is stopping; nothing is started any longer', { executed: 'no' });
  }
}

/**
 * What components need of each other.
 *
 * @param known those of them that were checked before
 * @throws what is wrong with them beside each other
 */
function checked(
  components: readonly PlannedComponent[],
  known: readonly PlannedComponent[] = [],
): ReadonlyMap<string, readonly Need[]> {
  checkProcedures(components);
  return needsOf(
    components,
    known.map(({ name }) => name),
  );
}

/** The first of `Name`, `Name-2`, `Name-3` … that nobody has. */
function freeName(name: string, taken: readonly string[], from = 1): string {
  for (let count = from; ; count++) {
    const free = count === 1 ? name : `${name}-${count}`;
    if (!taken.includes(free)) return free;
  }
}

/** The names of a component's instances: its own, and `Name-2`, `Name-3` … */
function instanceNames({ name, component: { instances = 1 } }: PlannedComponent, taken: readonly string[]): string[] {
  const names = [name];
  while (names.length < instances) names.push(freeName(name, [...taken, ...names], names.length + 1));
  return names;
}
