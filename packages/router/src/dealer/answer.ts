import {
  ERROR_URIS,
  type ErrorMessage,
  errorMessage,
  handedOver,
  type Id,
  isUri,
  MessageType,
  nameOf,
  ProtocolError,
  resultMessage,
  type Yield,
} from '@wamp-run/protocol';
import { detailsWith, notUnderstood, passthruOf, understands } from '../passthru.js';
import { type Refusal, uncarried } from '../refuse.js';
import { NOTHING, PROGRESS } from '../shared-details.js';
import { quoted } from '../texts.js';
import type { Calls } from './calls.js';
import { fail } from './outcome.js';
import type { Callee } from './parties.js';
import type { PendingCall } from './pending-call.js';

/** YIELD: a RESULT to the caller; with `progress`, the call goes on. */
export function yielded(message: Yield, callee: Callee, calls: Calls): void {
  const { options, request } = message;
  const passthru = passthruOf(message, callee.peer);
  const progress = options.progress === true;
  const call = callOf(message, request, callee);
  if (call === undefined) {
    if (!progress) calls.answeredAbandoned(callee, request);
    return;
  }
  // Nobody asked for it, or its callee announced too little: the last result is enough.
  if (progress && !call.progressive) return;
  const { peer } = call.caller;
  if (passthru !== undefined && !understands(peer, 'caller', passthru)) {
    refused(call, notUnderstood('caller', passthru), { progress, calls });
    return;
  }
  if (progress) {
    calls.touch(call);
    call.progressed = true;
  } else {
    calls.end(call);
  }
  const details = detailsWith(progress ? PROGRESS : NOTHING, passthru);
  const failure = peer.send(resultMessage(call.request, details, handedOver(message.payload)));
  if (failure !== undefined) refused(call, uncarried('result', failure), { progress, calls });
}

/** A result does not reach the caller, who gets an ERROR instead. Its callee may stop, where it is not done yet. */
function refused(call: PendingCall, refusal: Refusal, { progress, calls }: { progress: boolean; calls: Calls }): void {
  if (progress) calls.abandon(call, 'interrupt');
  else calls.end(call);
  fail(call, refusal);
}

/** ERROR that answers an INVOCATION: the same to the caller, for its CALL; or the call goes to another callee. */
export function failed(message: ErrorMessage, callee: Callee, calls: Calls): void {
  if (message.requestType !== MessageType.INVOCATION) {
    throw new ProtocolError(
      `ERROR[1] request type: expected ${MessageType.INVOCATION} (INVOCATION), got ${message.requestType}`,
    );
  }
  const { request, error, payload } = message;
  const passthru = passthruOf(message, callee.peer);
  const call = callOf(message, request, callee);
  if (call === undefined) {
    calls.answeredAbandoned(callee, request);
    return;
  }
  if (error === ERROR_URIS.unavailable && callee.reroutes && reroute(call, calls)) return;
  calls.end(call);
  const { peer } = call.caller;
  if (!isUri(error)) {
    // Callers may end their session over what is no URI; they must not suffer for their callee.
    const text = `the callee answered with an error that is no URI: ${quoted(error)}`;
    fail(call, { error: ERROR_URIS.invalidUri, text });
    return;
  }
  if (!understands(peer, 'caller', passthru)) {
    peer.tell(errorMessage(MessageType.CALL, call.request, error));
    return;
  }
  const failure = peer.send(
    errorMessage(MessageType.CALL, call.request, error, payload, detailsWith(NOTHING, passthru)),
  );
  if (failure === undefined) return;
  peer.log.debug({ err: failure, error }, 'ERROR goes to this caller without its arguments');
  peer.tell(errorMessage(MessageType.CALL, call.request, error));
}

/**
 * The callee asks that somebody else be called. Returns false where that cannot be: what has begun is not begun again,
 * neither after results nor after some parts, nor what is canceled. Then the caller gets the error as it is.
 */
function reroute(call: PendingCall, calls: Calls): boolean {
  if (call.interrupted || call.progressed || call.terms.progress) return false;
  if (call.message === undefined) {
    // A single callee, or the only one when it was called.
    calls.refuse(call, { error: ERROR_URIS.noAvailableCallee, text: 'procedure: its callee is unavailable' });
  } else {
    calls.reroute(call);
  }
  return true;
}

/**
 * The call that a callee answers. Undefined where the call is over (canceled, or its caller gone): the answer was on its
 * way then, and is dropped. Throws a ProtocolError where this session never had such an invocation (V6).
 */
function callOf(message: Yield | ErrorMessage, request: Id, callee: Callee): PendingCall | undefined {
  const call = callee.invocations.get(request);
  if (call === undefined && !callee.hasIssued(request)) {
    throw new ProtocolError(`${nameOf(message)} request id ${request}: no such invocation in this session`);
  }
  return call;
}
