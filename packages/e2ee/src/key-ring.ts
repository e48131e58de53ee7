import {
  type Clock,
  checkUri,
  InvalidConfiguration,
  isReserved,
  type KeyPolicy,
  type PayloadKeys,
} from '@wamp-run/protocol';
import { checkMembers } from './check-members.js';
import { Key } from './key.js';

/** `exact`: for this URI alone. `prefix`: for all that begin with it, and itself. */
export type KeyMatch = 'exact' | 'prefix';

/** What a prefix is compared by. */
export type PrefixRule = 'component' | 'character';

/** What a KeyRing is made from. */
export interface KeyRingOptions {
  /**
   * `component`: `com.shop` is for `com.shop.buy`, and not for `com.shopping`. `character`: for both, as Autobahn|Python
   * has it. Default: `component`.
   */
  readonly prefixes?: PrefixRule | undefined;
  /** Time, for `keepFor` of `rotate`. Default: none, and `keepFor` is refused. */
  readonly clock?: Clock | undefined;
}

/** What a ring holds for a URI, or for all that begin with one. */
export interface KeyEntry {
  /** The URI, or its beginning. `''`, as a prefix: the default for whatever has no entry of its own. */
  readonly uri: string;
  /** Default: `prefix`. */
  readonly match?: KeyMatch | undefined;
  /** What goes out is encrypted with this, and what comes may be. Default: none, and calls and events go in the clear. */
  readonly key?: Key | undefined;
  /** What comes may be encrypted with these, too: keys of yesterday and of tomorrow. */
  readonly accepts?: readonly Key[] | undefined;
  /** Default: `required`. It takes a `key`. */
  readonly policy?: KeyPolicy | undefined;
}

/** How long a key that was replaced still decrypts. */
export interface RotateOptions {
  /** Which entry. Default: `prefix`. */
  readonly match?: KeyMatch | undefined;
  /** Milliseconds. Default: no end but that of `keepLast`. */
  readonly keepFor?: number | undefined;
  /** How many keys besides the new one; 0: none. Default: 1, with `keepFor` any number. */
  readonly keepLast?: number | undefined;
}

/** A key that only decrypts. */
interface Accepted {
  readonly key: Key;
  /** By the ring's clock. */
  readonly until: number;
}

interface Entry {
  readonly uri: string;
  readonly match: KeyMatch;
  readonly policy: KeyPolicy;
  readonly key: Key | undefined;
  readonly accepted: readonly Accepted[];
}

const OPTIONS = ['prefixes', 'clock'];
const MEMBERS = ['uri', 'match', 'key', 'accepts', 'policy'];
const ROTATE = ['match', 'keepFor', 'keepLast'];

/**
 * Which key is for which URI. The entry of the whole URI is used, or else that of the longest prefix, or else the default.
 * What begins with `wamp.` is the router's own, and no default is for it, but for `wamp.error.…`, which procedures answer
 * with, too.
 *
 * It may be changed while sessions use it: what follows goes by what is in it then. Printed, or turned to JSON, it tells
 * of no secret.
 *
 * @example
 * const ring = new KeyRing();
 * ring.set({ uri: 'com.shop', key: new Key(secret) });
 * ring.set({ uri: 'com.shop.news', match: 'exact', policy: 'optional', key: Key.generate(random) });
 */
export class KeyRing implements PayloadKeys {
  readonly prefixes: PrefixRule;
  readonly #clock: Clock | undefined;
  readonly #exact = new Map<string, Entry>();
  readonly #prefix = new Map<string, Entry>();
  /** The lengths of prefixes, the longest first: what `character` has to try. */
  #lengths: readonly number[] = [];

  /** Throws InvalidConfiguration where an option is wrong. */
  constructor(options: KeyRingOptions = {}) {
    checkMembers(options, OPTIONS, 'key ring');
    this.prefixes = options.prefixes ?? 'component';
    if (this.prefixes !== 'component' && this.prefixes !== 'character') {
      throw new InvalidConfiguration("prefixes: expected 'component' or 'character'");
    }
    this.#clock = options.clock;
  }

  /** Adds an entry, or replaces the one of this URI and match. Throws InvalidConfiguration or InvalidUriError where it is wrong. */
  set(entry: KeyEntry): void {
    checkMembers(entry, MEMBERS, 'entry');
    const { uri, key, accepts = [], policy = 'required' } = entry;
    const match = this.#checkPlace(uri, entry.match);
    const where = placeOf(uri);
    if (policy !== 'required' && policy !== 'optional') {
      throw new InvalidConfiguration(`${where}: policy: expected 'required' or 'optional'`);
    }
    if (key !== undefined) checkKey(key, `${where}: key`);
    if (!Array.isArray(accepts)) throw new InvalidConfiguration(`${where}: accepts: expected a list of keys`);
    for (const accepted of accepts) checkKey(accepted, `${where}: accepts`);
    if (key === undefined && (policy === 'required' || accepts.length === 0)) {
      throw new InvalidConfiguration(
        `${where}: expected a key; what only decrypts takes 'accepts', and the policy 'optional'`,
      );
    }
    this.#store({ uri, match, policy, key, accepted: accepts.map((each) => ({ key: each, until: Infinity })) });
  }

  /**
   * Puts another key in an entry's place; what came before still decrypts for a while. Others need the new key before
   * anybody encrypts with it: give it to them under `accepts` first, then rotate, then take the old one out.
   *
   * @throws InvalidConfiguration where there is no such entry, or `keepFor` is given and the ring has no clock
   * @example ring.rotate('com.shop', Key.generate(random), { keepFor: 3_600_000 });
   */
  rotate(uri: string, key: Key, options: RotateOptions = {}): void {
    checkMembers(options, ROTATE, 'rotate');
    const { keepFor, keepLast = keepFor === undefined ? 1 : Infinity } = options;
    const match = this.#checkPlace(uri, options.match);
    const where = placeOf(uri);
    checkKey(key, `${where}: key`);
    if (keepFor !== undefined && !(keepFor >= 0)) {
      throw new InvalidConfiguration('keepFor: expected a number of milliseconds (0 or more)');
    }
    if (keepLast !== Infinity && !(Number.isInteger(keepLast) && keepLast >= 0)) {
      throw new InvalidConfiguration('keepLast: expected a number of keys (0 or more)');
    }
    if (keepFor !== undefined && this.#clock === undefined) {
      throw new InvalidConfiguration('keepFor: the key ring has no clock; give it one when it is made');
    }
    const entry = this.#entries(match).get(uri);
    if (entry === undefined) throw new InvalidConfiguration(`${where}: there is no such entry to rotate`);
    const accepted = this.#alive(entry.accepted).filter((each) => each.key.id !== key.id);
    if (entry.key !== undefined && entry.key.id !== key.id) {
      accepted.unshift({ key: entry.key, until: this.#now() + (keepFor ?? Infinity) });
    }
    this.#store({ ...entry, key, accepted: accepted.slice(0, keepLast) });
  }

  /** Takes an entry out. Whether there was one. */
  delete(uri: string, match: KeyMatch = 'prefix'): boolean {
    const deleted = this.#entries(match).delete(uri);
    this.#measure();
    return deleted;
  }

  /** The entries, as they would be set anew: keys that no longer decrypt are left out. */
  entries(): KeyEntry[] {
    return [...this.#exact.values(), ...this.#prefix.values()].map(({ uri, match, policy, key, accepted }) => ({
      uri,
      match,
      policy,
      key,
      accepts: this.#alive(accepted).map((each) => each.key),
    }));
  }

  policyFor(uri: string): KeyPolicy | undefined {
    return this.#entry(uri)?.policy;
  }

  keyIdFor(uri: string): string | undefined {
    return this.#entry(uri)?.key?.id;
  }

  /**
   * The key that a payload goes out with; undefined where it may go in the clear. An answer is encrypted also where
   * calls would not be: with the first that only decrypts. Throws InvalidConfiguration where no key serves this side.
   */
  sealing(isOriginating: boolean, uri: string): Key | undefined {
    const entry = this.#entry(uri);
    if (entry === undefined || (isOriginating && entry.key === undefined)) return undefined;
    const keys = entry.key === undefined ? this.#alive(entry.accepted).map(({ key }) => key) : [entry.key];
    const key = keys.find((each) => each.serves(isOriginating));
    if (key !== undefined) return key;
    throw new InvalidConfiguration(
      `${placeOf(entry.uri)}: its key is not enough to ${isOriginating ? 'call and publish' : 'answer'}; nothing is sent`,
    );
  }

  /** The keys that a payload may have been made with, the likeliest first. */
  opening(isOriginating: boolean, uri: string, keyId: string | undefined): Key[] {
    const entry = this.#entry(uri);
    if (entry === undefined) return [];
    const keys = this.#alive(entry.accepted).map(({ key }) => key);
    if (entry.key !== undefined) keys.unshift(entry.key);
    const wanted = keyId?.toLowerCase();
    return keys.filter((key) => key.serves(isOriginating) && (wanted === undefined || key.id.toLowerCase() === wanted));
  }

  /** What others may see of it. */
  toJSON(): { prefixes: PrefixRule; keys: object[] } {
    return { prefixes: this.prefixes, keys: this.entries() };
  }

  #entry(uri: string): Entry | undefined {
    const exact = this.#exact.get(uri);
    if (exact !== undefined) return exact;
    const found = this.prefixes === 'component' ? this.#byComponent(uri) : this.#byCharacter(uri);
    if (found !== undefined) return found;
    // The router reads what is called there, and says what is published: with a key it would answer nobody.
    return isReserved(uri) && !uri.startsWith('wamp.error.') ? undefined : this.#prefix.get('');
  }

  #byComponent(uri: string): Entry | undefined {
    for (let end = uri.length; end > 0; end = uri.lastIndexOf('.', end - 1)) {
      const entry = this.#prefix.get(uri.slice(0, end));
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  #byCharacter(uri: string): Entry | undefined {
    for (const length of this.#lengths) {
      const entry = length > uri.length ? undefined : this.#prefix.get(uri.slice(0, length));
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  #alive(accepted: readonly Accepted[]): Accepted[] {
    const now = this.#now();
    return accepted.filter(({ until }) => until > now);
  }

  #now(): number {
    return this.#clock?.now() ?? 0;
  }

  #entries(match: KeyMatch): Map<string, Entry> {
    return match === 'exact' ? this.#exact : this.#prefix;
  }

  #store(entry: Entry): void {
    this.#entries(entry.match).set(entry.uri, entry);
    this.#measure();
  }

  #measure(): void {
    const lengths = new Set([...this.#prefix.keys()].map(({ length }) => length));
    lengths.delete(0);
    this.#lengths = [...lengths].sort((a, b) => b - a);
  }

  #checkPlace(uri: string, match: KeyMatch = 'prefix'): KeyMatch {
    if (match !== 'exact' && match !== 'prefix') {
      throw new InvalidConfiguration("match: expected 'exact' or 'prefix'");
    }
    if (uri === '' && match === 'prefix') return match;
    checkUri(uri, 'uri', match);
    if (match === 'prefix' && this.prefixes === 'component' && uri.endsWith('.')) {
      throw new InvalidConfiguration(`${placeOf(uri)}: leave out the dot at the end: a prefix is for whole components`);
    }
    return match;
  }
}

function checkKey(key: unknown, what: string): void {
  if (Key.isKey(key)) return;
  throw new InvalidConfiguration(`${what}: expected a Key, as new Key(…) makes one`);
}

function placeOf(uri: string): string {
  return uri === '' ? 'the default entry' : `the entry of ${uri}`;
}
