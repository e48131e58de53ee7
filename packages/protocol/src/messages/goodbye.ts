import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[GOODBYE, Details|dict, Reason|uri]` — a peer ends the session; the other answers with its own GOODBYE. */
export interface Goodbye {
  readonly type: typeof MessageType.GOODBYE;
  readonly details: Dict;
  readonly reason: string;
}

/** A GOODBYE message of these parts, unchecked: what others send is read by `messageFromList`. */
export function goodbyeMessage(reason: string, details: Dict = {}): Goodbye {
  return { type: MessageType.GOODBYE, details, reason };
}

const DETAILS: fields.KeyRules = { message: fields.text };

export const goodbyeShape: MessageShape<Goodbye> = {
  type: MessageType.GOODBYE,
  name: 'GOODBYE',
  sentBy: 'both',
  header: [3, 3],
  payload: false,
  read: (header) =>
    goodbyeMessage(fields.uri(header, 2, 'GOODBYE', 'reason'), fields.dict(header, 1, 'GOODBYE', 'details', DETAILS)),
  write: (m) => [m.type, m.details, m.reason],
};
