import type { Call, Id } from '@wamp-run/protocol';
import type { Passthru } from '../passthru.js';
import type { CallTerms } from './call-terms.js';
import type { Caller } from './parties.js';
import type { Endpoint, Registration } from './registration.js';

/** Whose call it is, and for whom. */
export interface Routed {
  readonly caller: Caller;
  readonly terms: CallTerms;
  readonly registration: Registration;
}

/** A call between its CALL and its last answer. */
export class PendingCall {
  readonly caller: Caller;
  /** The id of the caller's CALL. */
  readonly request: Id;
  readonly procedure: string;
  readonly terms: CallTerms;
  registration: Registration;
  /** The CALL, as long as it may have to be sent: it waits, or it may go to another callee. */
  message: Call | undefined;
  /** Whether the message lies in memory of its own, and how many bytes of it. */
  kept = false;
  keptBytes = 0;
  /** Who has it; undefined while it waits. */
  endpoint: Endpoint | undefined;
  /** The id of the INVOCATION, in the callee's session. */
  invocation: Id = 0;
  /** Whether progressive results are passed on: the caller asked for them, and the callee can be stopped. */
  progressive = false;
  /** The caller has had progressive results. */
  progressed = false;
  /** The callee has had its INTERRUPT. */
  interrupted = false;
  /** The caller has not sent the last part yet. */
  open: boolean;
  /** About the payload of the last part, which only the two ends can read. */
  passthru: Passthru | undefined;
  /** Whoever had it before, and was unavailable. */
  tried: Endpoint[] | undefined;
  /** When it has failed, unless there is a sign of life before: milliseconds of the router's clock. */
  deadline = 0;
  /** Stops the timer. */
  callOff: (() => void) | undefined;

  constructor({ request, procedure }: Pick<Call, 'request' | 'procedure'>, { caller, terms, registration }: Routed) {
    this.caller = caller;
    this.request = request;
    this.procedure = procedure;
    this.terms = terms;
    this.registration = registration;
    this.open = terms.progress;
    this.passthru = terms.passthru;
  }
}
