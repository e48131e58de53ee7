import {
  CLIENT_ROLES,
  type Dict,
  ERROR_URIS,
  type Hello,
  isDict,
  type LoginRequest,
  PeerRoles,
  ProtocolError,
  type RouterAuthenticator,
} from '@wamp-run/protocol';

/** Who a client is, once it is let in. */
export interface Identity {
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  readonly authprovider: string;
}

// A wire has looked at HELLO's details; a client in the same program may say anything.

/** What HELLO announces. */
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

/** The methods that HELLO offers, in the client's order, each once. A client that names none asks for no login. */
export function authmethodsOf({ details }: Hello): readonly string[] {
  const { authmethods } = details;
  if (authmethods === undefined || authmethods === null) return ['anonymous'];
  if (!Array.isArray(authmethods)) return [];
  return [...new Set(authmethods.filter((method) => typeof method === 'string'))];
}

/** What HELLO says of who the client is: a claim. */
export function claimsOf({ details }: Hello): Pick<LoginRequest, 'authid' | 'authrole' | 'authextra'> {
  const { authid, authrole, authextra } = details;
  return {
    authid: typeof authid === 'string' ? authid : undefined,
    authrole: typeof authrole === 'string' ? authrole : undefined,
    authextra: isDict(authextra) ? authextra : {},
  };
}

/**
 * Those of a realm's authenticators that HELLO offers, in the client's order. Throws a ProtocolError where there is none;
 * it names what the realm offers.
 */
export function offeredBy(
  authmethods: readonly string[],
  authenticators: readonly RouterAuthenticator[],
): readonly RouterAuthenticator[] {
  const offered: RouterAuthenticator[] = [];
  for (const method of authmethods) {
    const found = authenticators.find((authenticator) => authenticator.method === method);
    if (found !== undefined) offered.push(found);
  }
  if (offered.length > 0) return offered;
  const names = authenticators.map(({ method }) => method).join(', ');
  throw new ProtocolError(`HELLO details.authmethods: this realm offers ${names} only`, {
    reason: ERROR_URIS.noMatchingAuthMethod,
  });
}
