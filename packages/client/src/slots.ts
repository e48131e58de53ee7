import { Line } from './line.js';

/** Lets so many runs happen at once. The others wait, and begin in the order in which they came. */
export class Slots {
  readonly #waiting = new Line<() => void>();
  #free: number;
  #draining = false;

  constructor(most: number) {
    this.#free = most;
  }

  /** How many wait for their turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs this now, or when its turn comes. It must not throw, and calls `release` once, when it has ended. */
  take(run: () => void): void {
    this.#waiting.push(run);
    this.#drain();
  }

  release(): void {
    this.#free++;
    this.#drain();
  }

  // A loop, not a recursion: runs that end at once release their slot from within.
  #drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    for (let run = this.#turn(); run !== undefined; run = this.#turn()) run();
    this.#draining = false;
  }

  #turn(): (() => void) | undefined {
    if (this.#free === 0) return undefined;
    const run = this.#waiting.shift();
    if (run !== undefined) this.#free--;
    return run;
  }
}
