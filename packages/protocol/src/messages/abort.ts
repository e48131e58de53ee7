import { BinaryPayload, type Payload } from '../payload.js';
import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[ABORT, Details|dict, Reason|uri {, args {, kwargs}}]` — a peer refuses, or ends, the session at once. Never answered. */
export interface Abort {
  readonly type: typeof MessageType.ABORT;
  readonly details: Dict;
  readonly reason: string;
  readonly payload: Payload | undefined;
}

/** An ABORT message of these parts, unchecked: what others send is read by `messageFromList`. */
export function abortMessage(reason: string, details: Dict = {}, payload?: Payload): Abort {
  return { type: MessageType.ABORT, details, reason, payload };
}

const DETAILS: fields.KeyRules = { message: fields.text };

export const abortShape: MessageShape<Abort> = {
  type: MessageType.ABORT,
  name: 'ABORT',
  sentBy: 'both',
  header: [3, 3],
  payload: true,
  read: (header, payload) => {
    if (payload instanceof BinaryPayload) throw fields.bareBytes(abortShape);
    return abortMessage(
      fields.uri(header, 2, 'ABORT', 'reason'),
      fields.dict(header, 1, 'ABORT', 'details', DETAILS),
      payload,
    );
  },
  write: (m) => [m.type, m.details, m.reason],
};
