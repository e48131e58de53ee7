import type { Id } from './ids.js';
import type { PlainPayload } from './payload.js';
import type { Dict, Value } from './value.js';

// A call that another session of the same process answers at once needs no messages: its values are copied as messages would
// copy them, and all else is as it would have been. Where it is not answered at once, it goes on as a call of messages, half-way
// through: its ids are taken already. See docs/decisions/0098.

/** What the two ends of a transport within one process lay open to each other. */
export interface InProcess {
  /** Whether it is open and no message is on its way, in either direction: nothing could be overtaken. */
  readonly isQuiet: boolean;
  /** Laid open by the router while a session is joined. */
  router: DirectRouter | undefined;
  /** Laid open by the client while its session is joined. */
  callee: DirectCallee | undefined;
}

/** A router, as a session of its process finds those whom it can call directly. */
export interface DirectRouter {
  /** The route to who answers calls of this procedure now; undefined where they take messages. */
  route(procedure: string): DirectRoute | undefined;
}

/** The way from the session of a caller to a procedure. It is closed as soon as anything changes that it goes by. */
export interface DirectRoute {
  readonly procedure: string;
  /** The id of the registration. */
  readonly registration: Id;
  /** What the callee learns of each call: the details of its INVOCATION. */
  readonly details: Dict;
  /** Whether its callee wants to know how long its procedures keep the event loop. */
  readonly isTimed: boolean;
  /** Whether it would overtake no message, of the caller or of the callee. */
  readonly isQuiet: boolean;
  /** Whether a call can go this way now: it would overtake nothing, and its caller may have one more. */
  readonly isFree: boolean;
  /** A call goes this way. It has the next request id of its session. */
  take(request: Id): void;
  /**
   * Has the callee answer a call that was taken. Returns the answer, of which every value is new; undefined where it comes in a
   * message: then `wait` of the call was called. Never throws.
   */
  invoke(call: DirectCall): PlainPayload | undefined;
  /** Calls that were invoked one right after the other have kept the event loop for so long (ms). */
  took(ms: number): void;
  /** For the callee, who has begun with this invocation: it goes on in messages, as if it had begun so. */
  goOn(call: DirectCall, invocation: Id): void;
}

/** A call on its way. Its values are nobody else's. */
export interface DirectCall {
  readonly request: Id;
  readonly args: Value[];
  readonly kwargs: Dict;
  /** Milliseconds that the router gives it; 0 for no limit. */
  readonly routedTimeout: number;
  /** It waits for RESULT or ERROR from now on. Returns whether anybody does: nobody where its session has ended. */
  wait(): boolean;
}

/** A session, as the router of its process has its procedures called. */
export interface DirectCallee {
  /** Whether it wants to know how long this procedure keeps the event loop, and does not look itself. */
  isTimed(registration: Id): boolean;
  /** It has kept it for so long (ms). */
  took(procedure: string, ms: number): void;
  /** Runs the procedure. Returns its answer, of which every value is new; undefined after `route.goOn`. Never throws. */
  invoke(route: DirectRoute, call: DirectCall, invocation: Id): PlainPayload | undefined;
}
