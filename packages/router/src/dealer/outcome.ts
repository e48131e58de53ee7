import { ERROR_URIS, errorMessage, interruptMessage, MessageType } from '@wamp-run/protocol';
import { type Refusal, textPayload } from '../refuse.js';
import { KILL, KILLNOWAIT } from '../shared-details.js';
import type { PendingCall } from './pending-call.js';

/** For a call whose callee is gone: there will be no other answer. */
export const CALLEE_LEFT: Refusal = { error: ERROR_URIS.canceled, text: 'callee left before it answered' };

/** Tells the caller that its call has failed. */
export function fail(call: PendingCall, { error, text }: Refusal): void {
  call.caller.peer.tell(errorMessage(MessageType.CALL, call.request, error, textPayload(text)));
}

/** Asks the callee to stop: once, and only one that announced `call_canceling`. */
export function interrupt(call: PendingCall, mode: 'kill' | 'killnowait'): void {
  const callee = call.endpoint?.callee;
  if (callee === undefined || !callee.interruptible || call.interrupted) return;
  call.interrupted = true;
  callee.peer.tell(interruptMessage(call.invocation, mode === 'kill' ? KILL : KILLNOWAIT));
}
