import { type CallResult, shaped } from './call-result.js';
import type { CallArguments } from './caller.js';
import { Channel } from './channel.js';
import type { CallOptions } from './options.js';

/** How to call a procedure and iterate over its results. */
export type StreamOptions = Omit<CallOptions, 'onProgress'>;

/** What a stream of results needs of a session. */
export interface CallSource {
  call(procedure: string, args: CallArguments | undefined, options: CallOptions): Promise<unknown>;
}

/** What is called. */
export interface StreamedCall {
  readonly procedure: string;
  readonly args: CallArguments | undefined;
  readonly options: StreamOptions;
}

/**
 * The results of one call, which goes out with the first `next`: progressive results as yields, the final one as the
 * return value.
 */
export class ResultStream<P, R> implements AsyncGenerator<P, R, undefined> {
  readonly #source: CallSource;
  readonly #call: StreamedCall;
  readonly #channel = new Channel<P, R>();
  readonly #controller = new AbortController();
  #begun = false;

  readonly #aborted = () => {
    this.#channel.discard();
    this.#controller.abort(this.#call.options.signal?.reason);
  };

  constructor(source: CallSource, call: StreamedCall) {
    this.#source = source;
    this.#call = call;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<P, R>> {
    if (!this.#begun && !this.#channel.over) this.#begin();
    return this.#channel.next() as Promise<IteratorResult<P, R>>;
  }

  return(value: R | PromiseLike<R>): Promise<IteratorResult<P, R>> {
    this.#cancel();
    return Promise.resolve(value).then((last) => ({ done: true, value: last }));
  }

  throw(error: unknown): Promise<IteratorResult<P, R>> {
    this.#cancel();
    return Promise.reject(error);
  }

  #begin(): void {
    this.#begun = true;
    const { procedure, args, options } = this.#call;
    const { signal, details } = options;
    if (signal?.aborted === true) this.#aborted();
    else signal?.addEventListener('abort', this.#aborted);
    const onProgress = (part: CallResult) => this.#channel.push(shaped(part, details === true) as P);
    const result = this.#source.call(procedure, args, { ...options, signal: this.#controller.signal, onProgress });
    result.then(
      (last) => {
        this.#unlisten();
        this.#channel.end(last as R);
      },
      (error: unknown) => {
        this.#unlisten();
        this.#channel.fail(error);
      },
    );
  }

  /** Nobody wants the rest: a call that runs is canceled at the router. */
  #cancel(): void {
    this.#channel.close();
    this.#unlisten();
    if (this.#begun) this.#controller.abort();
  }

  #unlisten(): void {
    this.#call.options.signal?.removeEventListener('abort', this.#aborted);
  }
}
