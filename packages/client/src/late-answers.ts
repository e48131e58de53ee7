import { type Id, MessageType } from '@wamp-run/protocol';
import type { Pending, PendingAsk, PendingOf } from './pending.js';

/** Remembering more than this would only serve a router that never answers. */
const MOST = 1024;

/**
 * Requests whose deadline has passed, and whose answer may still come: it is no violation then, and whoever has to undo
 * something hears of it. A router that owes very many answers is remembered by the highest id alone.
 */
export class LateAnswers {
  readonly #waiting = new Map<Id, PendingAsk>();
  #forgotten: Id = 0;

  add(request: Id, pending: PendingAsk): void {
    const late = 'late' in pending ? pending.late : undefined;
    this.#waiting.set(request, { type: pending.type, done: late ?? (() => {}), fail: () => {} } as PendingAsk);
    if (this.#waiting.size <= MOST) return;
    for (const oldest of this.#waiting.keys()) {
      this.#waiting.delete(oldest);
      this.#forgotten = Math.max(this.#forgotten, oldest);
      break;
    }
  }

  /** What takes the answer to this request; undefined where none is expected. Calls have a memory of their own. */
  take<T extends Pending['type']>(type: T, request: Id): PendingOf<T> | undefined {
    const pending = this.#waiting.get(request);
    if (pending?.type === type) {
      this.#waiting.delete(request);
      return pending as PendingOf<T>;
    }
    if (type === MessageType.CALL || request > this.#forgotten) return undefined;
    return { type, done: () => {}, fail: () => {} } as unknown as PendingOf<T>;
  }
}
