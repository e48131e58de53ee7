import type { Id } from '../ids.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[EVENT_RECEIVED, EVENT.Publication|id]` — Autobahn's acknowledgement of an event; the specification does not know it. */
export interface EventReceived {
  readonly type: typeof MessageType.EVENT_RECEIVED;
  readonly publication: Id;
}

/** An EVENT_RECEIVED message of these parts, unchecked: what others send is read by `messageFromList`. */
export function eventReceivedMessage(publication: Id): EventReceived {
  return { type: MessageType.EVENT_RECEIVED, publication };
}

export const eventReceivedShape: MessageShape<EventReceived> = {
  type: MessageType.EVENT_RECEIVED,
  name: 'EVENT_RECEIVED',
  sentBy: 'client',
  header: [2, 2],
  payload: false,
  read: (header) => eventReceivedMessage(fields.id(header, 1, 'EVENT_RECEIVED', 'publication')),
  write: (m) => [m.type, m.publication],
};
