import { checkUri, InvalidConfiguration, type MatchPolicy, type UriRule } from '@wamp-run/protocol';

/** Throws InvalidConfiguration, naming the place, for what is no URI, or no pattern where `match` says so. */
export function checkConfiguredUri(uri: unknown, place: string, match: MatchPolicy, rule: UriRule): void {
  try {
    checkUri(uri, place, match, rule);
  } catch (error) {
    throw new InvalidConfiguration((error as Error).message, { cause: error });
  }
}
