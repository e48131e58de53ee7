import { InvalidConfiguration, type Random } from '@wamp-run/protocol';
import { sameBytes, utf8 } from './bytes.js';

/** The hashes that a login, a code or a key needs. */
export type HashName = 'SHA-1' | 'SHA-256' | 'SHA-512';

type Subtle = typeof globalThis.crypto.subtle;

function subtle(): Subtle {
  const { crypto } = globalThis as { crypto?: { subtle?: Subtle } };
  if (crypto?.subtle !== undefined) return crypto.subtle;
  throw new InvalidConfiguration(
    'crypto.subtle is not there, and logins need it: a browser has it on pages that come by https, or from localhost',
  );
}

/** What `subtle` takes: a copy, so that nobody's larger buffer goes along. */
function view(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await subtle().digest('SHA-256', view(bytes)));
}

export async function hmac(hash: HashName, key: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  const crypto = subtle();
  // WebCrypto refuses an empty key, which HMAC pads with zeros to the same as one zero byte.
  const padded = view(key.length === 0 ? new Uint8Array(1) : key);
  const imported = await crypto.importKey('raw', padded, { name: 'HMAC', hash }, false, ['sign']);
  return new Uint8Array(await crypto.sign('HMAC', imported, view(message)));
}

export function hmacSha256(key: Uint8Array, message: Uint8Array | string): Promise<Uint8Array> {
  return hmac('SHA-256', key, typeof message === 'string' ? utf8(message) : message);
}

/** What PBKDF2 is computed from besides the secret. */
export interface Pbkdf2Parameters {
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** Bytes of the key. */
  readonly length: number;
  /** Default: `SHA-256`. */
  readonly hash?: HashName;
}

export async function pbkdf2(
  secret: Uint8Array,
  { salt, iterations, length, hash = 'SHA-256' }: Pbkdf2Parameters,
): Promise<Uint8Array> {
  const crypto = subtle();
  const imported = await crypto.importKey('raw', view(secret), 'PBKDF2', false, ['deriveBits']);
  const how = { name: 'PBKDF2', hash, salt: view(salt), iterations };
  return new Uint8Array(await crypto.deriveBits(how, imported, 8 * length));
}

/**
 * Whether two texts are equal, in a time that does not depend on where they differ, nor on whether they are equally long:
 * their hashes are compared.
 */
export async function sameText(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([sha256(utf8(one)), sha256(utf8(other))]);
  return sameBytes(first, second);
}

/** The platform's own randomness. */
export const platformRandom: Random = (n) => globalThis.crypto.getRandomValues(new Uint8Array(n));
