import {
  ApplicationError,
  type ApplicationErrorOptions,
  canonicalUri,
  decoded,
  ERROR_URIS,
  type ErrorDetails,
  type ErrorMessage,
  type Executed,
  type Forwarded,
  type Id,
  MessageType,
  type PlainPayload,
  TypeCheckError,
} from '@wamp-run/protocol';
import { formIn, type PayloadCoding, schemeIn } from './payload-coding.js';
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
  ERROR_URIS.noPayloadCodec,
  ERROR_URIS.trustedUriMismatch,
  ERROR_URIS.decryptError,
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

/** What a request rejects with that was answered by this ERROR; of a call, with its procedure. */
export function errorFrom(message: ErrorMessage, coding: PayloadCoding, procedure?: string): ApplicationError {
  const error = canonicalUri(message.error);
  const options: ApplicationErrorOptions = {
    retryable: RETRYABLE.has(error),
    executed: message.requestType === MessageType.CALL ? executed(error) : 'no',
    details: errorDetails(message, procedure),
  };
  const { args, kwargs } = argumentsOf(message, options, coding);
  options.kwargs = kwargs;
  const made =
    error === ERROR_URIS.typeCheckError
      ? new TypeCheckError(args, options)
      : new ApplicationError(error, args, options);
  markReceived(made, made);
  return made;
}

/** Where they came in the clear and cannot be read, the URI alone says what happened. Throws where they came encoded. */
function argumentsOf(message: ErrorMessage, options: ApplicationErrorOptions, coding: PayloadCoding): PlainPayload {
  const { details, payload } = message;
  if (formIn(details, payload) !== undefined) {
    const arrived = { isOriginating: true, uri: message.error, what: 'the error', executed: options.executed ?? 'yes' };
    return coding.open(details, payload, arrived);
  }
  try {
    // The router's own errors come in the clear, whatever has to be encoded.
    return decoded(payload);
  } catch (cause) {
    options.cause = cause;
    return { args: [], kwargs: {} };
  }
}

function errorDetails({ details, payload }: ErrorMessage, procedure: string | undefined): ErrorDetails {
  return {
    procedure,
    callee: details.callee as Id | undefined,
    calleeAuthid: details.callee_authid as string | undefined,
    calleeAuthrole: details.callee_authrole as string | undefined,
    forwardFor: details.forward_for as Forwarded[] | undefined,
    payloadScheme: formIn(details, payload) === undefined ? undefined : schemeIn(details),
  };
}

/** Whether an error URI says what became of the call that it answers: refused, canceled, or its arguments wrong. */
export function speaksOfItsCall(uri: string): boolean {
  return executed(canonicalUri(uri)) !== 'yes';
}

function executed(error: string): Executed {
  if (NOT_EXECUTED.has(error)) return 'no';
  return PERHAPS_EXECUTED.has(error) ? 'maybe' : 'yes';
}
