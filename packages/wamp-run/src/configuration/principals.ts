import { basename, dirname, extname, resolve } from 'node:path';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { readSecretFile } from '../secret-file.js';
import { readConfigurationFile } from './file.js';
import { PRINCIPALS_SHAPE, type PrincipalEntry } from './principal-entry.js';
import type { RouterAuthentication } from './router-authentication.js';
import { type Mistake, mistakesIn, type Path, placeOf } from './shape.js';

/** A mistake, and its place where that is not in the section that was read: file, line and key. */
export interface PlacedMistake extends Mistake {
  readonly place?: string;
}

/** Principals, and where what they name is to be found. */
export interface PrincipalsRead {
  readonly entries: readonly PrincipalEntry[];
  /** Where relative paths start. */
  readonly from: string;
  /** A mistake in one of them: with its place. */
  mistake(path: Path, text: string): Promise<PlacedMistake>;
}

/** Principals of the section, or of the file that it names. Mistakes in their form go into the list. */
export async function readPrincipals(
  principals: string | readonly PrincipalEntry[] | undefined,
  from: string,
  mistakes: PlacedMistake[],
): Promise<PrincipalsRead> {
  const here = async (path: Path, text: string): Promise<PlacedMistake> => ({
    path: ['router', 'principals', ...path],
    text,
  });
  if (typeof principals !== 'string') return { entries: principals ?? [], from, mistake: here };
  const path = resolve(from, principals);
  const none: PrincipalsRead = { entries: [], from: dirname(path), mistake: here };
  if (!['.json', '.yaml', '.yml'].includes(extname(path))) {
    mistakes.push(await here([], 'expected a file that ends in .json, .yaml or .yml'));
    return none;
  }
  try {
    const file = await readConfigurationFile(basename(path), dirname(path));
    const at = async (where: Path, text: string) => ({
      path: ['router', 'principals', ...where],
      place: (await file?.at(where)) ?? placeOf(where),
      text,
    });
    const wrong = mistakesIn(file?.value, PRINCIPALS_SHAPE);
    for (const mistake of wrong) mistakes.push(await at(mistake.path, mistake.text));
    if (wrong.length > 0) return none;
    const entries = file?.value as readonly PrincipalEntry[];
    const open = entries.some(holdsSecret) ? await othersRead(path) : undefined;
    if (open !== undefined) mistakes.push(await here([], open));
    return { entries, from: dirname(path), mistake: at };
  } catch (error) {
    if (!(error instanceof InvalidConfiguration)) throw error;
    mistakes.push(await here([], error.message));
    return none;
  }
}

/** Why a file that holds secrets cannot be taken; undefined where it can. */
async function othersRead(path: string): Promise<string | undefined> {
  try {
    await readSecretFile({ path, from: dirname(path), what: 'it holds secrets' });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Whether the text of a secret stands in what may be an entry. */
export function holdsSecret(entry: unknown): boolean {
  const { ticket, wampcra, 'wamp-scram': specified, scram } = (entry ?? {}) as Partial<PrincipalEntry>;
  const keys = [specified, scram].flatMap((each) => (typeof each === 'object' ? [each.storedKey, each.serverKey] : []));
  return [ticket, wampcra?.secret, ...keys].some((secret) => typeof secret === 'string');
}

/** The same of what may be the methods of a router. */
export function offersSecret(authentication: unknown): boolean {
  const {
    wampcra,
    'wamp-scram': specified,
    scram,
    cryptosign,
  } = (authentication ?? {}) as Partial<RouterAuthentication>;
  const secrets = [wampcra?.decoySecret, specified?.decoySecret, scram?.decoySecret, cryptosign?.key];
  return secrets.some((secret) => typeof secret === 'string');
}
