import type { ClientAuthenticator, RouterAuthenticator } from '@wamp-run/protocol';
import type { RealmOptions, RoleOptions } from '@wamp-run/router';

/** The method by which components log in at the router of their own process. */
const METHOD = 'local';

/** The login of a component that runs in the process of its router: its name is who it is. */
export function localLogin(name: string): ClientAuthenticator {
  return { method: METHOD, authid: name, begin: () => ({}) };
}

/** Lets in who is in this process: there is no other way to a memory transport. */
function localVerifier(authrole: string): RouterAuthenticator {
  return {
    method: METHOD,
    begin: ({ transport, authid, realm }) => ({
      onHello: () =>
        transport.wire === 'memory' && authid !== undefined
          ? { outcome: 'accept', authid, authrole, authprovider: 'process', realm }
          : { outcome: 'pass' },
    }),
  };
}

/** What is known of a router's logins. */
export interface RealmLogins {
  /** Those of realms that have none of their own. */
  readonly authenticators: readonly RouterAuthenticator[] | undefined;
  /** How clients join where nothing at all is said of logins. */
  readonly nobody: RouterAuthenticator;
  /** The role of components of this process. */
  readonly componentRole: string;
}

/** The same realm, which components of this process can join, in a role that may do everything unless there is one of its name. */
export function withLocalLogin<R extends Omit<RealmOptions, 'name'>>(
  realm: R,
  { authenticators, nobody, componentRole }: RealmLogins,
): R {
  const { authenticator, roles, authorizer } = realm;
  // Who decides by a procedure alone has not asked for anonymous sessions.
  const others = realm.authenticators ?? authenticators ?? (authenticator === undefined ? [nobody] : []);
  const ruled = roles !== undefined || authorizer !== undefined;
  const listed = roles ?? [];
  const known = listed.some(({ name }) => name === componentRole);
  return {
    ...realm,
    authenticators: [...others, localVerifier(componentRole)],
    ...(ruled ? { roles: known ? listed : [...listed, everything(componentRole)] } : {}),
  };
}

function everything(name: string): RoleOptions {
  const allow = { call: true, register: true, publish: true, subscribe: true };
  return {
    name,
    rules: [
      { uri: '', match: 'prefix', allow },
      { uri: 'wamp.', match: 'prefix', allow },
    ],
  };
}
