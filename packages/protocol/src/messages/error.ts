import type { Id } from '../ids.js';
import type { Payload } from '../payload.js';
import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType, REQUEST_TYPES, type RequestType } from './types.js';

/** `[ERROR, REQUEST.Type|int, REQUEST.Request|id, Details|dict, Error|uri {, args {, kwargs}}]` — a request failed. */
export interface ErrorMessage {
  readonly type: typeof MessageType.ERROR;
  readonly requestType: RequestType;
  readonly request: Id;
  readonly details: Dict;
  readonly error: string;
  readonly payload: Payload | undefined;
}

/** An ERROR message of these parts, unchecked: what others send is read by `messageFromList`. */
export function errorMessage(
  requestType: RequestType,
  request: Id,
  error: string,
  payload?: Payload,
  details: Dict = {},
): ErrorMessage {
  return { type: MessageType.ERROR, requestType, request, details, error, payload };
}

const DETAILS: fields.KeyRules = {
  ...fields.passthru,
  callee: fields.anId,
  callee_authid: fields.text,
  callee_authrole: fields.text,
  forward_for: fields.forwardFor,
};

export const errorShape: MessageShape<ErrorMessage> = {
  type: MessageType.ERROR,
  name: 'ERROR',
  sentBy: 'both',
  header: [5, 5],
  payload: true,
  read: (header, payload) => {
    const requestType = header[1];
    if (!isRequestType(requestType)) {
      throw fields.mismatch('ERROR[1] request type', `one of ${REQUEST_TYPES.join(', ')}`, requestType);
    }
    const request = fields.id(header, 2, 'ERROR', 'request');
    const details = fields.dict(header, 3, 'ERROR', 'details', DETAILS);
    const error = fields.uri(header, 4, 'ERROR', 'error');
    return errorMessage(requestType, request, error, fields.payloadWith(details, payload, errorShape), details);
  },
  write: (m) => [m.type, m.requestType, m.request, m.details, m.error],
};

function isRequestType(value: unknown): value is RequestType {
  return (REQUEST_TYPES as readonly unknown[]).includes(value);
}
