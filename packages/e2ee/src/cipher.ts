import { gcm } from '@noble/ciphers/aes.js';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { type Random, SerializationError } from '@wamp-run/protocol';

/** `ppt_cipher` of the specification. Both authenticate what they encrypt. */
export type CipherName = 'xsalsa20poly1305' | 'aes256gcm';

/** The ciphers that there are. */
export const CIPHER_NAMES: readonly CipherName[] = ['xsalsa20poly1305', 'aes256gcm'];

/** Bytes of a nonce: 24 for XSalsa20 (as NaCl), 12 for GCM. */
const NONCE_LENGTH: Readonly<Record<CipherName, number>> = { xsalsa20poly1305: 24, aes256gcm: 12 };
const TAG_LENGTH = 16;

/** A fresh nonce, and behind it what the cipher makes of the plaintext. `key` is of 32 bytes. */
export function seal(name: CipherName, key: Uint8Array, plaintext: Uint8Array, random: Random): Uint8Array {
  const length = NONCE_LENGTH[name];
  const nonce = random(length);
  if (nonce.length !== length) {
    // With a short one, messages could be told by it, and soon be read.
    throw new SerializationError(`random: asked for ${length} bytes, got ${nonce.length}`);
  }
  const sealed = cipher(name, key, nonce).encrypt(plaintext);
  const payload = new Uint8Array(length + sealed.length);
  payload.set(nonce);
  payload.set(sealed, length);
  return payload;
}

/** The plaintext; undefined where these bytes were not made with this key and this cipher, or have been changed. */
export function open(name: CipherName, key: Uint8Array, payload: Uint8Array): Uint8Array | undefined {
  const length = NONCE_LENGTH[name];
  if (payload.length < length + TAG_LENGTH) return undefined;
  try {
    // The library wants a Uint8Array and no subclass; a view is one.
    const view = new Uint8Array(payload.buffer, payload.byteOffset, payload.length);
    return cipher(name, key, view.subarray(0, length)).decrypt(view.subarray(length));
  } catch {
    return undefined;
  }
}

function cipher(name: CipherName, key: Uint8Array, nonce: Uint8Array) {
  switch (name) {
    case 'xsalsa20poly1305':
      return xsalsa20poly1305(key, nonce);
    case 'aes256gcm':
      return gcm(key, nonce);
  }
}
