import type { Id } from '@wamp-run/protocol';

/** Remembering more than this would only serve a router that never answers. */
const MOST = 1024;

/**
 * Calls that this side gave up, and whose last answer is still to come: it is expected, and dropped.
 * A router that owes very many answers is remembered by the highest id alone, so that the memory has a bound.
 */
export class CanceledCalls {
  readonly #waiting = new Set<Id>();
  #forgotten: Id = 0;

  add(request: Id): void {
    this.#waiting.add(request);
    if (this.#waiting.size <= MOST) return;
    for (const oldest of this.#waiting) {
      this.#waiting.delete(oldest);
      this.#forgotten = Math.max(this.#forgotten, oldest);
      break;
    }
  }

  /** Whether an answer to this request is expected. After the last one it is not, any more. */
  expects(request: Id, last: boolean): boolean {
    const expected = last ? this.#waiting.delete(request) : this.#waiting.has(request);
    return expected || request <= this.#forgotten;
  }
}
