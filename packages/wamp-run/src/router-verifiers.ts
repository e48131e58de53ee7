import type { AnonymousVerifierOptions } from '@wamp-run/auth/anonymous';
import type { LoginCookies } from '@wamp-run/auth/cookie';
import type { CryptosignKey, CryptosignPrincipal } from '@wamp-run/auth/cryptosign';
import type { ScramPrincipal } from '@wamp-run/auth/scram';
import type { TicketPrincipal } from '@wamp-run/auth/ticket';
import type { WampcraPrincipal } from '@wamp-run/auth/wampcra';
import type { Clock, Random, RouterAuthenticator } from '@wamp-run/protocol';
import type { PrincipalMethod } from './configuration/principal-entry.js';
import type { RouterAuthentication } from './configuration/router-authentication.js';
import { type SecretPlaces, type SecretValue, secretFrom } from './configuration/secret-value.js';

/** What a method's verifier is made of, besides principals. */
export interface MethodOptions {
  readonly challengeTimeout?: number;
  readonly decoySecret?: Uint8Array;
  readonly key?: CryptosignKey;
}

/** The same as a configuration has it. */
export interface GivenOptions {
  readonly challengeTimeout?: number;
  readonly decoySecret?: SecretValue;
  readonly key?: SecretValue;
}

/** A principal, and what one method takes of it. */
export type AnyPrincipal = TicketPrincipal | WampcraPrincipal | ScramPrincipal | CryptosignPrincipal;

/**
 * Reads the secrets among the options of a method.
 *
 * @param fault told of each that cannot be read, by its key
 */
export async function methodOptions(
  { decoySecret, key, ...options }: GivenOptions,
  places: SecretPlaces,
  fault: (key: string, text: string) => void,
): Promise<MethodOptions> {
  const read: { decoySecret?: Uint8Array; key?: CryptosignKey } = {};
  try {
    if (decoySecret !== undefined) read.decoySecret = bytesIn(await secretFrom(decoySecret, places, 'the secret'));
  } catch (error) {
    fault('decoySecret', (error as Error).message);
  }
  try {
    if (key !== undefined) {
      const { readPrivateKey } = await import('@wamp-run/auth/cryptosign');
      read.key = readPrivateKey(await secretFrom(key, places, 'the key'));
    }
  } catch (error) {
    fault('key', (error as Error).message);
  }
  return { ...options, ...read };
}

function bytesIn(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length >= 16 && bytes.toString('base64') === text) return new Uint8Array(bytes);
  throw new Error('expected base64 of at least 16 bytes');
}

/** Everybody may come. Throws what its maker throws. */
export async function anonymous(options?: AnonymousVerifierOptions): Promise<RouterAuthenticator> {
  const { anonymousVerifier } = await import('@wamp-run/auth/anonymous');
  return anonymousVerifier(options);
}

/** The cookies that a section asks for; undefined where it asks for none. Throws what their maker throws. */
export async function cookiesFor(
  { cookie }: RouterAuthentication,
  machine: { readonly clock: Clock; readonly random: Random },
): Promise<LoginCookies | undefined> {
  if (cookie === undefined) return undefined;
  const { LoginCookies: Cookies } = await import('@wamp-run/auth/cookie');
  return new Cookies({ ...cookie, ...machine });
}

/** The router's half of a method. Its code is loaded when it is wanted. Throws what its maker throws. */
export async function verifierFor(
  method: PrincipalMethod,
  principals: readonly AnyPrincipal[],
  options: MethodOptions,
): Promise<RouterAuthenticator> {
  // Principals are those of the method: whoever calls has sorted them.
  switch (method) {
    case 'ticket': {
      const { ticketVerifier } = await import('@wamp-run/auth/ticket');
      return ticketVerifier({ principals: principals as TicketPrincipal[], ...options });
    }
    case 'wampcra': {
      const { wampcraVerifier } = await import('@wamp-run/auth/wampcra');
      return wampcraVerifier({ principals: principals as WampcraPrincipal[], ...options });
    }
    case 'wamp-scram': {
      const { scramVerifier } = await import('@wamp-run/auth/scram');
      return scramVerifier({ principals: principals as ScramPrincipal[], ...options });
    }
    case 'scram': {
      const { autobahnScramVerifier } = await import('@wamp-run/auth/scram');
      return autobahnScramVerifier({ principals: principals as ScramPrincipal[], ...options });
    }
    case 'cryptosign': {
      const { cryptosignVerifier } = await import('@wamp-run/auth/cryptosign');
      return cryptosignVerifier({ principals: principals as CryptosignPrincipal[], ...options });
    }
  }
}
