import type { Interceptor } from '@wamp-run/client';

/** Counts what a component is working on, and says when nothing is left. */
export class InFlight {
  #count = 0;
  /** An interceptor counts, and not each handler by itself. */
  #outside = false;
  #waiting: (() => void)[] = [];

  get count(): number {
    return this.#count;
  }

  /** Resolves as soon as nothing is in flight. */
  idle(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /**
   * The same handler, counted from its call until its result is there: a value, a promise, a generator run to its end,
   * or a promise of such a generator.
   */
  counted<A extends unknown[]>(handler: (...args: A) => unknown): (...args: A) => unknown {
    return this.#outside ? handler : this.#counted(handler);
  }

  /**
   * These interceptors, with one around them that counts: what they do around a handler is work of the component, too.
   * From now on `counted` counts nothing of its own. Undefined where there are none.
   */
  around(interceptors: readonly Interceptor[]): readonly Interceptor[] | undefined {
    if (interceptors.length === 0) return undefined;
    this.#outside = true;
    const counting: Interceptor = {
      invocation: (_invocation, next) => this.#counted(next)(),
      event: (_event, next) => this.#counted(next)(),
    };
    return [counting, ...interceptors];
  }

  #counted<A extends unknown[]>(handler: (...args: A) => unknown): (...args: A) => unknown {
    return (...args) => {
      this.#count++;
      let result: unknown;
      try {
        result = handler(...args);
      } catch (error) {
        this.#end();
        throw error;
      }
      if (isPromise(result)) return this.#settled(result);
      return this.#handedOn(result);
    };
  }

  /** Awaited here and nowhere else: what is no native promise (a query builder) may do its work at each `then`. */
  async #settled(result: PromiseLike<unknown>): Promise<unknown> {
    let value: unknown;
    try {
      value = await result;
    } catch (error) {
      this.#end();
      throw error;
    }
    return this.#handedOn(value);
  }

  #handedOn(result: unknown): unknown {
    if (isGenerator(result)) return new CountedGenerator(result, this.#end);
    this.#end();
    return result;
  }

  readonly #end = (): void => {
    this.#count--;
    if (this.#count > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  };
}

/** A generator that says once when it has ended: run out, thrown, or returned before it began. */
class CountedGenerator implements AsyncGenerator {
  readonly #generator: AsyncGenerator;
  #end: (() => void) | undefined;

  constructor(generator: AsyncGenerator, end: () => void) {
    this.#generator = generator;
    this.#end = end;
  }

  next(...value: [] | [unknown]): Promise<IteratorResult<unknown>> {
    return this.#watched(this.#generator.next(...value));
  }

  return(value: unknown): Promise<IteratorResult<unknown>> {
    return this.#watched(this.#generator.return(value));
  }

  throw(error: unknown): Promise<IteratorResult<unknown>> {
    return this.#watched(this.#generator.throw(error));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return(undefined);
  }

  async #watched(step: Promise<IteratorResult<unknown>>): Promise<IteratorResult<unknown>> {
    try {
      const result = await step;
      if (result.done === true) this.#ended();
      return result;
    } catch (error) {
      this.#ended();
      throw error;
    }
  }

  #ended(): void {
    this.#end?.();
    this.#end = undefined;
  }
}

function isGenerator(value: unknown): value is AsyncGenerator {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as AsyncGenerator)[Symbol.asyncIterator] === 'function' &&
    typeof (value as AsyncGenerator).next === 'function'
  );
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function';
}
