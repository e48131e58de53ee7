import type { Connector } from '@wamp-run/protocol';
import type { Backoff } from './retry.js';

/** A connector, and how it has done since the last join. */
interface Place {
  readonly connector: Connector;
  failures: number;
  dead: boolean;
}

/** Takes connectors in turn, each after delays of its own. */
export class Rotation {
  /** Failures in a row, of all connectors together. */
  failures = 0;
  readonly #places: readonly Place[];
  readonly #backoff: Backoff;
  #at = 0;

  constructor(connectors: readonly Connector[], backoff: Backoff) {
    this.#places = connectors.map((connector) => ({ connector, failures: 0, dead: false }));
    this.#backoff = backoff;
  }

  /** The connector whose turn it is. */
  get connector(): Connector {
    return this.#place.connector;
  }

  /** It failed. */
  failed(): void {
    this.failures++;
    this.#place.failures++;
  }

  /** There was a session, and it is gone: every count begins anew, with this for its first failure. */
  lost(): void {
    this.failures = 1;
    for (const place of this.#places) place.failures = 1;
  }

  /** It is never to be tried again. */
  drop(): void {
    this.#place.dead = true;
  }

  /**
   * Moves on to the next connector that may still be tried, and says after how many milliseconds; undefined where
   * there is none.
   */
  next(): number | undefined {
    for (let step = 1; step <= this.#places.length; step++) {
      const at = (this.#at + step) % this.#places.length;
      const place = this.#places[at] as Place;
      const delay = place.failures === 0 ? 0 : this.#backoff.delay(place.failures);
      if (place.dead || delay === undefined) continue;
      this.#at = at;
      return delay;
    }
    return undefined;
  }

  get #place(): Place {
    return this.#places[this.#at] as Place;
  }
}
