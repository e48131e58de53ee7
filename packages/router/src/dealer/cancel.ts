import { type Cancel, type CancelMode, ERROR_URIS, ProtocolError, type Value } from '@wamp-run/protocol';
import { quoted } from '../texts.js';
import { fail, interrupt } from './outcome.js';
import type { Callee, Caller, PendingCall } from './parties.js';
import type { PendingCalls } from './pending-calls.js';

/** CANCEL. One for a call that is unknown, or over, crossed its answer and is ignored. */
export function cancel(message: Cancel, caller: Caller, pending: PendingCalls): void {
  const asked = modeOf(message.options.mode);
  const call = caller.calls.get(message.request);
  if (call === undefined) return;
  const mode = call.callee.interruptible ? asked : 'skip';
  switch (mode) {
    case 'kill':
      interrupt(call, 'kill');
      return;
    case 'killnowait':
      pending.end(call);
      interrupt(call, 'killnowait');
      canceled(call, 'canceled by its caller');
      return;
    case 'skip':
      pending.end(call);
      canceled(call, 'canceled by its caller');
      return;
  }
}

/** The specification names no default; this is what other routers do. */
function modeOf(mode: Value | undefined): CancelMode {
  switch (mode ?? 'killnowait') {
    case 'kill':
      return 'kill';
    case 'killnowait':
      return 'killnowait';
    case 'skip':
      return 'skip';
    default:
      throw new ProtocolError(`CANCEL options.mode: expected one of skip, kill, killnowait, got ${quoted(mode)}`);
  }
}

/** The caller is gone: nobody waits for its calls any more. */
export function callerLeft(caller: Caller, pending: PendingCalls): void {
  for (const call of caller.calls.values()) {
    pending.end(call);
    interrupt(call, 'killnowait');
  }
}

/** The callee is gone: its calls will have no other answer. */
export function calleeLeft(callee: Callee, pending: PendingCalls): void {
  for (const call of callee.invocations.values()) {
    pending.end(call);
    canceled(call, 'callee left before it answered');
  }
}

function canceled(call: PendingCall, text: string): void {
  fail(call, { error: ERROR_URIS.canceled, text });
}
