import { checkUri, InvalidUriError } from '@wamp-run/protocol';

/**
 * The URI that a decorator means. Without a dot, or with one in front, it stands behind the prefix, joined by one dot,
 * or by itself where there is no prefix; any other is absolute.
 */
export function resolveUri(uri: string, prefix: string | undefined): string {
  const leading = uri.startsWith('.');
  if (!leading && uri.includes('.')) return uri;
  const name = leading ? uri.slice(1) : uri;
  return prefix === undefined ? name : `${prefix}.${name}`;
}

/** What is wrong with a URI, or undefined. */
export function uriComplaint(uri: string, what: string): string | undefined {
  try {
    checkUri(uri, what);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidUriError) return error.message;
    throw error;
  }
}

/** The options of a component; a realm or prefix that is none goes to `complain`, and is as good as not given. */
export function withoutBadUris<O extends { realm?: string; prefix?: string }>(
  options: O,
  complain: (sentence: string) => void,
): O {
  const fine = { ...options };
  for (const key of ['realm', 'prefix'] as const) {
    const value = fine[key];
    const complaint = value === undefined ? undefined : uriComplaint(value, `the option '${key}'`);
    if (complaint === undefined) continue;
    complain(complaint);
    delete fine[key];
  }
  return fine;
}
