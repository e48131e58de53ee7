import { ed25519 } from '@noble/curves/ed25519.js';
import { InvalidConfiguration, type Random } from '@wamp-run/protocol';
import { fromHex, hex } from '../bytes.js';
import { platformRandom } from '../digests.js';

/** An Ed25519 key that can sign. Where the private half is, is its own business: here, or in an agent. */
export interface CryptosignKey {
  /** The public half: 64 lower-case hexadecimal digits. */
  readonly publicKey: string;
  /** The signature over a message (RFC 8032): 64 bytes. */
  sign(message: Uint8Array): Uint8Array | PromiseLike<Uint8Array>;
}

/**
 * A key from its seed (RFC 8032's private key). The seed cannot be got out again.
 * Throws InvalidConfiguration where this is no seed; the error does not hold it.
 *
 * @param seed 32 bytes, or 64 hexadecimal digits
 */
export function keyFromSeed(seed: Uint8Array | string): CryptosignKey {
  const bytes = typeof seed === 'string' ? fromHex(seed.trim(), 32) : seed;
  if (!(bytes instanceof Uint8Array) || bytes.length !== 32) {
    throw new InvalidConfiguration('cryptosign: key: expected a seed of 32 bytes, or its 64 hexadecimal digits');
  }
  const secret = Uint8Array.from(bytes);
  return { publicKey: hex(ed25519.getPublicKey(secret)), sign: (message) => ed25519.sign(message, secret) };
}

/**
 * A new key, and its seed to keep: 64 hexadecimal digits.
 *
 * @param random default: the platform's
 */
export function generateKey(random: Random = platformRandom): { readonly seed: string; readonly key: CryptosignKey } {
  const seed = random(32);
  return { seed: hex(seed), key: keyFromSeed(seed) };
}

/** Whether this is the signature over a message, by the rules of RFC 8032. */
export function isSignature(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    // What is no point of the curve is no key.
    return false;
  }
}

/** Throws InvalidConfiguration where this is no key. */
export function checkKey(key: CryptosignKey, what: string): void {
  const { publicKey, sign } = (key ?? {}) as Partial<CryptosignKey>;
  if (fromHex(publicKey, 32) !== undefined && publicKey === publicKey?.toLowerCase() && typeof sign === 'function')
    return;
  throw new InvalidConfiguration(`${what}: expected a key, as keyFromSeed, readPrivateKey or agentKey give it`);
}

/** A public key as it is compared: lower-case digits. Throws InvalidConfiguration where it is none. */
export function publicKeyText(key: unknown, what: string): string {
  if (typeof key === 'string' && fromHex(key, 32) !== undefined) return key.toLowerCase();
  throw new InvalidConfiguration(`${what}: expected the 64 hexadecimal digits of an Ed25519 public key`);
}
