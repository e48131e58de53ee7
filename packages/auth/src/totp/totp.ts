import { InvalidConfiguration, type Random } from '@wamp-run/protocol';
import { hmac, platformRandom } from '../digests.js';
import { checkText, checkWhole } from '../settings.js';
import { base32, fromBase32 } from './base32.js';

/** Seconds that a code is shown. */
export const STEP = 30;

/** For which moment a code is. */
export interface TotpOptions {
  /** Seconds since 1970. */
  readonly time: number;
  /** Steps of 30 seconds after that moment; before it where negative. Default: 0. */
  readonly offset?: number | undefined;
}

/**
 * The code of a moment: 6 digits (RFC 6238 with SHA-1 and steps of 30 seconds). Throws InvalidConfiguration where the
 * secret is no base32; the error does not hold it.
 *
 * @param secret base32
 */
export async function totp(secret: string, { time, offset = 0 }: TotpOptions): Promise<string> {
  return codeAt(secretBytes(secret), Math.floor(time / STEP) + offset);
}

/** A new secret, in base32. @param bytes default: 20 (RFC 4226). @param random default: the platform's */
export function generateTotpSecret(bytes = 20, random: Random = platformRandom): string {
  checkWhole(bytes, 'generateTotpSecret: bytes', { least: 10, most: 1024 });
  return base32(random(bytes));
}

/** What an authenticator app shows beside the code. */
export interface OtpauthOptions {
  /** Whose code it is: `peter@example.com`. */
  readonly label: string;
  /** Who asks for it: `Example`. */
  readonly issuer: string;
}

/** The URI that authenticator apps read from a QR code. It holds the secret. */
export function otpauthUri(secret: string, { label, issuer }: OtpauthOptions): string {
  checkText(label, 'otpauthUri: label');
  checkText(issuer, 'otpauthUri: issuer');
  const bytes = secretBytes(secret);
  const name = `${encodeURIComponent(issuer)}:${encodeURIComponent(label)}`;
  return `otpauth://totp/${name}?secret=${base32(bytes)}&issuer=${encodeURIComponent(issuer)}`;
}

/** The bytes of a secret. Throws InvalidConfiguration, without the secret. */
export function secretBytes(secret: string): Uint8Array {
  const bytes = typeof secret === 'string' ? fromBase32(secret) : undefined;
  if (bytes !== undefined && bytes.length > 0) return bytes;
  throw new InvalidConfiguration('totp: secret: expected base32 (A to Z, 2 to 7)');
}

/** The code of one step (RFC 4226, section 5.3). */
export async function codeAt(secret: Uint8Array, step: number): Promise<string> {
  const counter = new Uint8Array(8);
  new DataView(counter.buffer).setBigUint64(0, BigInt(step));
  const digest = await hmac('SHA-1', secret, counter);
  const at = (digest[19] as number) & 15;
  const number = new DataView(digest.buffer, digest.byteOffset).getUint32(at) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}
