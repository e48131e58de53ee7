import type { Id } from '@wamp-run/protocol';

/** Remembering more than this would only serve a router that never says which list is the last. */
const MOST = 1024;

/** Progressive invocations that are over before their last arguments came: those still to come are nobody's. */
export class LateArguments {
  readonly #expected = new Set<Id>();

  add(request: Id): void {
    this.#expected.add(request);
    if (this.#expected.size <= MOST) return;
    for (const oldest of this.#expected) {
      this.#expected.delete(oldest);
      break;
    }
  }

  /** Whether an INVOCATION only brings more arguments for one that is over. */
  expects(request: Id, last: boolean): boolean {
    return last ? this.#expected.delete(request) : this.#expected.has(request);
  }
}
