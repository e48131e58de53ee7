import { type Id, type Random, randomId } from '@wamp-run/protocol';

// One of 2^53 is hardly ever taken twice, let alone so often.
const ATTEMPTS = 16;

/** The session ids in use: drawn at random, and no two sessions of one router have the same. */
export class SessionIds {
  readonly #random: Random;
  readonly #taken = new Set<Id>();

  constructor(random: Random) {
    this.#random = random;
  }

  take(): Id {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const id = randomId(this.#random);
      if (this.#taken.has(id)) continue;
      this.#taken.add(id);
      return id;
    }
    throw new Error('random: it gives the same bytes again and again; session ids need real randomness');
  }

  release(id: Id): void {
    this.#taken.delete(id);
  }
}
