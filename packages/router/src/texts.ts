import { checkUri, type MatchPolicy, type UriRule } from '@wamp-run/protocol';

// Texts that repeat what a peer sent are cut: an answer must fit every wire, however long the question was.
const LONGEST = 200;

/** A text, cut where it is long. */
export function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

/** What a peer sent, in quotes, cut where it is long. */
export function quoted(text: unknown): string {
  return JSON.stringify(cut(String(text)));
}

/** The longest URI, or pattern of URIs, that a router takes, in characters. */
export const MAX_URI_LENGTH = 1_024;

/** The most parts, between dots, of a URI or a pattern. */
export const MAX_URI_PARTS = 32;

/**
 * The most parts of a wildcard pattern. Each part may be open or not, so patterns made for it double the places that a
 * lookup visits with each part.
 */
export const MAX_WILDCARD_PARTS = 10;

/** What is wrong with a URI, for people; undefined where nothing is. `what` names the place: `topic`, `procedure`. */
export function uriFault(uri: string, what: string, rule: UriRule, match: MatchPolicy = 'exact'): string | undefined {
  if (uri.length > MAX_URI_LENGTH) return `${what}: ${quoted(uri)} is longer than ${MAX_URI_LENGTH} characters`;
  const most = match === 'wildcard' ? MAX_WILDCARD_PARTS : MAX_URI_PARTS;
  if (partsOf(uri) > most) return `${what}: ${quoted(uri)} has more than ${most} parts`;
  try {
    checkUri(uri, what, match, rule);
    return undefined;
  } catch (error) {
    const text = (error as Error).message;
    return text.length <= 2 * LONGEST ? text : `${what}: ${quoted(uri)} is not a URI`;
  }
}

/** How many parts a URI has: one more than dots. */
export function partsOf(uri: string): number {
  let parts = 1;
  for (let dot = uri.indexOf('.'); dot !== -1; dot = uri.indexOf('.', dot + 1)) parts++;
  return parts;
}
