import type { Id } from '../ids.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[PUBLISHED, PUBLISH.Request|id, Publication|id]` — answers a PUBLISH that asked to be acknowledged. */
export interface Published {
  readonly type: typeof MessageType.PUBLISHED;
  readonly request: Id;
  readonly publication: Id;
}

/** A PUBLISHED message of these parts, unchecked: what others send is read by `messageFromList`. */
export function publishedMessage(request: Id, publication: Id): Published {
  return { type: MessageType.PUBLISHED, request, publication };
}

export const publishedShape: MessageShape<Published> = {
  type: MessageType.PUBLISHED,
  name: 'PUBLISHED',
  sentBy: 'router',
  header: [3, 3],
  payload: false,
  read: (header) =>
    publishedMessage(fields.id(header, 1, 'PUBLISHED', 'request'), fields.id(header, 2, 'PUBLISHED', 'publication')),
  write: (m) => [m.type, m.request, m.publication],
};
