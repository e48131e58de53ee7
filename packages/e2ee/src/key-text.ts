import { InvalidConfiguration } from '@wamp-run/protocol';

/** How 32 bytes are written as text: as Autobahn|Python does in general, or as its `generate_key_hex` does. */
export type KeyForm = 'base64' | 'hex';

/** The length of every key here, secret or public, in bytes. */
export const KEY_LENGTH = 32;

const HEX = /^[\da-f]{64}$/i;
// 32 bytes make 43 digits and one `=`; the last digit carries four bits, so that two of its six are always 0.
const BASE64 = /^[\w+/-]{42}[AEIMQUYcgkosw048]=?$/;

/**
 * The 32 bytes of a key, from bytes, 64 hex digits, or base64 (the URL's alphabet and a missing `=` are taken as well).
 * Throws InvalidConfiguration that names the place; what was given is not in it.
 */
export function keyBytes(given: unknown, what: string): Uint8Array {
  if (given instanceof Uint8Array && given.length === KEY_LENGTH) return new Uint8Array(given);
  if (typeof given === 'string') {
    if (HEX.test(given)) return Uint8Array.from(given.match(/../g) as string[], (pair) => Number.parseInt(pair, 16));
    if (BASE64.test(given)) return fromBase64(given);
  }
  throw new InvalidConfiguration(
    `${what}: expected a key of ${KEY_LENGTH} bytes, as base64 (44 characters) or hex (64 digits)`,
  );
}

/** 32 bytes as text. */
export function keyText(bytes: Uint8Array, form: KeyForm): string {
  switch (form) {
    case 'hex':
      return hexOf(bytes);
    case 'base64':
      return btoa(String.fromCharCode(...bytes));
  }
}

/** Bytes as hex digits. */
export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

function fromBase64(text: string): Uint8Array {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  return Uint8Array.from(atob(standard), (character) => character.charCodeAt(0));
}
