import { checkUri, type MatchPolicy } from '@wamp-run/protocol';

/** What a registration or subscription is for. */
export interface UriTarget {
  /** As it was asked for. */
  readonly text: string;
  /** As the wire carries it. */
  readonly uri: string;
  readonly match: MatchPolicy;
}

/** Throws an InvalidUriError that names the place, `procedure` or `topic`. */
export function uriTarget(text: string, what: string, match: MatchPolicy = 'exact'): UriTarget {
  checkUri(text, what, match);
  return { text, uri: text, match };
}
