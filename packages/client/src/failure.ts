import { ApplicationError, ERROR_URIS, isUri, type PlainPayload, payloadOf } from '@wamp-run/protocol';

/**
 * What a caller learns of an error that is no ApplicationError: `none` is that the procedure failed, `message` the
 * error's own message.
 */
export type ExposeErrors = 'none' | 'message';

/** An error as it crosses the wire. */
export interface Failure {
  readonly error: string;
  readonly payload: PlainPayload | undefined;
  /** The procedure meant to give this answer. Anything else is a fault of its own. */
  readonly intended: boolean;
}

/** What the caller gets for what a procedure threw. */
export function failureOf(error: unknown, expose: ExposeErrors): Failure {
  if (error instanceof ApplicationError && isUri(error.error)) {
    return { error: error.error, payload: payloadOf([...error.args], error.kwargs), intended: true };
  }
  const text = expose === 'message' && error instanceof Error ? error.message : 'the procedure failed';
  return { error: ERROR_URIS.runtimeError, payload: payloadOf([text], {}), intended: false };
}
