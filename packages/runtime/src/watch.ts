import type { Clock, Logger } from '@wamp-run/protocol';
import type { Work } from './in-flight.js';

/** A life of a component, as far as what it works on goes. */
interface Life {
  readonly works: Iterable<Work>;
  /** What has come to its end last since this was asked before. */
  lately(): string | undefined;
  readonly log: Logger;
}

/** A time for which the event loop was kept: nobody else in the process had a turn. */
export interface Blocked {
  /**
   * What kept it: a procedure, a topic, `its constructor` or `its onJoin`. Where nobody is known for it, the procedures and
   * topics that were being handled meanwhile, at most five of them.
   */
  readonly what: readonly string[];
  /** How long (ms). */
  readonly ms: number;
  /** How long ago that was over (ms). */
  readonly ago: number;
}

/** Who has the event loop until it returns, or gives its promise. */
interface Turn {
  /** The procedure, the topic, or another part of the component. */
  readonly what: string;
  /** The component's name. */
  readonly component: string;
  readonly log: Logger;
}

export interface WatchOptions {
  /** What has taken so long (ms) is told of. 0: nothing. */
  readonly slowAfter: number;
  /** Who keeps the event loop for so long (ms) is told of. 0: nobody. */
  readonly blockedAfter: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly lives: () => readonly Life[];
}

/** Milliseconds from one look to the next, at most and at least. */
const LONGEST_INTERVAL = 1_000;
const SHORTEST_INTERVAL = 20;
/** For how long a block is told of when it is over (ms): a probe, or a person, comes to ask within that time. */
const BLOCK_TOLD = 60_000;
/** What is named of all that runs while the event loop stands still. */
const MOST_NAMED = 5;

/**
 * Watches what all components work on: says which handler does not come to an end, and which does not let the others have
 * their turn. A handler that computes for long before it returns is known for certain. One that does so later, after an
 * `await`, shows by a timer that is late; then what was being worked on is named.
 */
export class Watch {
  readonly #options: WatchOptions;
  /**
   * Of a block that began between two looks, what came before the second is not seen: a quarter of `blockedAfter` at most,
   * and up to `SHORTEST_INTERVAL` where that is more. So a block just longer than a `blockedAfter` below 80 ms may be missed.
   */
  readonly #interval: number;
  readonly #told = new WeakSet<Work>();
  #cancel: (() => void) | undefined;
  /** When the next look is due (ms), and for how much of its delay so far (ms) it is known who had the event loop. */
  #due = Number.POSITIVE_INFINITY;
  #explained = 0;
  /** The last block by each component, and under no name the last that nobody is known for. `over`: when it was (ms). */
  readonly #blocks = new Map<string | undefined, { what: readonly string[]; ms: number; over: number }>();

  constructor(options: WatchOptions) {
    this.#options = options;
    const { blockedAfter } = options;
    const wanted = blockedAfter === 0 ? LONGEST_INTERVAL : blockedAfter / 4;
    this.#interval = Math.max(SHORTEST_INTERVAL, Math.min(LONGEST_INTERVAL, wanted));
  }

  start(): void {
    const { blockedAfter, clock, slowAfter } = this.#options;
    if (blockedAfter === 0 && slowAfter === 0) return;
    this.#due = clock.now() + this.#interval;
    this.#explained = 0;
    this.#cancel = clock.after(this.#interval, () => {
      this.#lookForBlock(clock.now() - this.#due - this.#explained);
      this.#tellSlow();
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
  }

  /** Milliseconds; 0: nobody is told of who keeps the event loop. */
  get blockedAfter(): number {
    return this.#options.blockedAfter;
  }

  /** Whether whoever keeps the event loop for so long (ms) is told of. */
  #isBlock(ms: number): boolean {
    const { blockedAfter } = this.#options;
    return blockedAfter > 0 && ms >= blockedAfter;
  }

  /** A handler has returned, or given its promise, after so long (ms). */
  returned({ what, component, log }: Turn, ms: number): void {
    if (!this.#isBlock(ms)) return;
    const { clock } = this.#options;
    this.#explained += Math.max(0, Math.min(ms, clock.now() - this.#due));
    this.#note(component, [what], ms);
    log.warn({ what, ms: Math.round(ms) }, `${what} kept the event loop for ${Math.round(ms)} ms`);
  }

  /** Runs what is no handler, and looks how long it takes until it returns, or gives its promise. */
  timed<T>(turn: Turn, run: () => T): T {
    const { clock } = this.#options;
    const since = clock.now();
    try {
      return run();
    } finally {
      this.returned(turn, clock.now() - since);
    }
  }

  /**
   * The last time, within a minute, that the event loop was kept.
   *
   * @param component by whom; undefined: where nobody is known for it
   */
  blockedBy(component: string | undefined): Blocked | undefined {
    const block = this.#blocks.get(component);
    if (block === undefined) return undefined;
    const ago = Math.round(this.#options.clock.now() - block.over);
    return ago >= BLOCK_TOLD ? undefined : { what: block.what, ms: block.ms, ago };
  }

  /** How many of these have taken too long so far. */
  slowOf(works: Iterable<Work>): number {
    let slow = 0;
    for (const work of works) {
      // The oldest come first.
      if (!this.#isSlow(work)) break;
      slow++;
    }
    return slow;
  }

  #isSlow({ since }: Work): boolean {
    const { clock, slowAfter } = this.#options;
    return slowAfter > 0 && clock.now() - since >= slowAfter;
  }

  #tellSlow(): void {
    const { clock, lives } = this.#options;
    for (const { works, log } of lives()) {
      for (const work of works) {
        if (!this.#isSlow(work)) break;
        if (this.#told.has(work)) continue;
        this.#told.add(work);
        const ms = Math.round(clock.now() - work.since);
        log.warn({ uri: work.what, ms }, `${work.what} has not come to an end after ${ms} ms`);
      }
    }
  }

  #lookForBlock(ms: number): void {
    const { lives, log } = this.#options;
    // What computed behind an `await` has mostly ended by now: that is the first thing that followed.
    const ended = lives().flatMap((life) => life.lately() ?? []);
    if (!this.#isBlock(ms)) return;
    const running = lives().flatMap((life) => [...life.works].map(({ what }) => what));
    const named = [...new Set([...ended, ...running])].slice(0, MOST_NAMED);
    this.#note(undefined, named, ms);
    const text = named.length === 0 ? 'nothing was being handled' : `while ${named.join(', ')} was being handled`;
    log.warn({ ms: Math.round(ms), running: named }, `the event loop was kept for ${Math.round(ms)} ms; ${text}`);
  }

  #note(component: string | undefined, what: readonly string[], ms: number): void {
    this.#blocks.set(component, { what, ms: Math.round(ms), over: this.#options.clock.now() });
  }
}
