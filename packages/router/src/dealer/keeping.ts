import { callMessage } from '@wamp-run/protocol';
import { kept, sizeOf } from '../kept-payload.js';
import type { PendingCall } from './pending-call.js';

/**
 * Keeps the message of a call that is to be sent later, or perhaps once more: in memory of its own, since what is sent
 * belongs to its receiver. Returns whether there was room among what is kept for this caller.
 *
 * @param most bytes
 */
export function keep(call: PendingCall, most: number): boolean {
  const { caller, message } = call;
  if (call.kept || message === undefined) return true;
  const payload = kept(message.payload);
  const bytes = sizeOf(payload);
  if (caller.keptBytes + bytes > most) return false;
  caller.keptBytes += bytes;
  call.keptBytes = bytes;
  call.kept = true;
  call.message = callMessage(message.request, message.options, message.procedure, payload);
  return true;
}

/** The call will not be sent again. */
export function letGo(call: PendingCall): void {
  call.caller.keptBytes -= call.keptBytes;
  call.keptBytes = 0;
  call.kept = false;
  call.message = undefined;
}
