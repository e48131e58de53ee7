import { generateKeyPairSync } from 'node:crypto';
import { ENCRYPTIONS, type Encryption, formatKeyFile, Key, KeyRing } from '@wamp-run/e2ee';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { EXIT } from '../exit-codes.js';
import { writeSecretFile } from '../secret-file.js';
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
