import type { Random } from '@wamp-run/protocol';
import { base64, utf8 } from '../bytes.js';
import { hmacSha256, pbkdf2, platformRandom } from '../digests.js';
import { checkWhole } from '../settings.js';

/** PBKDF2's parameters, as CHALLENGE has them. */
export interface DeriveKeyOptions {
  /** The salt, a text that stands for its UTF-8 bytes. */
  readonly salt: string;
  /** Default: 1000. */
  readonly iterations?: number | undefined;
  /** Bytes of the key before it is written as base64. Default: 32. */
  readonly keylen?: number | undefined;
}

/**
 * The key that stands for a salted secret: PBKDF2-HMAC-SHA256 as base64, which is what a router stores.
 *
 * @example
 * const secret = await deriveKey(password, { salt, iterations: 100_000 });
 * wampcraVerifier({ principals: [{ authid, authrole, realm, secret, salt, iterations: 100_000 }] });
 */
export async function deriveKey(secret: string, options: DeriveKeyOptions): Promise<string> {
  const { salt, iterations = 1000, keylen = 32 } = options;
  return base64(await pbkdf2(utf8(secret), { salt: utf8(salt), iterations, length: keylen }));
}

/** The answer to a challenge: base64 of HMAC-SHA256 under the key (the secret itself, or what `deriveKey` gives). */
export async function signChallenge(key: string, challenge: string): Promise<string> {
  return base64(await hmacSha256(utf8(key), challenge));
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * A secret of letters and digits, each drawn evenly (5.95 bits apiece).
 *
 * @param length default: 22, which is 128 bits and more
 * @param random default: the platform's
 */
export function generateSecret(length = 22, random: Random = platformRandom): string {
  checkWhole(length, 'generateSecret: length', { least: 1, most: 1024 });
  let secret = '';
  while (secret.length < length) {
    for (const byte of random(length)) {
      // Of 256 values 248 fall evenly on 62 letters; the others would prefer the first ones.
      if (byte < 248 && secret.length < length) secret += LETTERS.charAt(byte % LETTERS.length);
    }
  }
  return secret;
}
