import type { Id } from '../ids.js';
import type { Payload } from '../payload.js';
import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[EVENT, Subscription|id, Publication|id, Details|dict {, args {, kwargs}}]` — what was published, to one subscriber. */
export interface Event {
  readonly type: typeof MessageType.EVENT;
  readonly subscription: Id;
  readonly publication: Id;
  readonly details: Dict;
  readonly payload: Payload | undefined;
  /**
   * Where the same event goes to many: the bytes by serializer name, kept by whoever encodes it first (`frameOf`).
   * Undefined for an event that goes to one.
   */
  readonly frames: Map<string, Uint8Array> | undefined;
}

/** An EVENT message of these parts, unchecked: what others send is read by `messageFromList`. */
export function eventMessage(
  subscription: Id,
  publication: Id,
  details: Dict,
  payload?: Payload,
  frames?: Map<string, Uint8Array>,
): Event {
  return { type: MessageType.EVENT, subscription, publication, details, payload, frames };
}

const DETAILS: fields.KeyRules = {
  ...fields.passthru,
  publisher: fields.anId,
  publisher_authid: fields.text,
  publisher_authrole: fields.text,
  topic: fields.text,
  trustlevel: fields.count,
  retained: fields.boolean,
  transaction_hash: fields.text,
  x_acknowledged_delivery: fields.boolean,
  forward_for: fields.forwardFor,
};

export const eventShape: MessageShape<Event> = {
  type: MessageType.EVENT,
  name: 'EVENT',
  sentBy: 'router',
  header: [4, 4],
  payload: true,
  read: (header, payload) => {
    const details = fields.dict(header, 3, 'EVENT', 'details', DETAILS);
    return eventMessage(
      fields.id(header, 1, 'EVENT', 'subscription'),
      fields.id(header, 2, 'EVENT', 'publication'),
      details,
      fields.payloadWith(details, payload, eventShape),
    );
  },
  write: (m) => [m.type, m.subscription, m.publication, m.details],
};
