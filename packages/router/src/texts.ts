import { checkUri, type UriRule } from '@wamp-run/protocol';

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

/** What is wrong with a URI, for people; undefined where nothing is. `what` names the place: `topic`, `procedure`. */
export function uriFault(uri: string, what: string, rule: UriRule): string | undefined {
  try {
    checkUri(uri, what, 'exact', rule);
    return undefined;
  } catch (error) {
    const text = (error as Error).message;
    return text.length <= 2 * LONGEST ? text : `${what}: ${quoted(uri)} is not a URI`;
  }
}
