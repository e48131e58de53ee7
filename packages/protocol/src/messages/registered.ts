import type { Id } from '../ids.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[REGISTERED, REGISTER.Request|id, Registration|id]` */
export interface Registered {
  readonly type: typeof MessageType.REGISTERED;
  readonly request: Id;
  readonly registration: Id;
}

/** A REGISTERED message of these parts, unchecked: what others send is read by `messageFromList`. */
export function registeredMessage(request: Id, registration: Id): Registered {
  return { type: MessageType.REGISTERED, request, registration };
}

export const registeredShape: MessageShape<Registered> = {
  type: MessageType.REGISTERED,
  name: 'REGISTERED',
  sentBy: 'router',
  header: [3, 3],
  payload: false,
  read: (header) =>
    registeredMessage(
      fields.id(header, 1, 'REGISTERED', 'request'),
      fields.id(header, 2, 'REGISTERED', 'registration'),
    ),
  write: (m) => [m.type, m.request, m.registration],
};
