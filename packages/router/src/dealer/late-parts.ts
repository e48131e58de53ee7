import type { Id } from '@wamp-run/protocol';

// A part can only be as late as messages are under way.
const MOST = 1_024;

/**
 * The calls of one session that were answered before their caller had sent the last part: what it sends before it knows
 * is dropped without a word. Costs nothing in a session that has none.
 */
export class LateParts {
  #calls: Set<Id> | undefined;

  has(call: Id): boolean {
    return this.#calls?.has(call) ?? false;
  }

  /** Parts of this call may be under way. Of very many such calls, the oldest are forgotten. */
  expect(call: Id): void {
    this.#calls ??= new Set();
    this.#calls.add(call);
    if (this.#calls.size <= MOST) return;
    for (const oldest of this.#calls) {
      this.#calls.delete(oldest);
      return;
    }
  }

  /** The last part has come. */
  done(call: Id): void {
    this.#calls?.delete(call);
  }
}
