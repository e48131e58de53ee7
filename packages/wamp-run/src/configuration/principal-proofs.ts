import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ScramCredential } from '@wamp-run/auth/scram';
import { readSecretFile } from '../secret-file.js';
import { CREDENTIAL_SHAPE, type CredentialValue, type PrincipalEntry, type PublicKeyValue } from './principal-entry.js';
import { type SecretPlaces, type SecretValue, secretFrom } from './secret-value.js';
import { mistakesIn, type Path, placeOf } from './shape.js';

/** What an entry says of one method, with every secret and key in its place: what the verifier of that method takes. */
export interface Proofs {
  readonly ticket?: { readonly ticket: string };
  readonly wampcra?: {
    readonly secret: string;
    readonly salt?: string;
    readonly iterations?: number;
    readonly keylen?: number;
  };
  readonly 'wamp-scram'?: ScramCredential;
  readonly scram?: ScramCredential;
  readonly cryptosign?: { readonly publicKeys: readonly string[] };
}

/** What cannot be read: where in the entry, and why. Never what it holds. */
export type OnFault = (path: Path, text: string) => void;

/** The proofs of an entry, as far as they can be read. */
export async function proofsOf(entry: PrincipalEntry, places: SecretPlaces, fault: OnFault): Promise<Proofs> {
  const proofs: { -readonly [K in keyof Proofs]: Proofs[K] } = {};
  const secret = (value: SecretValue, path: Path) => tried(() => secretFrom(value, places, 'the secret'), path, fault);
  if (entry.ticket !== undefined) {
    const ticket = await secret(entry.ticket, ['ticket']);
    if (ticket !== undefined) proofs.ticket = { ticket };
  }
  if (entry.wampcra !== undefined) {
    const shared = await secret(entry.wampcra.secret, ['wampcra', 'secret']);
    if (shared !== undefined) proofs.wampcra = { ...entry.wampcra, secret: shared };
  }
  for (const method of ['wamp-scram', 'scram'] as const) {
    const value = entry[method];
    if (value === undefined) continue;
    const credential = await credentialFrom(value, [method], places, fault);
    if (credential !== undefined) proofs[method] = credential;
  }
  if (entry.cryptosign !== undefined) {
    const keys = entry.cryptosign.publicKeys.map((key, index) =>
      tried(() => publicKeyFrom(key, places.from), ['cryptosign', 'publicKeys', index], fault),
    );
    const publicKeys = (await Promise.all(keys)).filter((key) => key !== undefined);
    if (publicKeys.length === keys.length) proofs.cryptosign = { publicKeys };
  }
  return proofs;
}

async function credentialFrom(
  value: CredentialValue,
  path: Path,
  places: SecretPlaces,
  fault: OnFault,
): Promise<ScramCredential | undefined> {
  const given = typeof value === 'string' ? await tried(() => credentialIn(value, places.from), path, fault) : value;
  if (given === undefined || typeof given === 'string') return undefined;
  const storedKey = await tried(() => secretFrom(given.storedKey, places, 'the key'), [...path, 'storedKey'], fault);
  const serverKey = await tried(() => secretFrom(given.serverKey, places, 'the key'), [...path, 'serverKey'], fault);
  return storedKey === undefined || serverKey === undefined ? undefined : { ...given, storedKey, serverKey };
}

async function credentialIn(path: string, from: string): Promise<CredentialValue> {
  const text = await readSecretFile({ path, from, what: 'the credential' });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${path} is not JSON; make it with wamp-run keygen scram`);
  }
  const [wrong] = mistakesIn(value, CREDENTIAL_SHAPE);
  if (wrong !== undefined) throw new Error(`${path}: ${placeOf(wrong.path)}: ${wrong.text}`);
  return value as CredentialValue;
}

async function publicKeyFrom(value: PublicKeyValue, from: string): Promise<string> {
  const { readPublicKey } = await import('@wamp-run/auth/cryptosign');
  if (typeof value === 'string') return readPublicKey(value);
  try {
    return readPublicKey(await readFile(resolve(from, value.file), 'utf8'));
  } catch (error) {
    throw new Error(`${value.file}: ${error instanceof Error ? error.message : 'cannot be read'}`);
  }
}

async function tried<T>(read: () => T | Promise<T>, path: Path, fault: OnFault): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    fault(path, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
