import type { Id } from '../ids.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[SUBSCRIBED, SUBSCRIBE.Request|id, Subscription|id]` */
export interface Subscribed {
  readonly type: typeof MessageType.SUBSCRIBED;
  readonly request: Id;
  readonly subscription: Id;
}

/** A SUBSCRIBED message of these parts, unchecked: what others send is read by `messageFromList`. */
export function subscribedMessage(request: Id, subscription: Id): Subscribed {
  return { type: MessageType.SUBSCRIBED, request, subscription };
}

export const subscribedShape: MessageShape<Subscribed> = {
  type: MessageType.SUBSCRIBED,
  name: 'SUBSCRIBED',
  sentBy: 'router',
  header: [3, 3],
  payload: false,
  read: (header) =>
    subscribedMessage(
      fields.id(header, 1, 'SUBSCRIBED', 'request'),
      fields.id(header, 2, 'SUBSCRIBED', 'subscription'),
    ),
  write: (m) => [m.type, m.request, m.subscription],
};
