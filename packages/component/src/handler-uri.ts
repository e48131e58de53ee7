import { checkRegistration, checkSubscription } from '@wamp-run/client';
import { InvalidConfiguration, isReserved } from '@wamp-run/protocol';
import { noUri } from './configured.js';
import type { ConfiguredUri, UriConfig } from './configured-uri.js';
import { resolveUri } from './relative-uri.js';

/** A URI as somebody wrote it, and what goes with it. */
export interface GivenUri {
  readonly kind: 'procedure' | 'topic';
  /** Undefined: the method's name. */
  readonly uri: unknown;
  readonly method: string;
  readonly prefix: string | undefined;
  /** What it is registered or subscribed with: it says how the URI is matched. */
  readonly options: object;
  /** What errors call the place where it was written: `@register`. */
  readonly place: string;
}

/**
 * The URI that a handler has, checked together with its options; for one that depends on the configuration a function
 * that gives it, and throws what is wrong with it then. What is wrong now goes to `complain`.
 */
export function handlerUri(given: GivenUri, complain: (sentence: string) => void): string | ConfiguredUri {
  const { uri = given.method, place } = given;
  if (typeof uri === 'function') {
    return (config) => checked(given, (uri as (config: UriConfig) => unknown)(config));
  }
  if (typeof uri !== 'string') {
    complain(`${place}() takes a URI first, not ${typeof uri}; leave it out for the method's name`);
    return given.method;
  }
  try {
    return checked(given, uri);
  } catch (error) {
    complain((error as Error).message);
    return resolveUri(uri, given.prefix);
  }
}

function checked({ kind, prefix, options, place }: GivenUri, uri: unknown): string {
  if (typeof uri !== 'string') throw noUri(uri);
  const resolved = resolveUri(uri, prefix);
  const where = `${place}(${JSON.stringify(uri)})`;
  try {
    if (kind === 'procedure') checkRegistration(resolved, options);
    else checkSubscription(resolved, options);
  } catch (error) {
    throw new InvalidConfiguration(`${where}: ${(error as Error).message}`);
  }
  if (kind === 'procedure' && isReserved(resolved)) {
    throw new InvalidConfiguration(`${where}: URIs that begin with wamp belong to the protocol; choose another`);
  }
  return resolved;
}
