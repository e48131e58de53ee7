import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The hash of what a file holds; undefined where it cannot be read. */
export function hashOf(url: string): string | undefined {
  try {
    return createHash('sha256')
      .update(readFileSync(fileURLToPath(url)))
      .digest('base64');
  } catch {
    return undefined;
  }
}

/** The parameter of a URL that holds its version. */
const KEY = 'wamp-run';

/** A URL without its version. Any other parameter stays. */
export function unversioned(url: string): string {
  if (!url.startsWith('file:') || !url.includes(KEY)) return url;
  const parsed = new URL(url);
  parsed.searchParams.delete(KEY);
  return parsed.href;
}

/** A URL of a file in a version. The first is that of no parameter: as anybody else imports it. */
export function versioned(url: string, version: number | undefined): string {
  if (version === undefined) return url;
  const parsed = new URL(url);
  parsed.searchParams.set(KEY, String(version));
  return parsed.href;
}
