import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[CHALLENGE, AuthMethod|string, Extra|dict]` — the router asks the client to prove who it is. */
export interface Challenge {
  readonly type: typeof MessageType.CHALLENGE;
  readonly method: string;
  readonly extra: Dict;
}

/** A CHALLENGE message of these parts, unchecked: what others send is read by `messageFromList`. */
export function challengeMessage(method: string, extra: Dict): Challenge {
  return { type: MessageType.CHALLENGE, method, extra };
}

export const challengeShape: MessageShape<Challenge> = {
  type: MessageType.CHALLENGE,
  name: 'CHALLENGE',
  sentBy: 'router',
  header: [3, 3],
  payload: false,
  read: (header) =>
    challengeMessage(fields.string(header, 1, 'CHALLENGE', 'authmethod'), fields.dict(header, 2, 'CHALLENGE', 'extra')),
  write: (m) => [m.type, m.method, m.extra],
};
