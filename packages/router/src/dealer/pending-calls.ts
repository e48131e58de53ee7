import type { Id } from '@wamp-run/protocol';
import type { Callee, Caller, PendingCall } from './parties.js';

/** The calls of a realm that are not answered yet. Each is known to its caller and to its callee, or to neither. */
export class PendingCalls {
  #size = 0;

  get size(): number {
    return this.#size;
  }

  begin(caller: Caller, request: Id, callee: Callee, progressive: boolean): PendingCall {
    const call = { caller, request, callee, invocation: callee.issue(), progressive, interrupted: false };
    caller.calls.set(request, call);
    callee.invocations.set(call.invocation, call);
    this.#size++;
    return call;
  }

  /** The call is over. What its callee still sends for it is dropped (`Callee.hasIssued`). */
  end(call: PendingCall): void {
    if (!call.callee.invocations.delete(call.invocation)) return;
    call.caller.calls.delete(call.request);
    this.#size--;
  }
}
