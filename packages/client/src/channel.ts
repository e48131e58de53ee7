import { Line } from './line.js';

/** Somebody who asked for the next value before there was one. */
interface Waiting<T, R> {
  resolve(step: IteratorResult<T, R | undefined>): void;
  reject(error: unknown): void;
}

/** Values on their way from code that pushes them to code that pulls them, in order, and how they end. */
export class Channel<T, R = undefined> {
  readonly #values = new Line<T>();
  readonly #waiting: Waiting<T, R>[] = [];
  /** Nothing more is taken in. */
  #over = false;
  /** How it ended, until somebody has been told: further pulls find it merely done, as with a generator. */
  #end: { readonly value: R } | { readonly error: unknown } | undefined;

  get over(): boolean {
    return this.#over;
  }

  /** How many values wait to be pulled. */
  get size(): number {
    return this.#values.length;
  }

  /** The value that is pulled next. */
  get head(): T | undefined {
    return this.#values.head;
  }

  push(value: T): void {
    if (this.#over) return;
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#values.push(value);
    else waiting.resolve({ done: false, value });
  }

  /** Takes the oldest value away, unseen. */
  drop(): T | undefined {
    return this.#values.shift();
  }

  next(): Promise<IteratorResult<T, R | undefined>> {
    if (this.#values.length > 0) return Promise.resolve({ done: false, value: this.#values.shift() as T });
    if (!this.#over) return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    const end = this.#end;
    this.#end = undefined;
    if (end === undefined) return Promise.resolve({ done: true, value: undefined });
    return 'error' in end ? Promise.reject(end.error) : Promise.resolve({ done: true, value: end.value });
  }

  /** No more values will come. What is here can still be pulled. */
  end(value: R): void {
    if (this.#over) return;
    this.#over = true;
    const first = this.#waiting.shift();
    if (first === undefined) this.#end = { value };
    else first.resolve({ done: true, value });
    this.#release();
  }

  /** The same, and whoever pulls once too often gets this error. */
  fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    const first = this.#waiting.shift();
    if (first === undefined) this.#end = { error };
    else first.reject(error);
    this.#release();
  }

  /** Nobody wants what is here, or comes later. */
  close(): void {
    this.#over = true;
    this.#end = undefined;
    this.#values.clear();
    this.#release();
  }

  /** Nobody wants what is here. */
  discard(): void {
    this.#values.clear();
  }

  #release(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
  }
}
