import type { Id } from '../ids.js';
import type { Payload } from '../payload.js';
import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[INVOCATION, Request|id, Registration|id, Details|dict {, args {, kwargs}}]` — a call, to its callee. */
export interface Invocation {
  readonly type: typeof MessageType.INVOCATION;
  readonly request: Id;
  readonly registration: Id;
  readonly details: Dict;
  readonly payload: Payload | undefined;
}

/** An INVOCATION message of these parts, unchecked: what others send is read by `messageFromList`. */
export function invocationMessage(request: Id, registration: Id, details: Dict, payload?: Payload): Invocation {
  return { type: MessageType.INVOCATION, request, registration, details, payload };
}

const DETAILS: fields.KeyRules = {
  ...fields.passthru,
  timeout: fields.count,
  receive_progress: fields.boolean,
  progress: fields.boolean,
  caller: fields.anId,
  caller_authid: fields.text,
  caller_authrole: fields.text,
  procedure: fields.text,
  trustlevel: fields.count,
  transaction_hash: fields.text,
  forward_for: fields.forwardFor,
};

export const invocationShape: MessageShape<Invocation> = {
  type: MessageType.INVOCATION,
  name: 'INVOCATION',
  sentBy: 'router',
  header: [4, 4],
  payload: true,
  read: (header, payload) => {
    const details = fields.dict(header, 3, 'INVOCATION', 'details', DETAILS);
    return invocationMessage(
      fields.id(header, 1, 'INVOCATION', 'request'),
      fields.id(header, 2, 'INVOCATION', 'registration'),
      details,
      fields.payloadWith(details, payload, invocationShape),
    );
  },
  write: (m) => [m.type, m.request, m.registration, m.details],
};
