import type { Interceptor } from '@wamp-run/client';

/** An invocation or an event that a component is working on. */
export interface Work {
  /** The procedure, or the topic. */
  readonly what: string;
  /** When it promised its result (ms). */
  readonly since: number;
}

export interface InFlightOptions {
  /** The present time (ms). */
  readonly now: () => number;
}

/** As many arguments as a handler has at most: values, keywords, details. */
type Three = [] | [unknown] | [unknown, unknown] | [unknown, unknown, unknown];

/** Counts what a component is working on, and says when nothing is left. */
export class InFlight {
  readonly #options: InFlightOptions;
  /** What has promised its result, or gives it bit by bit. */
  readonly #works = new Set<Work>();
  /** Handlers that have not returned: one calls no other, but by an interceptor or by itself. */
  #atOnce = 0;
  /** An interceptor counts, and not each handler by itself. */
  #outside = false;
  #waiting: (() => void)[] = [];
  #endedLast: string | undefined;

  constructor(options: InFlightOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#atOnce + this.#works.size;
  }

  /** What is in flight and has promised its result, the oldest first. */
  get works(): Iterable<Work> {
    return this.#works;
  }

  /** What has ended last since this was asked before. */
  lately(): string | undefined {
    const last = this.#endedLast;
    this.#endedLast = undefined;
    return last;
  }

  /** Resolves as soon as nothing is in flight. */
  idle(): Promise<void> {
    if (this.count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /**
   * The same handler, counted from its call until its result is there: a value, a promise, a generator run to its end,
   * or a promise of such a generator.
   *
   * @param what the procedure, or the topic
   */
  counted<A extends Three>(handler: (...args: A) => unknown, what: string): (...args: A) => unknown {
    return this.#outside ? handler : this.#counted(handler, what);
  }

  /**
   * These interceptors, with one around them that counts: what they do around a handler is work of the component, too.
   * From now on `counted` counts nothing of its own. Undefined where there are none.
   */
  around(interceptors: readonly Interceptor[]): readonly Interceptor[] | undefined {
    if (interceptors.length === 0) return undefined;
    this.#outside = true;
    const counting: Interceptor = {
      invocation: ({ details }, next) => this.#counted(() => next(), details.procedure)(),
      event: ({ details }, next) => this.#counted(() => next(), details.topic)(),
    };
    return [counting, ...interceptors];
  }

  // Three arguments, and no list of them, which would be made for each call.
  #counted<A extends Three>(handler: (...args: A) => unknown, what: string): (...args: A) => unknown {
    const run = handler as (a?: unknown, b?: unknown, c?: unknown) => unknown;
    const { now } = this.#options;
    return (a?: unknown, b?: unknown, c?: unknown) => {
      this.#atOnce++;
      let result: unknown;
      let lasts = false;
      try {
        result = run(a, b, c);
        lasts = typeof result === 'object' && (isPromise(result) || isGenerator(result));
      } finally {
        this.#atOnce--;
        if (!lasts) this.#ended(what);
      }
      // Most handlers have done their work by now, and nothing is kept of it.
      return lasts ? this.#goesOn(result, { what, since: now() }) : result;
    };
  }

  #goesOn(result: unknown, work: Work): unknown {
    this.#works.add(work);
    return isPromise(result) ? this.#settled(result, work) : this.#handedOn(result, work);
  }

  /** Awaited here and nowhere else: what is no native promise (a query builder) may do its work at each `then`. */
  async #settled(result: PromiseLike<unknown>, work: Work): Promise<unknown> {
    let value: unknown;
    try {
      value = await result;
    } catch (error) {
      this.#end(work);
      throw error;
    }
    return this.#handedOn(value, work);
  }

  #handedOn(result: unknown, work: Work): unknown {
    if (isGenerator(result)) return new CountedGenerator(result, () => this.#end(work));
    this.#end(work);
    return result;
  }

  #end(work: Work): void {
    this.#works.delete(work);
    this.#ended(work.what);
  }

  #ended(what: string): void {
    this.#endedLast = what;
    if (this.#waiting.length === 0 || this.count > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
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
