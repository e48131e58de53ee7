import type { Clock } from '@wamp-run/protocol';
import type { PendingCall } from './pending-call.js';
import type { Endpoint } from './registration.js';

// Timers of JavaScript hold 31 bits: what is longer fires at once.
const LONGEST = 2 ** 31 - 1;

/** The time that callers give their calls. A sign of life costs a look at the clock, and no new timer. */
export class CallTimers {
  readonly #clock: Clock;
  readonly #expired: (call: PendingCall) => void;

  constructor(clock: Clock, expired: (call: PendingCall) => void) {
    this.#clock = clock;
    this.#expired = expired;
  }

  start(call: PendingCall, ms: number): void {
    call.deadline = this.#clock.now() + ms;
    this.#arm(call, ms);
  }

  stop(call: PendingCall): void {
    call.callOff?.();
    call.callOff = undefined;
  }

  /** The time begins again. */
  touch(call: PendingCall): void {
    if (call.terms.timeout > 0) call.deadline = this.#clock.now() + call.terms.timeout;
  }

  /**
   * Before an INVOCATION goes out: leaves the time to the callee, where that one minds it. Returns the milliseconds that
   * it is told; 0 where the dealer minds the time, or there is no limit.
   */
  handOver(call: PendingCall, endpoint: Endpoint): number {
    if (call.terms.timeout === 0) return 0;
    const left = Math.max(1, Math.ceil(call.deadline - this.#clock.now()));
    if (endpoint.forwardTimeout && endpoint.callee.timesCalls) {
      this.stop(call);
      return left;
    }
    if (call.callOff === undefined) this.#arm(call, left);
    return 0;
  }

  #arm(call: PendingCall, ms: number): void {
    call.callOff = this.#clock.after(Math.min(ms, LONGEST), () => this.#due(call));
  }

  #due(call: PendingCall): void {
    call.callOff = undefined;
    const left = call.deadline - this.#clock.now();
    if (left > 0) this.#arm(call, left);
    else this.#expired(call);
  }
}
