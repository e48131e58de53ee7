import type { ClientStatus } from './client-status.js';

/** How many changes a reader may be behind; then it misses the oldest. */
const KEPT = 16;

/** The latest changes of a client's status, for any number of readers, each at its own pace. */
export class StatusLog {
  #recent: ClientStatus[];
  /** How many there have been. */
  #count = 1;
  #over = false;
  readonly #wakers = new Set<() => void>();

  constructor(first: ClientStatus) {
    this.#recent = [first];
  }

  add(status: ClientStatus): void {
    this.#recent.push(status);
    if (this.#recent.length > KEPT) this.#recent.shift();
    this.#count++;
    this.#wake();
  }

  /** There will be no further change. */
  end(): void {
    this.#over = true;
    this.#wake();
  }

  /** From the status of now on, until there is no further one. A reader costs nothing but while it waits. */
  read(): AsyncIterableIterator<ClientStatus, undefined> {
    const own = new Set<() => void>();
    let at = this.#count - 1;
    let stopped = false;
    const changed = () =>
      new Promise<void>((resolve) => {
        const wake = () => {
          own.delete(wake);
          this.#wakers.delete(wake);
          resolve();
        };
        own.add(wake);
        this.#wakers.add(wake);
      });
    const next = async (): Promise<IteratorResult<ClientStatus, undefined>> => {
      while (!stopped && !this.#over && at >= this.#count) await changed();
      if (stopped || at >= this.#count) return { done: true, value: undefined };
      at = Math.max(at, this.#count - this.#recent.length);
      const value = this.#recent[at - this.#count + this.#recent.length] as ClientStatus;
      at++;
      return { done: false, value };
    };
    const stop = async (): Promise<IteratorResult<ClientStatus, undefined>> => {
      stopped = true;
      for (const wake of own) wake();
      return { done: true, value: undefined };
    };
    const iterator: AsyncIterableIterator<ClientStatus, undefined> = {
      next,
      return: stop,
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  /** How many readers wait for a change. */
  get waiting(): number {
    return this.#wakers.size;
  }

  #wake(): void {
    for (const wake of [...this.#wakers]) wake();
  }
}
