import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { hexOf } from './key-text.js';

/**
 * A key's name, as the specification has `ppt_keyid`: the last 20 bytes of a SHA-256, as hex digits behind `0x`, their case
 * a checksum (EIP-55). Of both public keys, so that a pair whose one half was changed is another key.
 */
export function keyIdOf(originatorPublic: Uint8Array, responderPublic: Uint8Array): string {
  const both = new Uint8Array(originatorPublic.length + responderPublic.length);
  both.set(originatorPublic);
  both.set(responderPublic, originatorPublic.length);
  return checksummed(hexOf(sha256(both).subarray(-20)));
}

/** Hex digits behind `0x`, capital where the digest of all of them says so: EIP-55. */
export function checksummed(digits: string): string {
  const digest = hexOf(keccak_256(new TextEncoder().encode(digits)));
  let id = '0x';
  for (let i = 0; i < digits.length; i++) {
    const digit = digits[i] as string;
    id += Number.parseInt(digest[i] as string, 16) >= 8 ? digit.toUpperCase() : digit;
  }
  return id;
}
