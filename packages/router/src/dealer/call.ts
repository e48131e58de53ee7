import { type Call, ERROR_URIS, invocationMessage, ProtocolError, type UriRule } from '@wamp-run/protocol';
import { detailsWith, notUnderstood, passthruOf, understands } from '../passthru.js';
import { type Refusal, refuse, refusedUri, uncarried } from '../refuse.js';
import { NOTHING, RECEIVE_PROGRESS } from '../shared-details.js';
import { quoted } from '../texts.js';
import { CALL_OPTIONS, refusedOption } from '../unannounced.js';
import type { Caller } from './parties.js';
import type { PendingCalls } from './pending-calls.js';
import type { Registrations } from './registrations.js';

/** What routing a call needs. */
export interface CallContext {
  readonly registrations: Registrations;
  readonly pending: PendingCalls;
  readonly uriRule: UriRule;
}

/** CALL: an INVOCATION to the callee, or an ERROR to the caller. */
export function call(message: Call, caller: Caller, { registrations, pending, uriRule }: CallContext): void {
  const refused = refusedOption('CALL options', message.options, CALL_OPTIONS);
  const passthru = passthruOf(message, caller.peer);
  // Only where request ids are not held to their sequence can this be.
  if (caller.calls.has(message.request)) {
    throw new ProtocolError(`CALL request id ${message.request}: a call with this id is pending`);
  }
  const registration = registrations.at(message.procedure);
  if (registration === undefined || refused !== undefined) {
    refuse(caller.peer, message, refused ?? unknown(message.procedure, uriRule));
    return;
  }
  const { callee } = registration;
  if (passthru !== undefined && !understands(callee.peer, 'callee', passthru)) {
    refuse(caller.peer, message, notUnderstood('callee', passthru));
    return;
  }
  const progressive = message.options.receive_progress === true && callee.progressive;
  const begun = pending.begin(caller, message.request, callee, progressive);
  const details = detailsWith(progressive ? RECEIVE_PROGRESS : NOTHING, passthru);
  const failure = callee.peer.send(invocationMessage(begun.invocation, registration.id, details, message.payload));
  if (failure === undefined) return;
  pending.end(begun);
  callee.withdraw(begun.invocation);
  refuse(caller.peer, message, uncarried('call', failure));
}

function unknown(procedure: string, rule: UriRule): Refusal {
  const malformed = refusedUri(procedure, 'procedure', rule);
  if (malformed !== undefined) return malformed;
  return { error: ERROR_URIS.noSuchProcedure, text: `procedure: nobody has registered ${quoted(procedure)}` };
}
