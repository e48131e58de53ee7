import { InvalidConfiguration } from '@wamp-run/protocol';
import { fromHex, hex, utf8 } from '../bytes.js';
import { ByteReader, ed25519In } from './byte-reader.js';
import { type CryptosignKey, keyFromSeed } from './key.js';
import { taggedKey } from './key-file.js';
import { pemBody } from './pem.js';

/** What stands before the 32 bytes of a seed in PKCS #8 (RFC 8410). */
const PKCS8 = '302e020100300506032b657004220420';

/**
 * An Ed25519 key from what is in a file: the 32 bytes of its seed as 64 hexadecimal digits or as they are, OpenSSH
 * (`BEGIN OPENSSH PRIVATE KEY`, not encrypted), PEM (PKCS #8, `BEGIN PRIVATE KEY`), or a key file of Autobahn and
 * Crossbar.io (`private-key-ed25519: …`). Throws InvalidConfiguration, without a byte of it, where it is none of these.
 *
 * @example
 * cryptosign({ key: readPrivateKey(await readFile('client.key')) });
 */
export function readPrivateKey(content: string | Uint8Array): CryptosignKey {
  if (content instanceof Uint8Array && content.length === 32) return keyFromSeed(content);
  const text = typeof content === 'string' ? content : new TextDecoder().decode(content);
  const openSsh = pemBody(text, 'OPENSSH PRIVATE KEY');
  if (openSsh !== undefined) return fromOpenSsh(openSsh);
  if (text.includes('BEGIN ENCRYPTED PRIVATE KEY')) throw encrypted();
  const seed =
    fromHex(text.trim(), 32) ??
    seedInPem(pemBody(text, 'PRIVATE KEY')) ??
    fromHex(taggedKey(text, 'private-key-ed25519'), 32);
  if (seed === undefined)
    throw unreadable('expected 64 hexadecimal digits, OpenSSH, PEM, or a key file with private-key-ed25519');
  const key = keyFromSeed(seed);
  const announced = taggedKey(text, 'public-key-ed25519');
  if (announced !== undefined && announced.toLowerCase() !== key.publicKey) {
    throw unreadable('the public key in the file is not that of its private key');
  }
  return key;
}

function seedInPem(bytes: Uint8Array | undefined): Uint8Array | undefined {
  if (bytes === undefined || bytes.length !== 48 || !hex(bytes).startsWith(PKCS8)) return undefined;
  return bytes.subarray(16);
}

/** The format is described in OpenSSH's PROTOCOL.key. */
function fromOpenSsh(bytes: Uint8Array): CryptosignKey {
  const reader = new ByteReader(bytes);
  const magic = utf8('openssh-key-v1\0');
  if (hex(reader.take(magic.length) ?? new Uint8Array(0)) !== hex(magic)) throw unreadable('it is no OpenSSH key');
  if (reader.text() !== 'none') throw encrypted();
  const kdf = reader.text();
  const kdfOptions = reader.string();
  if (kdf !== 'none' || kdfOptions === undefined) throw unreadable('it is no OpenSSH key');
  if (reader.uint32() !== 1) throw unreadable('it holds several keys; only one can be meant');
  const announced = ed25519In(reader.string());
  if (announced === undefined) throw unreadable('it is no Ed25519 key; make one with ssh-keygen -t ed25519');
  const secret = new ByteReader(reader.string() ?? new Uint8Array(0));
  const [first, second] = [secret.uint32(), secret.uint32()];
  if (first !== second || secret.text() !== 'ssh-ed25519') throw unreadable('it is damaged');
  const repeated = secret.string();
  const pair = secret.string();
  if (repeated === undefined || pair?.length !== 64) throw unreadable('it is damaged');
  const key = keyFromSeed(pair.subarray(0, 32));
  const all = [hex(announced), hex(repeated), hex(pair.subarray(32))];
  if (all.some((each) => each !== key.publicKey)) throw unreadable('its public key is not that of its private key');
  return key;
}

function unreadable(why: string): InvalidConfiguration {
  return new InvalidConfiguration(`private key: ${why}`);
}

function encrypted(): InvalidConfiguration {
  return unreadable('it is encrypted; load it into an ssh-agent, or take the passphrase off (ssh-keygen -p)');
}
