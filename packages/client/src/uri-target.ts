import { checkUri, type Dict, InvalidConfiguration, type MatchPolicy, uriPattern } from '@wamp-run/protocol';

/** What a registration or subscription is for. */
export interface UriTarget {
  /** As it was asked for. */
  readonly text: string;
  /** As the wire carries it. */
  readonly uri: string;
  readonly match: MatchPolicy;
  /** The values of its named parts in a URI, or undefined where that does not fit. Undefined without named parts. */
  readonly values: ((uri: string) => Dict | undefined) | undefined;
}

/** What a handler finds in `params` where there are no named parts. */
export const NO_PARAMS: Readonly<Dict> = Object.freeze({});

/**
 * Reads what somebody wants to register or subscribe to, which may have named parts.
 *
 * @throws InvalidUriError that names the place, `procedure` or `topic`; InvalidConfiguration where the named parts are
 *   matched in another way than `match` says
 */
export function uriTarget(text: string, what: string, match: MatchPolicy | undefined): UriTarget {
  if (typeof text !== 'string' || !/[<>]/.test(text)) {
    const policy = match ?? 'exact';
    checkUri(text, what, policy);
    return { text, uri: text, match: policy, values: undefined };
  }
  const pattern = uriPattern(text);
  if (match !== undefined && match !== pattern.match) {
    const wanted = `${JSON.stringify(text)} is matched as '${pattern.match}'`;
    throw new InvalidConfiguration(`${what} options.match: ${wanted}, not as '${match}'; leave it out`);
  }
  return { text, uri: pattern.uri, match: pattern.match, values: (uri) => pattern.values(uri) };
}

/** The values of the named parts in the URI that a message brought; undefined where it does not fit. */
export function paramsOf({ values }: UriTarget, uri: string | undefined): Readonly<Dict> | undefined {
  if (values === undefined) return NO_PARAMS;
  return uri === undefined ? undefined : values(uri);
}
