import type { Payload, Value } from '@wamp-run/protocol';
import { Channel } from './channel.js';

/** The argument lists of one progressive invocation, for its handler to iterate over as they come. */
export class ArgumentLists implements AsyncIterableIterator<Value[]> {
  readonly #channel = new Channel<Value[]>();
  #begun = false;
  #complete = false;

  /** All have come. */
  get complete(): boolean {
    return this.#complete;
  }

  /** A list came. One without arguments that comes last, and is not the only one, just says that it is the last. */
  add(args: Value[], payload: Payload | undefined, last: boolean): void {
    if (!last || payload !== undefined || !this.#begun) this.#channel.push(args);
    this.#begun = true;
    if (!last) return;
    this.#complete = true;
    this.#channel.end(undefined);
  }

  /** No more will come: the invocation is over. */
  fail(error: unknown): void {
    this.#channel.fail(error);
  }

  next(): Promise<IteratorResult<Value[], undefined>> {
    return this.#channel.next();
  }

  return(): Promise<IteratorResult<Value[], undefined>> {
    this.#channel.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
