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
