import {
  CLIENT_ROLES,
  type Dict,
  ERROR_URIS,
  type Hello,
  isDict,
  PeerRoles,
  ProtocolError,
  type Random,
  type Value,
} from '@wamp-run/protocol';

/** Who a client is, once it is let in. */
export interface Identity {
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  readonly authprovider: string;
}

/** What HELLO announces. A wire has seen to it that there are roles; a client in the same program may say anything. */
export function rolesOf(hello: Hello): PeerRoles {
  const roles = (hello.details as Dict | undefined)?.roles;
  if (isDict(roles)) {
    const announced = new PeerRoles(roles);
    if (CLIENT_ROLES.some((role) => announced.plays(role))) return announced;
  }
  throw new ProtocolError(`HELLO details.roles: expected at least one of ${CLIENT_ROLES.join(', ')}`, {
    reason: ERROR_URIS.noSuchRole,
  });
}

/** Lets an anonymous client in: one that asks for no login, or for this one. */
export function identify(hello: Hello, random: Random): Identity {
  const { authmethods } = hello.details;
  if (authmethods !== undefined && authmethods !== null && !offers(authmethods, 'anonymous')) {
    throw new ProtocolError('HELLO details.authmethods: this router offers anonymous only', {
      reason: ERROR_URIS.noMatchingAuthMethod,
    });
  }
  return { authid: randomName(random), authrole: 'anonymous', authmethod: 'anonymous', authprovider: 'static' };
}

function offers(authmethods: Value, method: string): boolean {
  return Array.isArray(authmethods) && authmethods.includes(method);
}

// No 0, 1, I and O: people read these names to each other.
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** A name of 100 random bits: `7KQ2-M9XR-4TBN-WEHD-83PZ`. */
function randomName(random: Random): string {
  let name = '';
  let index = 0;
  for (const byte of random(20)) {
    if (index > 0 && index % 4 === 0) name += '-';
    name += LETTERS.charAt(byte & 31);
    index++;
  }
  return name;
}
