// Longer than 300 lines: how one life follows another is one thing to follow, whoever asked for it.
import { Canceled, type Clock, type Random, type Stop } from '@wamp-run/protocol';
import { ComponentRun } from './component-run.js';
import type { ComponentRunOptions, LifeEnd, RunStatus } from './component-run-options.js';
import { ComponentFailed } from './errors.js';
import { EventOverlap } from './event-overlap.js';
import { type RestartPolicy, Restarts } from './restart-policy.js';

/** How a component is doing, for people and programs. */
export interface ComponentStatus extends RunStatus {
  /** How often its policy has given it another life. */
  readonly restarts: number;
  /** The components and procedures that it waits for before it starts: empty once it has. */
  readonly waitsFor: readonly string[];
  /** Whether its failure ends the runtime. */
  readonly critical: boolean;
}

/** What a component is, and how it is kept. A replacement may bring others. */
export interface HostedSettings {
  readonly run: Omit<ComponentRunOptions, 'after' | 'before' | 'overlap' | 'again'>;
  readonly restart: 'never' | RestartPolicy;
  readonly critical: boolean;
}

/** What a hosted component tells, and asks of, its runtime. */
export interface HostedEvents {
  /** A life has ended, and nobody is about to begin another. */
  ended(component: HostedComponent, error: Error | undefined): void;
  /** It has come into service, or gone. */
  changed(): void;
  /** Whether the runtime is stopping, or has stopped: nothing is started any longer. */
  stopping(): boolean;
  /** What it waits for before it starts. */
  waitsFor(component: HostedComponent): readonly string[];
}

/** One component of a runtime, over as many lives as it is given: each with an instance and a client of its own. */
export class HostedComponent {
  readonly #on: HostedEvents;
  readonly #clock: Clock;
  readonly #random: Random;
  #settings: HostedSettings;
  #restarts: Restarts;
  #run: ComponentRun;
  /** The life that is about to take over. */
  #next: ComponentRun | undefined;
  /** Lives that were taken over from, and finish what they are doing. */
  readonly #leaving = new Set<ComponentRun>();
  /** Between two lives that somebody asked for: its end is not the end. */
  #restarting = false;
  #cancelRestart: (() => void) | undefined;
  #begun = false;
  #settled = false;
  #waiting: (() => void)[] = [];
  /** Replacements come one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(settings: HostedSettings, on: HostedEvents) {
    this.#on = on;
    this.#settings = settings;
    this.#clock = settings.run.clock;
    this.#random = settings.run.random;
    this.#restarts = this.#newRestarts();
    this.#run = this.#newRun({});
  }

  get name(): string {
    return this.#settings.run.name;
  }

  get critical(): boolean {
    return this.#settings.critical;
  }

  get status(): ComponentStatus {
    const status = this.#run.status;
    const next = this.#next?.status;
    let { missing, running, slow } = status;
    // What either of the two lives has is in service.
    if (next !== undefined) missing = missing.filter((uri) => next.missing.includes(uri) || !has(next, uri));
    for (const run of this.#leaving) {
      const other = run.status;
      running += other.running;
      slow += other.slow;
    }
    return {
      ...status,
      missing,
      running: running + (next?.running ?? 0),
      slow: slow + (next?.slow ?? 0),
      restarts: this.#restarts.count,
      waitsFor: this.#begun ? [] : this.#on.waitsFor(this),
      critical: this.critical,
    };
  }

  /** Its lives that may be at work: the present one, one that takes over, and those that finish. */
  get lives(): readonly ComponentRun[] {
    return [this.#run, ...this.#leaving, ...(this.#next === undefined ? [] : [this.#next])];
  }

  /** It is joined, and all that it offers was there. */
  get isRunning(): boolean {
    return this.#run.state === 'running';
  }

  /** Whether this is what it is now, in service or not. */
  goesBy(settings: HostedSettings): boolean {
    return this.#settings === settings;
  }

  /** It was started, or somebody has stopped it before that. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Nothing of it lives, and nothing is about to. */
  get over(): boolean {
    return this.#begun && !this.#restarting && isOver(this.#run);
  }

  /** Since it was started it has been in service once, or has ended without. */
  get isSettled(): boolean {
    return this.#settled;
  }

  /** Begins its life, without waiting for anything. */
  begin(): void {
    this.#begun = true;
    this.#settled = false;
    this.#live(this.#run);
    this.#run.start();
  }

  /**
   * Has it in service: begins a new life where it has none. Rejects with why it failed, or with Canceled where the
   * runtime is stopping.
   */
  async start(): Promise<void> {
    this.#refuseWhileStopping();
    if (this.#run.state === 'draining') {
      await this.#run.ended;
      this.#refuseWhileStopping();
    }
    if (this.#cancelRestart !== undefined) {
      this.#settled = false;
      this.#restart();
    } else if (!this.#begun) this.begin();
    else if (isOver(this.#run)) this.#beginAgain();
    await this.settled();
    if (this.#run.state === 'failed' && this.#run.error !== undefined) throw this.#run.error;
  }

  /** Resolves when it has been in service since it was started, or has ended without. */
  settled(): Promise<void> {
    return this.#settled ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Takes it out of service. No other life follows. */
  async drain(grace: number): Promise<void> {
    await Promise.all([this.#run.drain(grace), this.#next?.stop()]);
  }

  /** Drains and stops it. Any number of times. */
  async stop(): Promise<void> {
    const wasBegun = this.#begun;
    this.#begun = true;
    const isBetween = this.#giveUp();
    await Promise.all(this.lives.map((run) => run.stop()));
    if (wasBegun && !isBetween) return;
    this.#on.ended(this, undefined);
    this.#settle();
  }

  /**
   * Has a new instance in its place: the new life comes into service, then the old one finishes what it is doing. Where it is
   * not in service, it is stopped first. Resolves when the old life has ended.
   *
   * @param stop gives up a new life that is not in service yet
   * @throws (rejects) why the new life did not come into service: the old one serves on then; Canceled where the runtime is
   *   stopping, or `stop` has aborted
   */
  replace(by?: HostedSettings, stop?: Stop): Promise<void> {
    const replaced = this.#turn.then(() => this.#replace(by, stop));
    this.#turn = replaced.catch(() => {});
    return replaced;
  }

  async #replace(by: HostedSettings | undefined, stop: Stop | undefined): Promise<void> {
    this.#refuseWhileStopping();
    if (isAborted(stop)) throw this.#givenUp(stop);
    if (!this.#begun) return this.#become(by);
    const old = this.#run;
    if (old.state !== 'running') return this.#startOver(by);
    const overlap = new EventOverlap();
    const settings = by ?? this.#settings;
    const next = this.#newRun({ before: old, overlap, settings });
    this.#next = next;
    old.handOver(overlap);
    next.start();
    if (await this.#comesIntoService(next, settings.run.startTimeout, stop)) {
      this.#adopt(by);
      this.#next = undefined;
      this.#run = next;
      this.#live(next);
      this.#leaving.add(old);
      await old.stop();
      this.#leaving.delete(old);
      overlap.end('new');
      this.#on.changed();
      return;
    }
    const ownError = next.error ?? this.#notInTime(next, settings.run.startTimeout);
    const error = isAborted(stop) ? this.#givenUp(stop) : ownError;
    await old.takeBack();
    await next.stop();
    overlap.end('old');
    this.#next = undefined;
    // It may have failed meanwhile: then nobody has decided yet what follows.
    if (old.isOver) this.#live(old);
    this.#refuseWhileStopping();
    throw error;
  }

  #notInTime(next: ComponentRun, ms: number): Error {
    if (next.isOver) return new Canceled(`${this.name} was stopped`, { executed: 'no' });
    return new ComponentFailed(`${this.name}: the new instance did not come into service within ${ms} ms`);
  }

  #givenUp({ reason }: Stop): Canceled {
    return new Canceled(`${this.name}: the new instance was given up before it was in service`, {
      cause: reason,
      executed: 'no',
    });
  }

  async #comesIntoService(next: ComponentRun, ms: number, stop: Stop | undefined): Promise<boolean> {
    let cancel = () => {};
    let giveUp = () => {};
    const late = new Promise<boolean>((resolve) => {
      giveUp = () => resolve(false);
      if (ms > 0) cancel = this.#clock.after(ms, giveUp);
      stop?.addEventListener('abort', giveUp);
    });
    const inService = await Promise.race([next.inService, late]);
    cancel();
    stop?.removeEventListener('abort', giveUp);
    return inService && next.state === 'running';
  }

  /** Stops it, and begins a new life. */
  async #startOver(by: HostedSettings | undefined): Promise<void> {
    this.#restarting = true;
    try {
      this.#giveUp();
      await this.#run.stop();
    } finally {
      this.#restarting = false;
    }
    if (this.#on.stopping()) {
      this.#on.ended(this, undefined);
      this.#refuseWhileStopping();
    }
    this.#adopt(by);
    this.#beginAgain();
    await this.start();
  }

  /** It waits for what it needs, and goes on doing so. */
  #become(by: HostedSettings | undefined): void {
    this.#adopt(by);
    this.#run = this.#newRun({});
  }

  #adopt(by: HostedSettings | undefined): void {
    if (by === undefined) return;
    this.#settings = by;
    this.#restarts = this.#newRestarts();
  }

  /** From here on this is the life whose end counts. */
  #live(run: ComponentRun): void {
    void run.inService.then((inService) => {
      if (inService && run === this.#run) this.#settle();
    });
    void run.ended.then((end) => {
      if (run === this.#run && this.#next === undefined) this.#lifeEnded(end);
    });
  }

  #lifeEnded({ error, again }: LifeEnd): void {
    if (again && !this.#on.stopping()) {
      const delay = this.#restarts.next();
      this.#settings.run.log.error({ err: error, retryIn: delay }, `failed: ${error?.message}; starting it anew`);
      this.#cancelRestart = this.#clock.after(delay, () => this.#restart());
      this.#on.changed();
      return;
    }
    // First what became of it: whoever waits looks at that.
    if (!this.#restarting) this.#on.ended(this, error);
    this.#settle();
  }

  #restart(): void {
    this.#cancelRestart?.();
    this.#cancelRestart = undefined;
    this.#run = this.#newRun({ after: this.#run });
    this.#live(this.#run);
    this.#run.start();
  }

  #beginAgain(): void {
    this.#run = this.#newRun({ after: this.#run });
    this.begin();
  }

  #newRun(more: { after?: ComponentRun; before?: ComponentRun; overlap?: EventOverlap; settings?: HostedSettings }) {
    const { after, before, overlap, settings = this.#settings } = more;
    return new ComponentRun({
      ...settings.run,
      ...(after === undefined ? {} : { after: after.state }),
      ...(before === undefined ? {} : { before }),
      ...(overlap === undefined ? {} : { overlap }),
      again: (run) => this.#isGivenAnother(run),
    });
  }

  /** One that was to take over is not: the life before it serves on. */
  #isGivenAnother(run: ComponentRun): boolean {
    if (run !== this.#run || this.#on.stopping()) return false;
    this.#restarts.served(run.served);
    if (this.#restarts.left) return true;
    this.#settings.run.log.error({ restarts: this.#restarts.count }, `given up: ${this.#restarts.bound}`);
    return false;
  }

  #newRestarts(): Restarts {
    return new Restarts({ policy: this.#settings.restart, clock: this.#clock, random: this.#random });
  }

  /** No life follows by its policy. Whether one was about to. */
  #giveUp(): boolean {
    const isBetween = this.#cancelRestart !== undefined;
    this.#cancelRestart?.();
    this.#cancelRestart = undefined;
    return isBetween;
  }

  #settle(): void {
    this.#settled = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
    this.#on.changed();
  }

  #refuseWhileStopping(): void {
    if (this.#on.stopping()) {
      throw new Canceled('the runtime is stopping; nothing is started any longer', { executed: 'no' });
    }
  }
}

function isAborted(stop: Stop | undefined): stop is Stop {
  return stop?.aborted === true;
}

function has({ procedures, topics }: RunStatus, uri: string): boolean {
  return procedures.includes(uri) || topics.includes(uri);
}

function isOver({ state }: ComponentRun): boolean {
  return state === 'stopped' || state === 'failed';
}
