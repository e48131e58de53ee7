import type { Random } from '@wamp-run/protocol';

// Randomness often costs a system call, however little is asked for.
const BYTES_AT_ONCE = 256;

/** Draws numbers, from randomness that is fetched in larger portions. */
export class Chance {
  readonly #random: Random;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** An integer from 0 to `n` - 1. */
  below(n: number): number {
    if (this.#at + 4 > this.#bytes.length) {
      this.#bytes = this.#random(BYTES_AT_ONCE);
      this.#at = 0;
    }
    let drawn = 0;
    for (const end = this.#at + 4; this.#at < end; this.#at++) drawn = drawn * 256 + (this.#bytes[this.#at] as number);
    return drawn % n;
  }
}
