import {
  ERROR_URIS,
  errorMessage,
  type Id,
  isReserved,
  type MatchPolicy,
  PayloadExceededError,
  type PlainPayload,
  type RequestType,
  type UriRule,
} from '@wamp-run/protocol';
import type { Peer } from './peer.js';
import { cut, quoted, uriFault } from './texts.js';

/** A request of a client's, as far as an ERROR needs to know it. */
export interface Request {
  readonly type: RequestType;
  readonly request: Id;
}

/** Why a request is refused: the error URI, and a text for people. */
export interface Refusal {
  readonly error: string;
  readonly text: string;
}

/** Answers a request with ERROR. The text goes along as the only argument. */
export function refuse(peer: Peer, request: Request, { error, text }: Refusal): void {
  peer.tell(errorMessage(request.type, request.request, error, textPayload(text)));
}

/** One text as arguments. */
export function textPayload(text: string): PlainPayload {
  return { args: [text], kwargs: {} };
}

/** For a message whose payload the receiver's wire cannot carry. `what` is the message, for people: `call`, `result`. */
export function uncarried(what: string, failure: Error): Refusal {
  const error = failure instanceof PayloadExceededError ? ERROR_URIS.payloadSizeExceeded : ERROR_URIS.invalidPayload;
  return { error, text: `the ${what} cannot be carried to its receiver: ${cut(failure.message)}` };
}

/** For a string that is no URI, or no pattern of URIs where `match` says so. */
export function refusedUri(
  uri: string,
  what: string,
  rule: UriRule,
  match: MatchPolicy = 'exact',
): Refusal | undefined {
  const text = uriFault(uri, what, rule, match);
  return text === undefined ? undefined : { error: ERROR_URIS.invalidUri, text };
}

/** For a URI under `wamp`, where applications neither register nor publish. */
export function refusedReserved(uri: string, what: string): Refusal | undefined {
  if (!isReserved(uri)) return undefined;
  return { error: ERROR_URIS.invalidUri, text: `${what}: ${quoted(uri)} belongs to the protocol` };
}
