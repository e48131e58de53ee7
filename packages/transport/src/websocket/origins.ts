import { InvalidConfiguration } from '@wamp-run/protocol';

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Decides which web pages may connect. Only browsers send an Origin; without one there is no page to speak of. */
export type OriginRule = (origin: string | undefined) => boolean;

/**
 * Pages from loopback, and those from the listed origins (`https://shop.example`), may connect; `*` lets all of them.
 * Throws an InvalidConfiguration for an entry that is no origin.
 */
export function originRule(allowed: readonly string[], of: string): OriginRule {
  if (allowed.includes('*')) return () => true;
  const listed = new Set(allowed.map((entry) => listedOrigin(entry, of)));
  return (origin) => origin === undefined || isLoopback(origin) || listed.has(origin.toLowerCase());
}

function isLoopback(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return (protocol === 'http:' || protocol === 'https:') && LOOPBACK.has(hostname);
}

/** An entry as browsers write it: lower case, no slash at the end, no port where it is the scheme's own. */
function listedOrigin(entry: string, of: string): string {
  // What pages without an origin of their own send, from a file for example.
  if (entry === 'null') return entry;
  const url = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@]+\/?$/i.test(entry) && URL.canParse(entry) ? new URL(entry) : undefined;
  if (url === undefined) {
    throw new InvalidConfiguration(
      `${of}: allowedOrigins: ${JSON.stringify(entry)} is not an origin; write https://host, https://host:port or *`,
    );
  }
  return `${url.protocol}//${url.host}`.toLowerCase();
}
