import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[AUTHENTICATE, Signature|string, Extra|dict]` — the client's answer to CHALLENGE. */
export interface Authenticate {
  readonly type: typeof MessageType.AUTHENTICATE;
  readonly signature: string;
  readonly extra: Dict;
}

/** An AUTHENTICATE message of these parts, unchecked: what others send is read by `messageFromList`. */
export function authenticateMessage(signature: string, extra: Dict): Authenticate {
  return { type: MessageType.AUTHENTICATE, signature, extra };
}

export const authenticateShape: MessageShape<Authenticate> = {
  type: MessageType.AUTHENTICATE,
  name: 'AUTHENTICATE',
  sentBy: 'client',
  header: [3, 3],
  payload: false,
  read: (header) =>
    authenticateMessage(
      fields.string(header, 1, 'AUTHENTICATE', 'signature'),
      fields.dict(header, 2, 'AUTHENTICATE', 'extra'),
    ),
  write: (m) => [m.type, m.signature, m.extra],
};
