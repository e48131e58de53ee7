import type { Clock } from '../clock.js';

/** A clock that stands still until it is told to move. For tests. */
export class FakeClock implements Clock {
  #now = 0;
  #order = 0;
  readonly #due = new Map<number, { at: number; run: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const key = this.#order++;
    this.#due.set(key, { at: this.#now + ms, run });
    return () => {
      this.#due.delete(key);
    };
  }

  /** How many timers are running. */
  get pending(): number {
    return this.#due.size;
  }

  /** Milliseconds until the next timer, or undefined where there is none. */
  get next(): number | undefined {
    let next: number | undefined;
    for (const { at } of this.#due.values()) next = Math.min(next ?? at, at);
    return next === undefined ? undefined : next - this.#now;
  }

  /** Moves on, and runs what falls due on the way, in order, each at its own time. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      let first: [number, { at: number; run: () => void }] | undefined;
      for (const entry of this.#due) {
        if (entry[1].at <= until && (first === undefined || entry[1].at < first[1].at)) first = entry;
      }
      if (first === undefined) break;
      this.#due.delete(first[0]);
      this.#now = first[1].at;
      first[1].run();
    }
    this.#now = until;
  }
}
