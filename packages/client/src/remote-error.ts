import {
  ApplicationError,
  canonicalUri,
  type Dict,
  decoded,
  ERROR_URIS,
  type ErrorMessage,
  type Executed,
  MessageType,
  type PlainPayload,
  TypeCheckError,
} from '@wamp-run/protocol';
import { markReceived } from './received.js';

// Said by a router before it asks a callee, or by a callee in place of running the procedure.
const NOT_EXECUTED: ReadonlySet<string> = new Set([
  ERROR_URIS.noSuchProcedure,
  ERROR_URIS.notAuthorized,
  ERROR_URIS.authorizationFailed,
  ERROR_URIS.invalidUri,
  ERROR_URIS.typeCheckError,
  ERROR_URIS.optionNotAllowed,
  ERROR_URIS.featureNotSupported,
  'wamp.error.authorization_denied',
  'wamp.error.authorization_required',
  'wamp.error.no_available_callee',
  'wamp.error.no_eligible_callee',
  'wamp.error.option_disallowed.disclose_me',
  'wamp.error.unavailable',
]);

// Said on the way there, or on the way back.
const PERHAPS_EXECUTED: ReadonlySet<string> = new Set([
  ERROR_URIS.canceled,
  ERROR_URIS.timeout,
  ERROR_URIS.invalidArgument,
  ERROR_URIS.invalidPayload,
  ERROR_URIS.payloadSizeExceeded,
  'wamp.error.network_failure',
]);

// Says how things stand, not what is wrong with the request.
const RETRYABLE: ReadonlySet<string> = new Set([
  ERROR_URIS.noSuchProcedure,
  ERROR_URIS.authorizationFailed,
  ERROR_URIS.canceled,
  ERROR_URIS.timeout,
  'wamp.error.network_failure',
  'wamp.error.no_available_callee',
  'wamp.error.no_eligible_callee',
  'wamp.error.unavailable',
]);

/** What a request rejects with that was answered by this ERROR. */
export function errorFrom(message: ErrorMessage): ApplicationError {
  const error = canonicalUri(message.error);
  const options: { retryable: boolean; executed: Executed; kwargs?: Dict; cause?: unknown } = {
    retryable: RETRYABLE.has(error),
    executed: message.requestType === MessageType.CALL ? executed(error) : 'no',
  };
  let payload: PlainPayload;
  try {
    payload = decoded(message.payload);
  } catch (cause) {
    // The URI says what happened, whether or not the rest can be read.
    payload = { args: [], kwargs: {} };
    options.cause = cause;
  }
  const { args, kwargs } = payload;
  options.kwargs = kwargs;
  const made =
    error === ERROR_URIS.typeCheckError
      ? new TypeCheckError(args, options)
      : new ApplicationError(error, args, options);
  markReceived(made, made);
  return made;
}

/** Whether an error URI says what became of the call that it answers: refused, canceled, or its arguments wrong. */
export function speaksOfItsCall(uri: string): boolean {
  return executed(canonicalUri(uri)) !== 'yes';
}

function executed(error: string): Executed {
  if (NOT_EXECUTED.has(error)) return 'no';
  return PERHAPS_EXECUTED.has(error) ? 'maybe' : 'yes';
}
