import type { Id } from '../ids.js';
import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[UNSUBSCRIBE, Request|id, Subscription|id]`; Autobahn may append an options dict. */
export interface Unsubscribe {
  readonly type: typeof MessageType.UNSUBSCRIBE;
  readonly request: Id;
  readonly subscription: Id;
  readonly options: Dict | undefined;
}

/** An UNSUBSCRIBE message of these parts, unchecked: what others send is read by `messageFromList`. */
export function unsubscribeMessage(request: Id, subscription: Id, options?: Dict): Unsubscribe {
  return { type: MessageType.UNSUBSCRIBE, request, subscription, options };
}

const OPTIONS: fields.KeyRules = { forward_for: fields.forwardFor };

export const unsubscribeShape: MessageShape<Unsubscribe> = {
  type: MessageType.UNSUBSCRIBE,
  name: 'UNSUBSCRIBE',
  sentBy: 'client',
  header: [3, 4],
  payload: false,
  read: (header) =>
    unsubscribeMessage(
      fields.id(header, 1, 'UNSUBSCRIBE', 'request'),
      fields.id(header, 2, 'UNSUBSCRIBE', 'subscription'),
      header.length > 3 ? fields.dict(header, 3, 'UNSUBSCRIBE', 'options', OPTIONS) : undefined,
    ),
  write: (m) =>
    m.options === undefined ? [m.type, m.request, m.subscription] : [m.type, m.request, m.subscription, m.options],
};
