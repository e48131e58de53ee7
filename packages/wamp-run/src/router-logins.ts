import { nearestName, type RouterAuthenticator, WampError } from '@wamp-run/protocol';
import { PRINCIPAL_METHODS, type PrincipalEntry, type PrincipalMethod } from './configuration/principal-entry.js';
import { proofsOf } from './configuration/principal-proofs.js';
import { type PlacedMistake, type PrincipalsRead, readPrincipals } from './configuration/principals.js';
import type { RouterMethod } from './configuration/router-authentication.js';
import type { RouterSection } from './configuration/router-section.js';
import type { SecretPlaces } from './configuration/secret-value.js';
import { type Path, placeOf } from './configuration/shape.js';
import {
  type AnyPrincipal,
  anonymous,
  cookiesFor,
  type MethodOptions,
  methodOptions,
  verifierFor,
} from './router-verifiers.js';
import { systemClock, systemRandom } from './system.js';

/** What a section says of logins: every secret is in its place, and every mistake is found. */
export interface RouterLogins {
  /** Undefined where the section says nothing of logins, or something that is wrong. */
  readonly authenticators: readonly RouterAuthenticator[] | undefined;
  /** The realms that principals may join, and where that is said. */
  readonly realms: readonly { readonly realm: string; readonly place: string }[];
  readonly mistakes: readonly PlacedMistake[];
}

/** Those of a section that says nothing of them. */
export const NO_LOGINS: RouterLogins = { authenticators: undefined, realms: [], mistakes: [] };

/** Principals by the method that they prove themselves by. */
type Sorted = Map<PrincipalMethod, AnyPrincipal[]>;

/**
 * Reads what a section says of logins: the files and variables that it names, and who may log in by what. The section
 * has the form of one.
 */
export async function readLogins(section: RouterSection, { from, env }: SecretPlaces): Promise<RouterLogins> {
  const { authentication = {}, authenticators: own = [] } = section;
  const mistakes: PlacedMistake[] = [];
  const options = new Map<PrincipalMethod, MethodOptions>();
  for (const method of PRINCIPAL_METHODS) {
    const given = authentication[method];
    if (given === undefined) continue;
    const place: Path = ['router', 'authentication', method];
    const fault = (key: string, text: string) => mistakes.push({ path: [...place, key], text });
    options.set(method, await methodOptions(given, { from, env }, fault));
  }
  const read = await readPrincipals(section.principals, from, mistakes);
  const sorted: Sorted = new Map();
  for (const [index, entry] of read.entries.entries()) {
    const wrong = await faultsOf(entry, { section, read, env, sorted });
    for (const [path, text] of wrong) mistakes.push(await read.mistake([index, ...path], text));
  }
  for (const [index, text] of repeated(read.entries)) mistakes.push(await read.mistake([index, 'authid'], text));
  if (mistakes.length > 0) return { ...NO_LOGINS, mistakes };

  const made: RouterAuthenticator[] = [];
  for (const method of Object.keys(authentication) as RouterMethod[]) {
    try {
      // That is made where there is a listener to set it.
      if (method === 'cookie') await cookiesFor(authentication, { clock: systemClock, random: systemRandom });
      else if (method === 'anonymous') made.push(await anonymous(authentication.anonymous));
      else made.push(await verifierFor(method, sorted.get(method) ?? [], options.get(method) ?? {}));
    } catch (error) {
      mistakes.push({ path: ['router', 'authentication', method], text: messageOf(error) });
    }
  }
  for (const [index, { method }] of own.entries()) {
    if (!Object.hasOwn(authentication, method)) continue;
    mistakes.push({ path: ['router', 'authenticators', index], text: `authentication offers ${method} already` });
  }
  if (mistakes.length > 0) return { ...NO_LOGINS, mistakes };
  const realms = await Promise.all(
    read.entries.map(async ({ realm }, index) => {
      const { place, path } = await read.mistake([index, 'realm'], '');
      return { realm, place: place ?? placeOf(path) };
    }),
  );
  const said = made.length + own.length > 0 || section.authentication !== undefined;
  return { authenticators: said ? [...made, ...own] : undefined, realms, mistakes };
}

interface Around {
  readonly section: RouterSection;
  readonly read: PrincipalsRead;
  readonly env: SecretPlaces['env'];
  /** Where principals go that are right. */
  readonly sorted: Sorted;
}

/** What is wrong with an entry, each with its place in that. */
async function faultsOf(entry: PrincipalEntry, { section, read, env, sorted }: Around): Promise<[Path, string][]> {
  const faults: [Path, string][] = [];
  const { authid, authrole, realm, authprovider, authextra } = entry;
  const offered = Object.keys(section.authentication ?? {});
  const methods = PRINCIPAL_METHODS.filter((method) => entry[method] !== undefined);
  if (methods.length === 0) faults.push([[], `has no way to log in; give it ${PRINCIPAL_METHODS.join(', ')}`]);
  for (const method of methods) {
    if (!offered.includes(method))
      faults.push([[method], `router.authentication does not offer ${method}; add it there`]);
  }
  const roleFault = unknownRole(entry, section);
  if (roleFault !== undefined) faults.push([['authrole'], roleFault]);
  const proofs = await proofsOf(entry, { from: read.from, env }, (path, text) => faults.push([path, text]));
  const who = {
    authid,
    authrole,
    realm,
    ...(authprovider === undefined ? {} : { authprovider }),
    ...(authextra === undefined ? {} : { authextra }),
  };
  for (const method of methods) {
    if (proofs[method] === undefined) continue;
    const principal = { ...who, ...proofs[method] } as AnyPrincipal;
    try {
      await verifierFor(method, [principal], {});
      sorted.set(method, [...(sorted.get(method) ?? []), principal]);
    } catch (error) {
      const fault = placed(messageOf(error), method);
      if (!faults.some(([path, text]) => placeOf(path) === placeOf(fault[0]) && text === fault[1])) faults.push(fault);
    }
  }
  return faults;
}

/** Of `ticketVerifier: principals[0].realm: …` the place in the entry, and what is said of it. */
function placed(message: string, method: PrincipalMethod): [Path, string] {
  const [, place = '', text = message] = /^\w+: principals\[0\](?:\.([\w.[\]]+))?: (.*)$/s.exec(message) ?? [];
  const parts = place.split(/[.[\]]+/).filter((part) => part !== '');
  const path = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const [first] = path;
  const shared = first === method || (typeof first === 'string' && WHO.includes(first));
  return [shared ? path : [method, ...path], text];
}

const WHO: readonly string[] = ['authid', 'authrole', 'realm', 'authprovider', 'authextra'];

/** A role that its realm would refuse. */
function unknownRole({ authrole, realm }: PrincipalEntry, { realms = [] }: RouterSection): string | undefined {
  const found = realms.find((each) => typeof each === 'object' && each.name === realm);
  if (typeof found !== 'object' || found.roles === undefined || found.authorizer !== undefined) return undefined;
  const names = found.roles.map(({ name }) => name);
  if (names.includes(authrole)) return undefined;
  const near = nearestName(authrole, names);
  const advice = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
  return `the realm ${realm} has no role ${JSON.stringify(authrole)}; ${advice}`;
}

/** Entries of whom there is one of the same name, or with the same key, before them in one realm. */
function repeated(entries: readonly PrincipalEntry[]): [number, string][] {
  const seen = new Set<string>();
  return entries.flatMap(({ authid, realm }, index): [number, string][] => {
    // A realm has no white space.
    const key = `${realm} ${authid}`;
    const text = `${JSON.stringify(authid)} is there twice in the realm ${realm}; one entry has all of its methods`;
    if (seen.has(key)) return [[index, text]];
    seen.add(key);
    return [];
  });
}

function messageOf(error: unknown): string {
  if (error instanceof WampError) return error.message;
  throw error;
}
