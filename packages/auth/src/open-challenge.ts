import type { Clock } from '@wamp-run/protocol';

/** Milliseconds that a challenge can be answered, unless an option says otherwise. */
export const CHALLENGE_TIMEOUT = 30_000;

/** What a client was asked: it can be answered once, and only for so long. */
export class OpenChallenge<T> {
  readonly #clock: Clock;
  readonly #timeout: number;
  #asked: { readonly what: T; readonly at: number } | undefined;

  /** @param timeout milliseconds */
  constructor(clock: Clock, timeout: number) {
    this.#clock = clock;
    this.#timeout = timeout;
  }

  open(what: T): void {
    this.#asked = { what, at: this.#clock.now() };
  }

  /** What was asked; undefined where nothing is open any more. */
  take(): T | undefined {
    const asked = this.#asked;
    this.#asked = undefined;
    if (asked === undefined || this.#clock.now() - asked.at > this.#timeout) return undefined;
    return asked.what;
  }
}
