import {
  type Call,
  callMessage,
  type Dict,
  type DirectCall,
  type DirectRoute,
  type Id,
  type InProcess,
  interruptMessage,
  type PlainPayload,
  payloadOf,
} from '@wamp-run/protocol';
import type { Session } from '../session.js';
import { KILLNOWAIT, NOTHING } from '../shared-details.js';
import { type CallTerms, PLAIN } from './call-terms.js';
import type { Calls } from './calls.js';
import { PendingCall } from './pending-call.js';
import type { Endpoint } from './registration.js';

/** What a direct route is made of. */
export interface OpenRouteOptions {
  /** The caller's. */
  readonly session: Session;
  readonly endpoint: Endpoint;
  readonly procedure: string;
  readonly calls: Calls;
  /** What the caller's transport shares, and the callee's. */
  readonly from: InProcess;
  readonly to: InProcess;
  readonly details: Dict;
  /** Calls that the caller may have that are not answered. */
  readonly most: number;
  readonly closed: () => void;
  /** Routes it as a message. */
  readonly reroute: (message: Call) => void;
}

/** A direct route from one session to one endpoint, for as long as that is the only one and both are there. */
export class OpenRoute implements DirectRoute {
  readonly procedure: string;
  readonly registration: Id;
  readonly details: Dict;
  readonly #options: OpenRouteOptions;
  readonly #from: InProcess;
  readonly #to: InProcess;
  #isOpen = true;

  constructor(options: OpenRouteOptions) {
    const { endpoint, from, to } = options;
    this.registration = endpoint.registration.id;
    this.procedure = options.procedure;
    this.details = options.details;
    this.#options = options;
    this.#from = from;
    this.#to = to;
    endpoint.registration.routes ??= new Set();
    endpoint.registration.routes.add(this);
  }

  get isTimed(): boolean {
    return this.#to.callee?.isTimed(this.registration) === true;
  }

  took(ms: number): void {
    this.#to.callee?.took(this.procedure, ms);
  }

  get isQuiet(): boolean {
    return this.#from.isQuiet && this.#to.isQuiet;
  }

  get isFree(): boolean {
    const { session, most } = this.#options;
    // What waits for an authorizer is not to be overtaken either.
    return this.isQuiet && session.held === undefined && session.caller.pending < most;
  }

  take(request: Id): void {
    const { session } = this.#options;
    session.requests.takeNext(request);
    session.caller.direct++;
    session.heard();
  }

  invoke(call: DirectCall): PlainPayload | undefined {
    const { session, endpoint } = this.#options;
    session.caller.direct--;
    const callee = this.#to.callee;
    if (!this.#isOpen || callee === undefined) {
      // To who has the procedure now, with the id that it has: what its caller has sent since comes behind it.
      const { request, args, kwargs } = call;
      const message = callMessage(request, optionsOf(call), this.procedure, payloadOf(args, kwargs));
      if (call.wait() && !session.over) this.#options.reroute(message);
      return undefined;
    }
    const answer = callee.invoke(this, call, endpoint.callee.issue());
    // Otherwise its message is the sign of life.
    if (answer !== undefined) endpoint.callee.peer.heard();
    return answer;
  }

  goOn(call: DirectCall, invocation: Id): void {
    const { procedure } = this;
    const { session, endpoint, calls } = this.#options;
    const { callee } = endpoint;
    // It waits also where the router has ended its session already: then it hears of that.
    if (!call.wait() || session.over) {
      // As for every callee whose caller has left.
      if (callee.interruptible) callee.peer.tell(interruptMessage(invocation, KILLNOWAIT));
      return;
    }
    const terms: CallTerms = call.routedTimeout === 0 ? PLAIN : { ...PLAIN, timeout: call.routedTimeout };
    const { caller } = session;
    const pending = new PendingCall(
      { request: call.request, procedure },
      { caller, terms, registration: endpoint.registration },
    );
    calls.adopt(pending, endpoint, invocation);
  }

  /** Something that it goes by has changed. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { endpoint, closed } = this.#options;
    endpoint.registration.routes?.delete(this);
    closed();
  }
}

/** What its CALL would have said. */
function optionsOf({ routedTimeout }: DirectCall): Dict {
  return routedTimeout === 0 ? NOTHING : { timeout: routedTimeout };
}
