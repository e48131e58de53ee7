import { BinaryPayload, type Call, ProtocolError, type Value } from '@wamp-run/protocol';
import { type Passthru, passthruOf, saysAnything } from '../passthru.js';
import type { Caller } from './parties.js';

/** What a caller asks for in the options of its CALL. */
export interface CallTerms {
  /** More parts of the call will follow. */
  readonly progress: boolean;
  /** It takes progressive results. */
  readonly receiveProgress: boolean;
  /** The callee may know who calls. */
  readonly discloseMe: boolean;
  /** Milliseconds without a sign of life after which the call has failed; 0 for any time. */
  readonly timeout: number;
  /** About a payload that only the two ends can read. */
  readonly passthru: Passthru | undefined;
}

/** Of a CALL without options. */
export const PLAIN: CallTerms = Object.freeze({
  progress: false,
  receiveProgress: false,
  discloseMe: false,
  timeout: 0,
  passthru: undefined,
});

/** Throws a ProtocolError for what its caller may use only where it has announced it (V10). */
export function callTerms(message: Call, caller: Caller): CallTerms {
  const { options } = message;
  if (!saysAnything(options) && !(message.payload instanceof BinaryPayload)) return PLAIN;
  const progress = options.progress === true;
  if (progress && !caller.sendsParts) {
    throw new ProtocolError('CALL options.progress: progressive_call_invocations is not announced by this session');
  }
  return {
    progress,
    receiveProgress: options.receive_progress === true,
    discloseMe: options.disclose_me === true,
    timeout: isTimeout(options.timeout) ? options.timeout : 0,
    passthru: passthruOf(message, caller.peer),
  };
}

function isTimeout(value: Value | undefined): value is number {
  return typeof value === 'number' && value > 0;
}
