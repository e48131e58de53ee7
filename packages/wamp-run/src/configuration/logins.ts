import { createHash } from 'node:crypto';
import { type ClientAuthenticator, InvalidConfiguration, type Value } from '@wamp-run/protocol';
import type { AuthConfig, Authentication, AuthMethod } from './authentication.js';
import { type SecretPlaces, type SecretValue, secretFrom } from './secret-value.js';
import type { Mistake, Path } from './shape.js';

/** The logins of a component, read and made. */
export interface Logins {
  readonly authenticators: readonly ClientAuthenticator[];
  /** Tells whether a secret has changed, without being one. */
  readonly digests: readonly string[];
  readonly mistakes: readonly Mistake[];
}

/** Reads the secrets of logins, and makes what a session logs in by. Each method's code is loaded when it is wanted. */
export async function loginsOf(authentication: Authentication, places: SecretPlaces, path: Path): Promise<Logins> {
  const authenticators: ClientAuthenticator[] = [];
  const digests: string[] = [];
  const mistakes: Mistake[] = [];
  for (const method of Object.keys(authentication) as AuthMethod[]) {
    if (authentication[method] === undefined) continue;
    const at = [...path, method];
    const key = SECRET_KEYS[method];
    let secret = '';
    try {
      const source = key === undefined ? '' : ((authentication[method] as Record<string, unknown>)[key] as SecretValue);
      secret = await secretFrom(source, places, 'file');
    } catch (error) {
      mistakes.push({ path: key === undefined ? at : [...at, key], text: messageOf(error) });
      continue;
    }
    digests.push(createHash('sha256').update(secret).digest('base64'));
    try {
      authenticators.push(await LOGINS[method](authentication[method] as never, secret));
    } catch (error) {
      if (!(error instanceof InvalidConfiguration)) throw error;
      mistakes.push({ path: at, text: error.message.replace(/^\w+: /, '') });
    }
  }
  return { authenticators, digests, mistakes };
}

/** Which key of a method is its secret. */
const SECRET_KEYS: { readonly [M in AuthMethod]: string | undefined } = {
  anonymous: undefined,
  ticket: 'ticket',
  wampcra: 'secret',
  'wamp-scram': 'password',
  scram: 'password',
  cryptosign: 'key',
  tls: undefined,
};

const LOGINS: { readonly [M in AuthMethod]: (how: AuthConfig[M], secret: string) => Promise<ClientAuthenticator> } = {
  anonymous: async (how) => (await import('@wamp-run/auth/anonymous')).anonymous(how),
  ticket: async (how, secret) => (await import('@wamp-run/auth/ticket')).ticket({ ...how, ticket: secret }),
  wampcra: async (how, secret) => (await import('@wamp-run/auth/wampcra')).wampcra({ ...how, secret: secret }),
  'wamp-scram': async (how, secret) => {
    return (await import('@wamp-run/auth/scram')).scram({ ...how, password: secret });
  },
  scram: async (how, secret) => {
    return (await import('@wamp-run/auth/scram')).autobahnScram({ ...how, password: secret });
  },
  cryptosign: async ({ certificates, ...how }, secret) => {
    const { cryptosign, readPrivateKey } = await import('@wamp-run/auth/cryptosign');
    const more = certificates === undefined ? {} : { certificates: certificates as readonly Value[] };
    return cryptosign({ ...how, ...more, key: readPrivateKey(secret) });
  },
  tls: async (how) => (await import('@wamp-run/auth/tls')).tlsCertificate(how),
};

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
