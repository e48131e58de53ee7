import type { Call, Cancel, ErrorMessage, Register, Unregister, Yield } from '@wamp-run/protocol';
import { failed, yielded } from './answer.js';
import { type CallContext, call } from './call.js';
import { calleeLeft, callerLeft, cancel } from './cancel.js';
import type { DealerOptions } from './dealer-options.js';
import type { Callee, Caller } from './parties.js';
import { PendingCalls } from './pending-calls.js';
import { Registrations } from './registrations.js';

/** Remote procedure calls within one realm. */
export class Dealer {
  /** The registrations of the realm: what the meta API asks. */
  readonly registrations: Registrations;
  readonly #pending = new PendingCalls();
  readonly #calling: CallContext;

  constructor(options: DealerOptions) {
    const { uriRule } = options;
    this.registrations = new Registrations(options);
    this.#calling = { registrations: this.registrations, pending: this.#pending, uriRule };
  }

  /** How many calls are not answered yet. */
  get calls(): number {
    return this.#pending.size;
  }

  register(message: Register, callee: Callee): void {
    this.registrations.register(message, callee);
  }

  unregister(message: Unregister, callee: Callee): void {
    this.registrations.unregister(message, callee);
  }

  call(message: Call, caller: Caller): void {
    call(message, caller, this.#calling);
  }

  cancel(message: Cancel, caller: Caller): void {
    cancel(message, caller, this.#pending);
  }

  yield(message: Yield, callee: Callee): void {
    yielded(message, callee, this.#pending);
  }

  error(message: ErrorMessage, callee: Callee): void {
    failed(message, callee, this.#pending);
  }

  /** The session is over, in both its roles. */
  leave(caller: Caller, callee: Callee): void {
    this.registrations.leave(callee);
    callerLeft(caller, this.#pending);
    calleeLeft(callee, this.#pending);
  }
}
