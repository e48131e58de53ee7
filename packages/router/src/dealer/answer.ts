import {
  ERROR_URIS,
  type ErrorMessage,
  errorMessage,
  isUri,
  MessageType,
  nameOf,
  ProtocolError,
  resultMessage,
  type Yield,
} from '@wamp-run/protocol';
import { detailsWith, notUnderstood, type Passthru, passthruOf, understands } from '../passthru.js';
import { type Refusal, uncarried } from '../refuse.js';
import { NOTHING, PROGRESS } from '../shared-details.js';
import { quoted } from '../texts.js';
import { fail, interrupt } from './outcome.js';
import type { Callee, PendingCall } from './parties.js';
import type { PendingCalls } from './pending-calls.js';

/** YIELD: a RESULT to the caller; with `progress`, the call goes on. */
export function yielded(message: Yield, callee: Callee, pending: PendingCalls): void {
  const passthru = passthruOf(message, callee.peer);
  const call = callOf(message, callee);
  if (call === undefined) return;
  const progress = message.options.progress === true;
  // Nobody asked for it, or its callee announced too little: the last result is enough.
  if (progress && !call.progressive) return;
  if (!progress) pending.end(call);
  const refusal = refusedResult(message, call, passthru);
  if (refusal === undefined) return;
  if (progress) {
    pending.end(call);
    interrupt(call, 'killnowait');
  }
  fail(call, refusal);
}

/** Sends it. What the caller gets in its place, where that is not possible. */
function refusedResult(message: Yield, call: PendingCall, passthru: Passthru | undefined): Refusal | undefined {
  const { peer } = call.caller;
  if (passthru !== undefined && !understands(peer, 'caller', passthru)) return notUnderstood('caller', passthru);
  const details = detailsWith(message.options.progress === true ? PROGRESS : NOTHING, passthru);
  const failure = peer.send(resultMessage(call.request, details, message.payload));
  return failure === undefined ? undefined : uncarried('result', failure);
}

/** ERROR that answers an INVOCATION: the same to the caller, for its CALL. */
export function failed(message: ErrorMessage, callee: Callee, pending: PendingCalls): void {
  if (message.requestType !== MessageType.INVOCATION) {
    throw new ProtocolError(
      `ERROR[1] request type: expected ${MessageType.INVOCATION} (INVOCATION), got ${message.requestType}`,
    );
  }
  const passthru = passthruOf(message, callee.peer);
  const call = callOf(message, callee);
  if (call === undefined) return;
  pending.end(call);
  const { peer } = call.caller;
  if (!isUri(message.error)) {
    // Callers may end their session over what is no URI; they must not suffer for their callee.
    const text = `the callee answered with an error that is no URI: ${quoted(message.error)}`;
    fail(call, { error: ERROR_URIS.invalidUri, text });
    return;
  }
  if (!understands(peer, 'caller', passthru)) {
    peer.tell(errorMessage(MessageType.CALL, call.request, message.error));
    return;
  }
  const details = detailsWith(NOTHING, passthru);
  const failure = peer.send(errorMessage(MessageType.CALL, call.request, message.error, message.payload, details));
  if (failure === undefined) return;
  peer.log.debug({ err: failure, error: message.error }, 'ERROR goes to this caller without its arguments');
  peer.tell(errorMessage(MessageType.CALL, call.request, message.error));
}

/**
 * The call that a callee answers. Undefined where the call is over (canceled, or its caller gone): the answer was on its
 * way then, and is dropped. Throws a ProtocolError where this session never had such an invocation (V6).
 */
function callOf(message: Yield | ErrorMessage, callee: Callee): PendingCall | undefined {
  const call = callee.invocations.get(message.request);
  if (call === undefined && !callee.hasIssued(message.request)) {
    throw new ProtocolError(`${nameOf(message)} request id ${message.request}: no such invocation in this session`);
  }
  return call;
}
