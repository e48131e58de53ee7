import {
  InvalidConfiguration,
  InvalidUriError,
  ProtocolError,
  SessionEnded,
  TransportLost,
  type WampError,
} from '@wamp-run/protocol';

/** Whether trying again is of no use before something has been changed: on this side, or in the router's settings. */
export function isFinal(error: WampError): boolean {
  if (error instanceof SessionEnded) return !error.retryable;
  if (error instanceof ProtocolError) return error.side === 'local';
  return error instanceof InvalidConfiguration || error instanceof InvalidUriError;
}

/** What a client ends with that has used up its retries. */
export function exhausted(last: WampError, attempts: number): WampError {
  return new TransportLost(`gave up after ${attempts} attempts; the last one: ${last.message}`, { cause: last });
}
