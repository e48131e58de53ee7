import { type Clock, Timeout } from '@wamp-run/protocol';
import type { InterceptedCall } from './interceptor.js';
import { LONGEST } from './milliseconds.js';

/** The interceptors of calls, around the session that sends them. */
export type AroundCall = (
  request: InterceptedCall,
  send: (request: InterceptedCall) => Promise<unknown>,
) => Promise<unknown>;

/** How long interceptors may keep a call. */
export interface CallTime {
  readonly clock: Clock;
  /** Milliseconds of calls that do not say so themselves; 0: no limit. */
  readonly callTimeout: number;
}

/** The same interceptors, none of which can keep a call for longer than its time: before it is sent, nor when it has come back. */
export function inTime(around: AroundCall, { clock, callTimeout }: CallTime): AroundCall {
  return (request, send) => {
    const ms = timeIn(request) ?? callTimeout;
    // What is no time is refused where the call is sent.
    if (!(Number.isFinite(ms) && ms > 0)) return around(request, send);
    return new InterceptedCallInTime(clock, request.procedure, Math.min(ms, LONGEST)).run(around, request, send);
  };
}

/** What is wrong with the options is told where the call is sent. */
function timeIn({ options }: InterceptedCall): number | undefined {
  try {
    return options?.timeout;
  } catch {
    return undefined;
  }
}

/** One call on its way through interceptors. While it is sent its own timeout counts, and none here. */
class InterceptedCallInTime {
  readonly #clock: Clock;
  readonly #procedure: string;
  readonly #ms: number;
  /** How often it is under way: an interceptor may ask twice. */
  #underWay = 0;
  #wasSent = false;
  #over = false;
  #late: Timeout | undefined;
  #cancelTimer: (() => void) | undefined;
  #reject: (error: Timeout) => void = () => {};

  constructor(clock: Clock, procedure: string, ms: number) {
    this.#clock = clock;
    this.#procedure = procedure;
    this.#ms = ms;
  }

  run(around: AroundCall, request: InterceptedCall, send: (request: InterceptedCall) => Promise<unknown>) {
    return new Promise<unknown>((resolve, reject) => {
      this.#reject = reject;
      around(request, (call) => this.#send(call, send)).then(
        (result) => {
          this.#end();
          resolve(result);
        },
        (error: unknown) => {
          this.#end();
          reject(error);
        },
      );
      this.#watch();
    });
  }

  #send(call: InterceptedCall, send: (request: InterceptedCall) => Promise<unknown>): Promise<unknown> {
    if (this.#late !== undefined) return Promise.reject(this.#late);
    this.#wasSent = true;
    this.#underWay++;
    this.#cancelTimer?.();
    const sent = new Promise<unknown>((resolve) => resolve(send(call)));
    const back = (): void => {
      this.#underWay--;
      this.#watch();
    };
    sent.then(back, back);
    return sent;
  }

  /** The interceptors have it. Most hand it on at once, and cost no timer before. */
  #watch(): void {
    if (this.#over || this.#underWay > 0) return;
    this.#cancelTimer = this.#clock.after(this.#ms, () => {
      const what = this.#wasSent ? `the result of ${this.#procedure}` : `the call of ${this.#procedure}`;
      const executed = this.#wasSent ? 'maybe' : 'no';
      this.#late = new Timeout(`an interceptor did not hand on ${what} within ${this.#ms} ms`, { executed });
      this.#reject(this.#late);
    });
  }

  #end(): void {
    this.#over = true;
    this.#cancelTimer?.();
  }
}
