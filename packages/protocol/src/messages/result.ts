import type { Id } from '../ids.js';
import type { Payload } from '../payload.js';
import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[RESULT, CALL.Request|id, Details|dict {, args {, kwargs}}]` — with `progress`, more will follow. */
export interface Result {
  readonly type: typeof MessageType.RESULT;
  readonly request: Id;
  readonly details: Dict;
  readonly payload: Payload | undefined;
}

/** A RESULT message of these parts, unchecked: what others send is read by `messageFromList`. */
export function resultMessage(request: Id, details: Dict, payload?: Payload): Result {
  return { type: MessageType.RESULT, request, details, payload };
}

const DETAILS: fields.KeyRules = {
  ...fields.passthru,
  progress: fields.boolean,
  callee: fields.anId,
  callee_authid: fields.text,
  callee_authrole: fields.text,
  forward_for: fields.forwardFor,
};

export const resultShape: MessageShape<Result> = {
  type: MessageType.RESULT,
  name: 'RESULT',
  sentBy: 'router',
  header: [3, 3],
  payload: true,
  read: (header, payload) => {
    const details = fields.dict(header, 2, 'RESULT', 'details', DETAILS);
    return resultMessage(
      fields.id(header, 1, 'RESULT', 'request'),
      details,
      fields.payloadWith(details, payload, resultShape),
    );
  },
  write: (m) => [m.type, m.request, m.details],
};
