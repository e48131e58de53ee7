import { CLIENT_ROLES } from '../features.js';
import { type Dict, isDict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[HELLO, Realm|uri, Details|dict]` — a client asks to join a realm. */
export interface Hello {
  readonly type: typeof MessageType.HELLO;
  readonly realm: string;
  readonly details: Dict;
}

/** A HELLO message of these parts, unchecked: what others send is read by `messageFromList`. */
export function helloMessage(realm: string, details: Dict): Hello {
  return { type: MessageType.HELLO, realm, details };
}

const DETAILS: fields.KeyRules = {
  roles: {
    expected: `dict with at least one of ${CLIENT_ROLES.join(', ')}`,
    holds: (roles) =>
      isDict(roles) && Object.values(roles).every(isDict) && CLIENT_ROLES.some((r) => Object.hasOwn(roles, r)),
  },
  agent: fields.text,
  authmethods: fields.texts,
  authid: fields.text,
  authrole: fields.text,
  authextra: fields.dictionary,
  resumable: fields.boolean,
  // The hyphens are the draft's, and Autobahn's.
  'resume-session': fields.anId,
  'resume-token': fields.text,
};

export const helloShape: MessageShape<Hello> = {
  type: MessageType.HELLO,
  name: 'HELLO',
  sentBy: 'client',
  header: [3, 3],
  payload: false,
  read: (header) => {
    const realm = fields.uri(header, 1, 'HELLO', 'realm');
    const details = fields.dict(header, 2, 'HELLO', 'details', DETAILS);
    if (details.roles === undefined) throw fields.mismatch('HELLO[2] details.roles', 'dict', undefined);
    return helloMessage(realm, details);
  },
  write: (m) => [m.type, m.realm, m.details],
};
