import { InvalidConfiguration } from '@wamp-run/protocol';
import { fromBase64, fromHex, hex } from '../bytes.js';
import { ed25519In } from './byte-reader.js';
import { taggedKey } from './key-file.js';
import { pemBody } from './pem.js';

/** What stands before the 32 bytes of a key in SubjectPublicKeyInfo (RFC 8410). */
const SPKI = '302a300506032b6570032100';

/**
 * An Ed25519 public key as 64 hexadecimal digits, from what is in a file: digits, a line of OpenSSH
 * (`ssh-ed25519 AAAA… comment`), PEM (`BEGIN PUBLIC KEY`), or a key file of Autobahn and Crossbar.io
 * (`public-key-ed25519: …`). Throws InvalidConfiguration where it is none of these.
 */
export function readPublicKey(text: string): string {
  const trimmed = text.trim();
  const key =
    fromHex(trimmed, 32) ?? fromLine(trimmed) ?? fromPem(trimmed) ?? fromHex(taggedKey(text, 'public-key-ed25519'), 32);
  if (key !== undefined) return hex(key);
  throw new InvalidConfiguration(
    'public key: expected an Ed25519 key: 64 hexadecimal digits, a line ssh-ed25519 …, PEM, or a key file with public-key-ed25519',
  );
}

function fromLine(text: string): Uint8Array | undefined {
  const [type, blob] = text.split(/\s+/);
  return type === 'ssh-ed25519' ? ed25519In(fromBase64(blob)) : undefined;
}

function fromPem(text: string): Uint8Array | undefined {
  const bytes = pemBody(text, 'PUBLIC KEY');
  if (bytes === undefined || !hex(bytes).startsWith(SPKI) || bytes.length !== 44) return undefined;
  return bytes.subarray(12);
}
