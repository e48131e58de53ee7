import type { Id } from '../ids.js';
import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/**
 * `[UNREGISTERED, UNREGISTER.Request|id]`, or `[UNREGISTERED, 0, Details|dict]` when the router takes the
 * registration away: then the details name it, and perhaps the reason.
 */
export interface Unregistered {
  readonly type: typeof MessageType.UNREGISTERED;
  readonly request: Id;
  readonly details: Dict | undefined;
}

/** An UNREGISTERED message of these parts, unchecked: what others send is read by `messageFromList`. */
export function unregisteredMessage(request: Id, details?: Dict): Unregistered {
  return { type: MessageType.UNREGISTERED, request, details };
}

const DETAILS: fields.KeyRules = { registration: fields.anId, reason: fields.text };

export const unregisteredShape: MessageShape<Unregistered> = {
  type: MessageType.UNREGISTERED,
  name: 'UNREGISTERED',
  sentBy: 'router',
  header: [2, 3],
  payload: false,
  read: (header) => {
    const request = fields.idOrZero(header, 1, 'UNREGISTERED', 'request');
    const details = header.length > 2 ? fields.dict(header, 2, 'UNREGISTERED', 'details', DETAILS) : undefined;
    if (request === 0 && details?.registration === undefined) {
      throw fields.mismatch('UNREGISTERED[2] details.registration', 'id', details?.registration);
    }
    return unregisteredMessage(request, details);
  },
  write: (m) => (m.details === undefined ? [m.type, m.request] : [m.type, m.request, m.details]),
};
