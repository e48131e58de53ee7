import type { ChannelBinding, TransportDetails } from '@wamp-run/protocol';
import { concat, fromHex, hex, sameBytes, xor } from '../bytes.js';
import { type CryptosignKey, isSignature } from './key.js';

/** The bytes of a challenge, and of what is signed. */
export const CHALLENGE_LENGTH = 32;

/** What is signed: the challenge, and where the login is bound to its connection, that mixed in. */
export function messageOf(challenge: Uint8Array, channelId: Uint8Array | undefined): Uint8Array {
  return channelId === undefined ? challenge : xor(challenge, channelId);
}

/** Hexadecimal digits of a signature and, behind it, of what it is over: as AUTHENTICATE and CHALLENGE have it. */
export async function signed(key: CryptosignKey, message: Uint8Array): Promise<string> {
  return hex(concat(await key.sign(message), message));
}

/** Whether this is the signature over that message, and over no other. */
export function isSigned(text: unknown, message: Uint8Array, publicKey: Uint8Array): boolean {
  const bytes = fromHex(text, 64 + CHALLENGE_LENGTH) ?? new Uint8Array(64 + CHALLENGE_LENGTH);
  // Both are always looked at: a signature over something else is refused, however good it is.
  const right = isSignature(bytes.subarray(0, 64), message, publicKey);
  return sameBytes(bytes.subarray(64), message) && right;
}

/** The 32 bytes of this connection; undefined where it has none of that type. */
export function channelIdOf(transport: TransportDetails, type: ChannelBinding): Uint8Array | undefined {
  const id = transport.channelId?.(type);
  return id?.length === CHALLENGE_LENGTH ? id : undefined;
}

/** Whether this is the name of a binding that there is. */
export function isBinding(value: unknown): value is ChannelBinding {
  return value === 'tls-exporter' || value === 'tls-unique';
}
