import { hsalsa } from '@noble/ciphers/salsa.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { KEY_LENGTH } from './key-text.js';

// The constant of Salsa20 for keys of 32 bytes.
const SIGMA = words(new TextEncoder().encode('expand 32-byte k'));

/** The public key to a secret Curve25519 key. */
export function publicKeyOf(secret: Uint8Array): Uint8Array {
  return x25519.getPublicKey(secret);
}

/**
 * The key that a secret key and another's public key share: `crypto_box_beforenm` of NaCl, which is HSalsa20 of
 * X25519. Throws InvalidConfiguration where the public key is one of the few with which everybody shares the same.
 */
export function boxKey(secret: Uint8Array, publicKey: Uint8Array, what: string): Uint8Array {
  let shared: Uint8Array;
  try {
    shared = x25519.getSharedSecret(secret, publicKey);
  } catch {
    // The library's own words are left out: nothing of a key is to get into an error.
    throw new InvalidConfiguration(`${what}: is no public key that anybody has the secret key to; make a new pair`);
  }
  const key = new Uint8Array(KEY_LENGTH);
  hsalsa(SIGMA, words(shared), new Uint32Array(4), new Uint32Array(key.buffer));
  return key;
}

/** The library takes words as they lie in memory, in whatever order the machine has. */
function words(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(new Uint8Array(bytes).buffer);
}
