import { type Call, ERROR_URIS, ProtocolError } from '@wamp-run/protocol';
import { disclosureOf } from '../disclosure.js';
import { passthruOf } from '../passthru.js';
import { type Refusal, refuse, refusedUri } from '../refuse.js';
import { quoted } from '../texts.js';
import { callTerms } from './call-terms.js';
import type { Calls } from './calls.js';
import type { DealerOptions } from './dealer-options.js';
import type { Caller } from './parties.js';
import { PendingCall } from './pending-call.js';
import type { Registrations } from './registrations.js';

/** What routing a call needs. */
export interface CallContext {
  readonly settings: DealerOptions;
  readonly registrations: Registrations;
  readonly calls: Calls;
}

/** CALL: an INVOCATION to a callee, or an ERROR to the caller, or it waits until a callee has room. */
export function call(message: Call, caller: Caller, { settings, registrations, calls }: CallContext): void {
  const terms = callTerms(message, caller);
  // Only where request ids are not held to their sequence can this be.
  if (caller.calls.has(message.request)) {
    throw new ProtocolError(`CALL request id ${message.request}: a call with this id is pending`);
  }
  const { limits, uriRule } = settings;
  const registration = registrations.find(message.procedure);
  if (registration === undefined) {
    refuse(caller.peer, message, refusedUri(message.procedure, 'procedure', uriRule) ?? unknown(message.procedure));
  } else if (terms.discloseMe && isHidden(message.procedure, caller, settings)) {
    const text = 'CALL options.disclose_me: callers are not disclosed here';
    refuse(caller.peer, message, { error: ERROR_URIS.discloseMeDisallowed, text });
  } else if (caller.pending >= limits.pendingCalls) {
    const text = `this session has ${limits.pendingCalls} calls that are not answered yet (limits.pendingCalls)`;
    refuse(caller.peer, message, { error: ERROR_URIS.limitExceeded, text });
  } else {
    calls.begin(new PendingCall(message, { caller, terms, registration }), message);
    return;
  }
  if (terms.progress) caller.late.expect(message.request);
}

/**
 * A CALL with the id of an earlier one: a part of that call, or too late for it. Returns whether it is one of these; it
 * is a violation otherwise. Throws a ProtocolError where the parts are not of one call.
 */
export function proceed(message: Call, caller: Caller, calls: Calls): boolean {
  const { request, options, procedure } = message;
  const pending = caller.calls.get(request);
  if (pending === undefined) {
    if (!caller.late.has(request)) return false;
    if (options.progress !== true) caller.late.done(request);
    return true;
  }
  if (!pending.open) return false;
  if (procedure !== pending.procedure) {
    throw new ProtocolError(
      `CALL request id ${request}: its first part is a call of ${quoted(pending.procedure)}, this one of ${quoted(procedure)}`,
    );
  }
  calls.proceed(pending, message, passthruOf(message, caller.peer));
  return true;
}

function isHidden(uri: string, { peer }: Caller, settings: DealerOptions): boolean {
  return disclosureOf(settings, { action: 'call', uri, peer }) === 'never';
}

function unknown(procedure: string): Refusal {
  return { error: ERROR_URIS.noSuchProcedure, text: `procedure: nobody has registered ${quoted(procedure)}` };
}
