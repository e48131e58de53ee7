import { readFileSync } from 'node:fs';
import { anonymousVerifier } from '@wamp-run/auth/anonymous';
import { cryptosignVerifier } from '@wamp-run/auth/cryptosign';
import type { TestRealmOptions } from '@wamp-run/testkit';

/** What of a Crossbar.io configuration this project uses. */
interface CrossbarConfig {
  workers: {
    realms: { name: string; roles: { name: string; permissions: Permission[] }[] }[];
    transports: { paths: { ws: { auth: Logins } } }[];
  }[];
}

interface Logins {
  cryptosign: { principals: Record<string, Principal> };
  anonymous: { role: string };
}

interface Permission {
  uri: string;
  match: 'exact' | 'prefix' | 'wildcard';
  allow: { call: boolean; register: boolean; publish: boolean; subscribe: boolean };
}

interface Principal {
  realm: string;
  role: string;
  authorized_keys: string[];
}

const CONFIG = new URL('../.crossbar/config.json', import.meta.url);

/**
 * A test realm with the logins and the permissions of `.crossbar/config.json`.
 *
 * @param keys public keys of principals, by authid, that take the place of those in the file
 */
export function crossbarRealm(keys: Record<string, string>): TestRealmOptions {
  const config: CrossbarConfig = JSON.parse(readFileSync(CONFIG, 'utf8'));
  const [realm, transport] = [config.workers[0]?.realms[0], config.workers[0]?.transports[0]];
  if (realm === undefined || transport === undefined)
    throw new Error(`${CONFIG.pathname} has no realm or no transport`);
  const { cryptosign, anonymous } = transport.paths.ws.auth;
  const principals = Object.entries(cryptosign.principals).map(([authid, principal]) => ({
    authid,
    authrole: principal.role,
    realm: principal.realm,
    publicKeys: keys[authid] === undefined ? principal.authorized_keys : [keys[authid]],
  }));
  return {
    name: realm.name,
    authenticators: [cryptosignVerifier({ principals }), anonymousVerifier({ authrole: anonymous.role })],
    roles: realm.roles.map(({ name, permissions }) => ({ name, rules: permissions })),
  };
}
