import { type Cancel, type CancelMode, ERROR_URIS, ProtocolError, type Value } from '@wamp-run/protocol';
import { quoted } from '../texts.js';
import type { Calls } from './calls.js';
import { CALLEE_LEFT, fail, interrupt } from './outcome.js';
import type { Callee, Caller } from './parties.js';

const CANCELED = { error: ERROR_URIS.canceled, text: 'canceled by its caller' };

/** CANCEL. One for a call that is unknown, or over, crossed its answer and is ignored. */
export function cancel(message: Cancel, caller: Caller, calls: Calls): void {
  const mode = modeOf(message.options.mode);
  const call = caller.calls.get(message.request);
  if (call === undefined) return;
  if (mode === 'kill' && call.endpoint?.callee.interruptible === true) {
    interrupt(call, 'kill');
    return;
  }
  // A callee that cannot be interrupted is left alone, whatever was asked; a call that waits has none.
  calls.abandon(call, mode === 'skip' ? 'skip' : 'interrupt');
  fail(call, CANCELED);
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

/** The caller is going: what waits for a callee need not be called. */
export function callerLeaves(caller: Caller, calls: Calls): void {
  for (const call of caller.calls.values()) if (call.endpoint === undefined) calls.end(call);
}

/** The caller is gone: nobody waits for its calls any more. */
export function callerLeft(caller: Caller, calls: Calls): void {
  for (const call of caller.calls.values()) calls.abandon(call, 'interrupt');
}

/** The callee is gone: its calls will have no other answer. */
export function calleeLeft(callee: Callee, calls: Calls): void {
  for (const call of callee.invocations.values()) calls.refuse(call, CALLEE_LEFT);
}
