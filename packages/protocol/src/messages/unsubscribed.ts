import type { Id } from '../ids.js';
import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/**
 * `[UNSUBSCRIBED, UNSUBSCRIBE.Request|id]`, or `[UNSUBSCRIBED, 0, Details|dict]` when the router takes the
 * subscription away: then the details name it, and perhaps the reason.
 */
export interface Unsubscribed {
  readonly type: typeof MessageType.UNSUBSCRIBED;
  readonly request: Id;
  readonly details: Dict | undefined;
}

/** An UNSUBSCRIBED message of these parts, unchecked: what others send is read by `messageFromList`. */
export function unsubscribedMessage(request: Id, details?: Dict): Unsubscribed {
  return { type: MessageType.UNSUBSCRIBED, request, details };
}

const DETAILS: fields.KeyRules = { subscription: fields.anId, reason: fields.text };

export const unsubscribedShape: MessageShape<Unsubscribed> = {
  type: MessageType.UNSUBSCRIBED,
  name: 'UNSUBSCRIBED',
  sentBy: 'router',
  header: [2, 3],
  payload: false,
  read: (header) => {
    const request = fields.idOrZero(header, 1, 'UNSUBSCRIBED', 'request');
    const details = header.length > 2 ? fields.dict(header, 2, 'UNSUBSCRIBED', 'details', DETAILS) : undefined;
    if (request === 0 && details?.subscription === undefined) {
      throw fields.mismatch('UNSUBSCRIBED[2] details.subscription', 'id', details?.subscription);
    }
    return unsubscribedMessage(request, details);
  },
  write: (m) => (m.details === undefined ? [m.type, m.request] : [m.type, m.request, m.details]),
};
