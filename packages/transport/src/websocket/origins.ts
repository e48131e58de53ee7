import { InvalidConfiguration } from '@wamp-run/protocol';

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Decides which web pages may connect. Only browsers send an Origin; without one there is no page to speak of. */
export type OriginRule = (origin: string | undefined) => boolean;

/**
 * Pages from loopback, and those from the listed origins (`https://shop.example`, `https://shop.example:*` for any
 * port), may connect; `*` lets all of them. `null` is what pages send that have no origin of their own, and is let in
 * only where it is listed. Throws an InvalidConfiguration for an entry that is no origin.
 */
export function originRule(allowed: readonly string[], of: string): OriginRule {
  if (!Array.isArray(allowed)) {
    throw new InvalidConfiguration(`${of}: allowedOrigins: expected a list of origins, got ${typeof allowed}`);
  }
  const listed = new Set(allowed.map((entry) => (entry === '*' ? entry : listedOrigin(entry, of))));
  if (listed.has('*')) return () => true;
  return (origin) => {
    if (origin === undefined) return true;
    const lower = origin.toLowerCase();
    return isLoopback(lower) || listed.has(lower) || listed.has(withAnyPort(lower));
  };
}

/** Whether the cookies of a request count: those of what is no page, and of a page that belongs to the server. */
export type CookieRule = (origin: string | undefined, host: string | undefined) => boolean;

/**
 * Browsers send cookies along whoever's page asks for a connection. They count for pages of the server's own host, and for
 * those from the origins that are listed by name: neither `*` nor another port of loopback says whose a page is.
 */
export function cookieRule(allowed: readonly string[], of: string): CookieRule {
  const names = allowed.filter((entry) => entry !== '*' && entry !== 'null');
  const listed = new Set(names.map((entry) => listedOrigin(entry, of)));
  return (origin, host) => {
    if (origin === undefined) return true;
    const lower = origin.toLowerCase();
    if (listed.has(lower) || listed.has(withAnyPort(lower))) return true;
    return URL.canParse(lower) && host !== undefined && new URL(lower).host === host.toLowerCase();
  };
}

function isLoopback(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return (protocol === 'http:' || protocol === 'https:') && LOOPBACK.has(hostname);
}

function withAnyPort(origin: string): string {
  return `${origin.replace(/:\d+$/, '')}:*`;
}

/** An entry as browsers write it: lower case, no slash at the end, no port where it is the scheme's own. */
function listedOrigin(entry: string, of: string): string {
  if (entry === 'null') return entry;
  const [, origin, anyPort] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#@*]+?)(:\*)?\/?$/i.exec(String(entry)) ?? [];
  const url = origin !== undefined && URL.canParse(origin) ? new URL(origin) : undefined;
  // A second port, before the one that is any, is a slip.
  if (url === undefined || (anyPort !== undefined && url.port !== '')) {
    throw new InvalidConfiguration(
      `${of}: allowedOrigins: ${JSON.stringify(entry)} is not an origin; write https://host, https://host:port, https://host:*, null or *`,
    );
  }
  return `${url.protocol}//${url.host}${anyPort ?? ''}`.toLowerCase();
}
