import { InvalidConfiguration, isDict, type KeyPolicy } from '@wamp-run/protocol';
import { checkMembers } from './check-members.js';
import { Key, type KeyParts } from './key.js';
import { type KeyMatch, KeyRing, type KeyRingOptions, type PrefixRule } from './key-ring.js';
import type { KeyForm } from './key-text.js';

/** How payloads are encrypted: by a cipher of the specification, or as Autobahn|Python does. */
export type Encryption = 'xsalsa20poly1305' | 'aes256gcm' | 'cryptobox';

/** The encryptions that there are. */
export const ENCRYPTIONS: readonly Encryption[] = ['xsalsa20poly1305', 'aes256gcm', 'cryptobox'];

/** What a key file holds. */
export interface KeyFile {
  readonly encryption: Encryption;
  readonly ring: KeyRing;
}

/** The first member of a key file, which tells what it is. */
const FORMAT = 'wamp-run key ring 1';
const MEMBERS = ['format', 'encryption', 'prefixes', 'keys'];
const ENTRY = ['uri', 'match', 'policy', 'key', 'accepts'];

/**
 * Reads a key file: JSON, as `formatKeyFile` writes it.
 *
 * ```json
 * {
 *   "format": "wamp-run key ring 1",
 *   "encryption": "xsalsa20poly1305",
 *   "keys": [
 *     { "uri": "com.shop", "key": { "secret": "…" } },
 *     { "uri": "com.shop.news", "match": "exact", "policy": "optional",
 *       "key": { "originatorPrivate": "…", "responderPublic": "…" },
 *       "accepts": [{ "secret": "…" }] }
 *   ]
 * }
 * ```
 *
 * `prefixes` (`component`), `match` (`prefix`), `policy` (`required`) and `accepts` may be left out; keys are base64 or
 * hex. A file knows no time: what is in `accepts` decrypts until it is taken out.
 *
 * @param options what the ring gets besides
 * @throws InvalidConfiguration that names the place; nothing of the text is in it
 */
export function parseKeyFile(text: string, options: Pick<KeyRingOptions, 'clock'> = {}): KeyFile {
  const file = parsed(text);
  checkMembers(file, MEMBERS, 'key file');
  const { format, encryption, prefixes, keys } = file as Record<string, unknown>;
  if (format !== FORMAT) throw new InvalidConfiguration(`format: expected ${JSON.stringify(FORMAT)}`);
  if (!ENCRYPTIONS.includes(encryption as Encryption)) {
    throw new InvalidConfiguration(`encryption: expected one of ${ENCRYPTIONS.join(', ')}`);
  }
  if (!Array.isArray(keys) || keys.length === 0) throw new InvalidConfiguration('keys: expected a list of entries');
  const ring = new KeyRing({ ...options, prefixes: prefixes as PrefixRule | undefined });
  const seen = new Set<string>();
  keys.forEach((entry: unknown, index) => {
    naming(`keys[${index}]`, () => addEntry(ring, seen, entry));
  });
  return { encryption: encryption as Encryption, ring };
}

/** A key file's text, secrets and all. Keys that decrypt for a time only are in it without an end. */
export function formatKeyFile({ encryption, ring }: KeyFile, form: KeyForm = 'base64'): string {
  const keys = ring.entries().map(({ uri, match, policy, key, accepts = [] }) => ({
    uri,
    ...(match === 'exact' ? { match } : {}),
    ...(policy === 'optional' ? { policy } : {}),
    ...(key === undefined ? {} : { key: key.reveal(form) }),
    ...(accepts.length === 0 ? {} : { accepts: accepts.map((each) => each.reveal(form)) }),
  }));
  const prefixes = ring.prefixes === 'component' ? {} : { prefixes: ring.prefixes };
  return `${JSON.stringify({ format: FORMAT, encryption, ...prefixes, keys }, undefined, 2)}\n`;
}

function addEntry(ring: KeyRing, seen: Set<string>, entry: unknown): void {
  checkMembers(entry, ENTRY, 'entry');
  const { uri, match, policy, key, accepts = [] } = entry as Record<string, unknown>;
  const place = JSON.stringify([uri, match ?? 'prefix']);
  if (seen.has(place)) throw new InvalidConfiguration('uri: there is an entry for it already');
  seen.add(place);
  if (!Array.isArray(accepts)) throw new InvalidConfiguration('accepts: expected a list of keys');
  ring.set({
    uri: uri as string,
    match: match as KeyMatch | undefined,
    policy: policy as KeyPolicy | undefined,
    key: key === undefined ? undefined : keyOf(key),
    accepts: accepts.map((each, index) => naming(`accepts[${index}]`, () => keyOf(each))),
  });
}

function keyOf(parts: unknown): Key {
  if (!isDict(parts)) throw new InvalidConfiguration('key: expected an object, such as { "secret": "…" }');
  return new Key(parts as KeyParts);
}

function naming<T>(place: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    // Errors of keys never tell what was given, and those of URIs tell the URI.
    throw new InvalidConfiguration(`${place}: ${error instanceof Error ? error.message : 'is wrong'}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser quotes what it read, which may be a secret: only the place is told.
    const [place] = /at position \d+/.exec(error instanceof Error ? error.message : '') ?? [];
    throw new InvalidConfiguration(`key file: not JSON${place === undefined ? '' : `, ${place}`}`);
  }
}
