import { generateKeyPairSync } from 'node:crypto';
import { ENCRYPTIONS, type Encryption, formatKeyFile, Key, KeyRing } from '@wamp-run/e2ee';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { EXIT } from '../exit-codes.js';
import { readSecretFile, writeSecretFile } from '../secret-file.js';
import { systemRandom } from '../system.js';
import type { World } from '../world.js';

export interface KeygenFlags {
  /** Replaces a file that is there. */
  readonly force?: boolean;
}

export interface KeyringFlags extends KeygenFlags {
  /** What the keys are for, a key for each. Default: one, for everything. */
  readonly uri?: readonly string[];
  readonly encryption: string;
}

/** `wamp-run keygen keyring`: a file of new keys. stdout gets their names, which are no secrets. */
export async function keygenKeyring(path: string, flags: KeyringFlags, world: World): Promise<number> {
  if (!ENCRYPTIONS.includes(flags.encryption as Encryption)) {
    throw new InvalidConfiguration(
      `--encryption: expected one of ${ENCRYPTIONS.join(', ')}, got ${JSON.stringify(flags.encryption)}`,
    );
  }
  const uris = flags.uri ?? [''];
  if (flags.uri?.includes(''))
    throw new InvalidConfiguration('--uri: expected a URI, or the beginning of URIs, got ""');
  if (new Set(uris).size < uris.length)
    throw new InvalidConfiguration('--uri: the same URI twice; there is one key for each');
  const ring = new KeyRing();
  for (const uri of uris) ring.set({ uri, key: Key.generate(systemRandom) });
  const text = formatKeyFile({ encryption: flags.encryption as Encryption, ring });
  await writeSecretFile({ path, from: world.directory, what: 'keygen' }, text, flags.force ?? false);
  for (const { uri, key } of ring.entries()) world.stdout(`${key?.id} ${uri}`.trimEnd().concat('\n'));
  return EXIT.clean;
}

/**
 * `wamp-run keygen cryptosign`: a new Ed25519 key, in a key file as Autobahn and Crossbar.io have it: lines of `tag: value`
 * behind an empty line, keys as hex. stdout gets the public key, for the router.
 */
export async function keygenCryptosign(path: string, flags: KeygenFlags, world: World): Promise<number> {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const hex = (part: string | undefined) => Buffer.from(part ?? '', 'base64url').toString('hex');
  const text = `A key for cryptosign, made by wamp-run. Nobody else is to have its private key.

public-key-ed25519: ${hex(x)}
private-key-ed25519: ${hex(d)}
`;
  await writeSecretFile({ path, from: world.directory, what: 'keygen' }, text, flags.force ?? false);
  world.stdout(`${hex(x)}\n`);
  return EXIT.clean;
}

export interface ScramFlags extends KeygenFlags {
  /** The file of the password. Default: `WAMP_SECRET` has it. */
  readonly secretFile?: string;
  readonly kdf: string;
  /** For Autobahn's `scram` instead of `wamp-scram`. */
  readonly autobahn?: boolean;
}

/** `wamp-run keygen scram`: what a router keeps of a password, for a principal of its configuration. stdout gets nothing. */
export async function keygenScram(path: string, flags: ScramFlags, world: World): Promise<number> {
  const { kdf, secretFile, autobahn = false } = flags;
  if (kdf !== 'argon2id13' && kdf !== 'pbkdf2') {
    throw new InvalidConfiguration(`--kdf: expected argon2id13 or pbkdf2, got ${JSON.stringify(kdf)}`);
  }
  if (autobahn && kdf !== 'argon2id13')
    throw new InvalidConfiguration('--kdf: with --autobahn there is argon2id13 only');
  const given = secretFile === undefined ? (world.env.WAMP_SECRET ?? '') : await passwordIn(secretFile, world);
  const password = given.replace(/\r?\n$/, '');
  if (password === '')
    throw new InvalidConfiguration('keygen scram: needs a password in --secret-file, or in WAMP_SECRET');
  const { autobahnScramCredential, scramCredential } = await import('@wamp-run/auth/scram');
  const credential = autobahn
    ? // With a salt of its own the name says nothing.
      await autobahnScramCredential('-', password, { salt: systemRandom(16) })
    : await scramCredential(password, { kdf });
  const text = `${JSON.stringify(credential, undefined, 2)}\n`;
  await writeSecretFile({ path, from: world.directory, what: 'keygen' }, text, flags.force ?? false);
  return EXIT.clean;
}

function passwordIn(path: string, { directory }: World): Promise<string> {
  return readSecretFile({ path, from: directory, what: '--secret-file' });
}
