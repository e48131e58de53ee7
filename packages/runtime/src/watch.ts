import type { Clock, Logger } from '@wamp-run/protocol';
import type { Work } from './in-flight.js';

/** A life of a component, as far as what it works on goes. */
interface Life {
  readonly works: Iterable<Work>;
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

/** Milliseconds from one look to the next. */
const INTERVAL = 1_000;
/** What is named of all that runs while the event loop stands still. */
const MOST_NAMED = 5;

/**
 * Watches what all components work on: says which handler does not come to an end, and which does not let the others have
 * their turn. A handler that computes for long before it returns is known for certain. One that does so later, after an
 * `await`, shows by a timer that is late; then what was being worked on is named.
 */
export class Watch {
  readonly #options: WatchOptions;
  readonly #told = new WeakSet<Work>();
  #cancel: (() => void) | undefined;
  /** Until when it is known who has kept the event loop. */
  #explained = Number.NEGATIVE_INFINITY;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  start(): void {
    const { blockedAfter, clock, slowAfter } = this.#options;
    if (blockedAfter === 0 && slowAfter === 0) return;
    const due = clock.now() + INTERVAL;
    this.#cancel = clock.after(INTERVAL, () => {
      this.#lateBy(clock.now() - due);
      this.#tellSlow();
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
  }

  /** A handler has returned, or given its promise, after so long (ms). */
  returned({ work, ms, log }: { readonly work: Work; readonly ms: number; readonly log: Logger }): void {
    const { blockedAfter, clock } = this.#options;
    if (blockedAfter === 0 || ms < blockedAfter) return;
    this.#explained = clock.now();
    log.warn({ uri: work.what, ms: Math.round(ms) }, `${work.what} kept the event loop for ${Math.round(ms)} ms`);
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

  #lateBy(ms: number): void {
    const { blockedAfter, clock, lives, log } = this.#options;
    if (blockedAfter === 0 || ms < blockedAfter || this.#explained > clock.now() - ms - INTERVAL) return;
    const running = lives().flatMap((life) => [...life.works].map(({ what }) => what));
    const named = [...new Set(running)].slice(0, MOST_NAMED);
    const text = named.length === 0 ? 'nothing was being handled' : `while ${named.join(', ')} was being handled`;
    log.warn({ ms: Math.round(ms), running: named }, `the event loop was kept for ${Math.round(ms)} ms; ${text}`);
  }
}
