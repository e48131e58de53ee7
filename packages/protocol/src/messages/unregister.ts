import type { Id } from '../ids.js';
import type { Dict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[UNREGISTER, Request|id, Registration|id]`; Autobahn may append an options dict. */
export interface Unregister {
  readonly type: typeof MessageType.UNREGISTER;
  readonly request: Id;
  readonly registration: Id;
  readonly options: Dict | undefined;
}

/** An UNREGISTER message of these parts, unchecked: what others send is read by `messageFromList`. */
export function unregisterMessage(request: Id, registration: Id, options?: Dict): Unregister {
  return { type: MessageType.UNREGISTER, request, registration, options };
}

const OPTIONS: fields.KeyRules = { forward_for: fields.forwardFor };

export const unregisterShape: MessageShape<Unregister> = {
  type: MessageType.UNREGISTER,
  name: 'UNREGISTER',
  sentBy: 'client',
  header: [3, 4],
  payload: false,
  read: (header) =>
    unregisterMessage(
      fields.id(header, 1, 'UNREGISTER', 'request'),
      fields.id(header, 2, 'UNREGISTER', 'registration'),
      header.length > 3 ? fields.dict(header, 3, 'UNREGISTER', 'options', OPTIONS) : undefined,
    ),
  write: (m) =>
    m.options === undefined ? [m.type, m.request, m.registration] : [m.type, m.request, m.registration, m.options],
};
