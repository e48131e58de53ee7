import { ROUTER_ROLES } from '../features.js';
import type { Id } from '../ids.js';
import { type Dict, isDict } from '../value.js';
import * as fields from './fields.js';
import type { MessageShape } from './shape.js';
import { MessageType } from './types.js';

/** `[WELCOME, Session|id, Details|dict]` — the router lets the client in. */
export interface Welcome {
  readonly type: typeof MessageType.WELCOME;
  readonly session: Id;
  readonly details: Dict;
}

/** A WELCOME message of these parts, unchecked: what others send is read by `messageFromList`. */
export function welcomeMessage(session: Id, details: Dict): Welcome {
  return { type: MessageType.WELCOME, session, details };
}

const DETAILS: fields.KeyRules = {
  roles: {
    expected: `dict with at least one of ${ROUTER_ROLES.join(', ')}`,
    holds: (roles) =>
      isDict(roles) && Object.values(roles).every(isDict) && ROUTER_ROLES.some((r) => Object.hasOwn(roles, r)),
  },
  agent: fields.text,
  realm: fields.text,
  authid: fields.text,
  authrole: fields.text,
  authmethod: fields.text,
  authprovider: fields.text,
  authextra: fields.dictionary,
  resumed: fields.boolean,
  resumable: fields.boolean,
  // Autobahn's name, and the draft's.
  resume_token: fields.text,
  'resume-ticket': fields.text,
};

export const welcomeShape: MessageShape<Welcome> = {
  type: MessageType.WELCOME,
  name: 'WELCOME',
  sentBy: 'router',
  header: [3, 3],
  payload: false,
  read: (header) => {
    const session = fields.id(header, 1, 'WELCOME', 'session');
    const details = fields.dict(header, 2, 'WELCOME', 'details', DETAILS);
    if (details.roles === undefined) throw fields.mismatch('WELCOME[2] details.roles', 'dict', undefined);
    return welcomeMessage(session, details);
  },
  write: (m) => [m.type, m.session, m.details],
};
