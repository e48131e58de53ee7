import type { Clock } from '@wamp-run/protocol';

/** One thing at a time that must have happened by some moment. */
export class Deadline {
  readonly #clock: Clock;
  #callOff: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `otherwise` in so many milliseconds, unless called off. Replaces what was set before. */
  set(ms: number, otherwise: () => void): void {
    this.callOff();
    this.#callOff = this.#clock.after(ms, otherwise);
  }

  callOff(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }
}
