import { checkOptionNames, InvalidConfiguration, type Random } from '@wamp-run/protocol';
import { base64, utf8 } from '../bytes.js';
import { platformRandom, sha256 } from '../digests.js';
import { checkBytes, checkText, checkWhole } from '../settings.js';
import { deriveScramKey, type ScramCost, type ScramKdf } from './key-derivation.js';
import { keysOf } from './keys.js';
import { AUTOBAHN, type ScramProfile, SPECIFIED } from './profile.js';

/** What a router stores in place of a password: enough to check a proof, not enough to make one. */
export interface ScramCredential extends ScramCost {
  /** Base64. */
  readonly salt: string;
  /** Base64 of 32 bytes. */
  readonly storedKey: string;
  /** Base64 of 32 bytes: by it the router proves itself. Whoever has it can play the router for this principal. */
  readonly serverKey: string;
}

/** How a credential is made. */
export interface ScramCredentialOptions {
  /** Default: `argon2id13`. */
  readonly kdf?: ScramKdf | undefined;
  /** Default: 3 for argon2id13 (RFC 9106), 600 000 for pbkdf2. */
  readonly iterations?: number | undefined;
  /** KiB, for argon2id13. Default: 65 536 (RFC 9106). */
  readonly memory?: number | undefined;
  /** At least 8 bytes, of this principal alone. Default: 16 at random. */
  readonly salt?: Uint8Array | undefined;
  /** Where the salt comes from. Default: the platform. */
  readonly random?: Random | undefined;
}

const NAMES = { kdf: true, iterations: true, memory: true, salt: true, random: true } as const;

/**
 * Makes of a password what a router stores for `wamp-scram`. Throws InvalidConfiguration where an option is wrong.
 *
 * @example
 * const credential = await scramCredential(password);
 * scramVerifier({ principals: [{ authid, authrole, realm, ...credential }] });
 */
export async function scramCredential(
  password: string,
  options: ScramCredentialOptions = {},
): Promise<ScramCredential> {
  checkOptionNames(options, NAMES, 'scramCredential');
  checkText(password, 'scramCredential: password');
  const { kdf = 'argon2id13', random = platformRandom, salt = random(16) } = options;
  checkBytes(salt, 'scramCredential: salt', 8);
  const cost = costOf(kdf, options, 'scramCredential');
  return credentialOf(password, salt, cost, SPECIFIED);
}

/** How a credential of Autobahn's kind is made. */
export interface AutobahnCredentialOptions {
  /** At least 8 bytes. Default: the first 16 bytes of SHA-256 of the authid, as Autobahn has it. */
  readonly salt?: Uint8Array | undefined;
}

/**
 * Makes of a password what a router stores for Autobahn's `scram`: Argon2id with 4096 passes over 512 KiB, as
 * `derive_scram_credential` does. Throws InvalidConfiguration where an option is wrong.
 */
export async function autobahnScramCredential(
  authid: string,
  password: string,
  options: AutobahnCredentialOptions = {},
): Promise<ScramCredential> {
  checkOptionNames(options, { salt: true }, 'autobahnScramCredential');
  checkText(authid, 'autobahnScramCredential: authid');
  checkText(password, 'autobahnScramCredential: password');
  const { salt = (await sha256(utf8(authid))).subarray(0, 16) } = options;
  checkBytes(salt, 'autobahnScramCredential: salt', 8);
  return credentialOf(password, salt, { kdf: 'argon2id13', iterations: 4096, memory: 512 }, AUTOBAHN);
}

async function credentialOf(
  password: string,
  salt: Uint8Array,
  cost: ScramCost,
  profile: ScramProfile,
): Promise<ScramCredential> {
  const key = await deriveScramKey(await profile.password(password), salt, cost);
  const { storedKey, serverKey } = await keysOf(profile.saltedPassword(key, cost.kdf));
  return { ...cost, salt: base64(salt), storedKey: base64(storedKey), serverKey: base64(serverKey) };
}

function costOf(kdf: ScramKdf, { iterations, memory }: ScramCredentialOptions, place: string): ScramCost {
  const cost =
    kdf === 'argon2id13'
      ? { kdf, iterations: iterations ?? 3, memory: memory ?? 65_536 }
      : { kdf, iterations: iterations ?? 600_000, ...(memory === undefined ? {} : { memory }) };
  checkCost(cost, place);
  return cost;
}

/** Throws InvalidConfiguration, naming the place, where this cannot be computed. */
export function checkCost({ kdf, iterations, memory }: ScramCost, place: string): void {
  if (kdf !== 'argon2id13' && kdf !== 'pbkdf2') {
    throw new InvalidConfiguration(`${place}: kdf: expected argon2id13 or pbkdf2, got ${JSON.stringify(kdf)}`);
  }
  checkWhole(iterations, `${place}: iterations`, { least: 1, most: 2 ** 32 - 1 });
  if (kdf === 'argon2id13') checkWhole(memory, `${place}: memory`, { least: 8, most: 2 ** 21 });
  else if (memory !== undefined) throw new InvalidConfiguration(`${place}: memory: pbkdf2 has none; leave it out`);
}
