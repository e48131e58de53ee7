/** How many calls are in flight, and for how long. */
export interface Load {
  readonly inFlight: number;
  readonly seconds: number;
}

/** What a caller has seen. */
export interface CallerReport {
  readonly calls: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Keeps so many calls in flight for so long, and measures rate and latency. Whoever sends them checks their answers. */
export class CallLoad {
  readonly #load: Load;
  readonly #send: () => number;
  /** When each call in flight was sent. */
  readonly #sent = new Map<number, number>();
  readonly #latencies: number[] = [];
  #began = 0;
  #until = 0;
  #resolve: (report: CallerReport) => void = () => {};
  #reject: (error: Error) => void = () => {};

  /** `send` sends one more call and returns the number by which its answer is told. */
  constructor(load: Load, send: () => number) {
    this.#load = load;
    this.#send = send;
  }

  /** Rejects with what `failed` is told. */
  run(): Promise<CallerReport> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#began = performance.now();
      this.#until = this.#began + this.#load.seconds * 1000;
      for (let i = 0; i < this.#load.inFlight; i++) this.#next(this.#began);
    });
  }

  #next(now: number): void {
    this.#sent.set(this.#send(), now);
  }

  /** A right answer came. */
  answered(call: number): void {
    const sent = this.#sent.get(call);
    if (sent === undefined) {
      this.failed(new Error(`an answer to call ${call}, which waits for none`));
      return;
    }
    this.#sent.delete(call);
    const now = performance.now();
    this.#latencies.push(now - sent);
    if (now < this.#until) this.#next(now);
    else if (this.#sent.size === 0) this.#resolve(this.#report(now - this.#began));
  }

  /** A wrong answer came, or an error: there will be no figure. */
  failed(error: Error): void {
    // Nothing is sent any more.
    this.#until = 0;
    this.#reject(error);
  }

  #report(ms: number): CallerReport {
    const calls = this.#latencies.length;
    const sorted = Float64Array.from(this.#latencies).sort();
    const at = (share: number) => sorted[Math.min(calls - 1, Math.floor(calls * share))] ?? Number.NaN;
    return { calls, perSecond: (calls / ms) * 1000, p50: at(0.5), p99: at(0.99) };
  }
}

/** The same for a client whose calls are promises. `call` makes the nth, and rejects where its answer is wrong. */
export function promisedLoad(load: Load, call: (n: number) => PromiseLike<unknown>): Promise<CallerReport> {
  let n = 0;
  const calls = new CallLoad(load, () => {
    const number = ++n;
    call(number).then(
      () => calls.answered(number),
      (error: unknown) => calls.failed(error instanceof Error ? error : new Error(JSON.stringify(error))),
    );
    return number;
  });
  return calls.run();
}
