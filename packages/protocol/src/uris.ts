import { InvalidUriError } from './errors.js';

/**
 * - `exact`: no part may be empty (topics of PUBLISH, procedures of CALL, errors, realms)
 * - `prefix`: the last part may be empty
 * - `wildcard`: any part may be empty, and an empty part matches one of anything
 */
export type MatchPolicy = 'exact' | 'prefix' | 'wildcard';

/** `loose` allows everything but white space, `#` and empty parts; `strict` only a-z, 0-9 and `_`. */
export type UriRule = 'loose' | 'strict';

// White space is what JavaScript's \s says. Python's differs in U+FEFF, U+0085 and U+001C to U+001F.
const PATTERNS: Record<UriRule, Record<MatchPolicy, RegExp>> = {
  loose: {
    exact: /^(?:[^\s.#]+\.)*[^\s.#]+$/,
    prefix: /^(?:[^\s.#]+\.)*[^\s.#]*$/,
    wildcard: /^(?:[^\s.#]*\.)*[^\s.#]*$/,
  },
  strict: {
    exact: /^(?:[0-9a-z_]+\.)*[0-9a-z_]+$/,
    prefix: /^(?:[0-9a-z_]+\.)*[0-9a-z_]*$/,
    wildcard: /^(?:[0-9a-z_]*\.)*[0-9a-z_]*$/,
  },
};

/** Whether a string is a URI, or a pattern of URIs where `match` says so. */
export function isUri(uri: string, match: MatchPolicy = 'exact', rule: UriRule = 'loose'): boolean {
  return PATTERNS[rule][match].test(uri);
}

/** Throws an InvalidUriError that says what is wrong. `what` names the place, e.g. `procedure`. */
export function checkUri(uri: unknown, what: string, match: MatchPolicy = 'exact', rule: UriRule = 'loose'): void {
  if (typeof uri !== 'string') throw new InvalidUriError(`${what}: expected a URI, got ${typeof uri}`);
  if (isUri(uri, match, rule)) return;
  throw new InvalidUriError(`${what}: ${JSON.stringify(uri)} is not a URI (${complaint(uri, match, rule)})`);
}

function complaint(uri: string, match: MatchPolicy, rule: UriRule): string {
  if (uri === '') return 'it is empty';
  if (/\s/.test(uri)) return 'it contains white space';
  if (uri.includes('#')) return 'it contains #';
  if (rule === 'strict' && /[^0-9a-z_.]/.test(uri)) return 'only a-z, 0-9, _ and . are allowed here';
  return match === 'exact' ? 'a part between dots is empty' : 'a part before the last is empty';
}

/** URIs whose first part is `wamp` belong to the protocol: applications do not register or publish there. */
export function isReserved(uri: string): boolean {
  return uri === 'wamp' || uri.startsWith('wamp.');
}

/** Whether a URI meets a pattern. Prefixes match character by character, wildcards part by part. */
export function matches(uri: string, pattern: string, match: MatchPolicy): boolean {
  if (match === 'exact') return uri === pattern;
  if (match === 'prefix') return uri.startsWith(pattern);
  const parts = uri.split('.');
  const wanted = pattern.split('.');
  return parts.length === wanted.length && wanted.every((part, i) => part === '' || part === parts[i]);
}
