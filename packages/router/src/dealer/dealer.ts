import type { Call, Cancel, ErrorMessage, Id, Register, Unregister, Yield } from '@wamp-run/protocol';
import type { Session } from '../session.js';
import { failed, yielded } from './answer.js';
import { type CallContext, call, proceed } from './call.js';
import { Calls } from './calls.js';
import { calleeLeft, callerLeaves, callerLeft, cancel } from './cancel.js';
import type { DealerOptions } from './dealer-options.js';
import { type DirectContext, DirectRoutes } from './direct-routes.js';
import type { Callee, Caller } from './parties.js';
import { Registering } from './registering.js';
import { Registrations } from './registrations.js';

/** Remote procedure calls within one realm. */
export class Dealer {
  /** The registrations of the realm: what the meta API asks. */
  readonly registrations: Registrations;
  readonly #calls: Calls;
  readonly #registering: Registering;
  readonly #calling: CallContext;

  constructor(settings: DealerOptions) {
    this.registrations = new Registrations(settings);
    this.#calls = new Calls(settings, this.registrations);
    this.#registering = new Registering(settings, this.registrations, this.#calls);
    this.#calling = { settings, registrations: this.registrations, calls: this.#calls };
  }

  /** The ways past the messages of a session in this process. */
  directRoutes(session: Session, mayCall: DirectContext['mayCall']): DirectRoutes {
    return new DirectRoutes(session, { ...this.#calling, mayCall });
  }

  /** How many calls are not answered yet. */
  get calls(): number {
    return this.#calls.size;
  }

  register(message: Register, callee: Callee): void {
    this.#registering.register(message, callee);
  }

  unregister(message: Unregister, callee: Callee): void {
    this.#registering.unregister(message, callee);
  }

  /**
   * Takes a registration away from one of its callees, or from all: UNREGISTERED with request 0 to those who announced
   * `registration_revocation`. Returns from how many; calls that are with them already are not touched.
   */
  revoke(registration: Id, callee: Id | undefined, reason: string): number {
    return this.#registering.revoke(registration, callee, reason);
  }

  /** A call with a new request id. */
  call(message: Call, caller: Caller): void {
    call(message, caller, this.#calling);
  }

  /** A further part of a call, which has the id of its first. Returns whether this is one; a new call is not. */
  proceed(message: Call, caller: Caller): boolean {
    return proceed(message, caller, this.#calls);
  }

  cancel(message: Cancel, caller: Caller): void {
    cancel(message, caller, this.#calls);
  }

  yield(message: Yield, callee: Callee): void {
    yielded(message, callee, this.#calls);
  }

  error(message: ErrorMessage, callee: Callee): void {
    failed(message, callee, this.#calls);
  }

  /** The session is over, in both its roles. */
  leave(caller: Caller, callee: Callee): void {
    callerLeaves(caller, this.#calls);
    this.#registering.leave(callee);
    callerLeft(caller, this.#calls);
    calleeLeft(callee, this.#calls);
  }
}
