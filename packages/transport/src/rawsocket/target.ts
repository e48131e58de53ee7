import { InvalidConfiguration } from '@wamp-run/protocol';
import { hostAndPort } from '../address.js';
import { checkSocketPath } from '../unix-socket.js';

/** Where a connector connects to. */
export type Target = TcpTarget | UnixTarget;

interface TcpTarget {
  readonly kind: 'tcp';
  readonly host: string;
  readonly port: number;
  /** Whether TLS is spoken. */
  readonly secure: boolean;
  /** The URL for people. */
  readonly address: string;
}

interface UnixTarget {
  readonly kind: 'unix';
  readonly path: string;
  readonly secure: false;
  readonly address: string;
}

const FORMS = 'write rs://host:port, rss://host:port or unix:/path';

/** The ports where a URL names none, as Autobahn has them. */
const DEFAULT_PORTS = { rs: 80, rss: 443 } as const;

/** Throws an InvalidConfiguration that names the URL and says what is wrong with it. */
export function targetOf(text: string): Target {
  const unix = /^(?:rs:\/\/unix:|unix:(?:\/\/(?=\/))?)(.*)$/s.exec(String(text));
  if (unix !== null) {
    const path = unix[1] as string;
    checkSocketPath(path, JSON.stringify(text));
    return { kind: 'unix', path, secure: false, address: unixUrl(path) };
  }
  const match = /^(rss?):\/\/(?:([^/?#@\s]*)@)?(\[[0-9a-f:.]+\]|[^/?#@\s:[\]]+)(?::(\d{1,5}))?(\/?)$/i.exec(
    String(text),
  );
  const scheme = match?.[1]?.toLowerCase() as 'rs' | 'rss' | undefined;
  const host = match?.[3]?.replace(/^\[|\]$/g, '');
  if (match === null || scheme === undefined || host === undefined) throw refused(text, complaintAbout(text));
  if (match[2] !== undefined) throw refused(text, 'a user and password have no place in it');
  const port = match[4] === undefined ? DEFAULT_PORTS[scheme] : Number(match[4]);
  if (port < 1 || port > 65_535) throw refused(text, `there is no port ${port}`);
  return { kind: 'tcp', host, port, secure: scheme === 'rss', address: `${scheme}://${hostAndPort(host, port)}` };
}

/** How the address of a Unix socket is written. */
export function unixUrl(path: string): string {
  return `unix:${path}`;
}

function complaintAbout(text: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(String(text))?.[0].toLowerCase();
  if (scheme === undefined) return 'it has no scheme';
  if (scheme !== 'rs:' && scheme !== 'rss:') return `its scheme is ${scheme} and not rs:, rss: or unix:`;
  if (/^rss:\/\/unix:/i.test(text)) return 'there is no TLS on a Unix socket';
  if (/[/?#]/.test(text.replace(/^\w+:\/\//, ''))) return 'RawSocket has no path, no query and no fragment';
  return 'it cannot be parsed';
}

function refused(text: string, complaint: string): InvalidConfiguration {
  const shown = String(text).replace(/\/\/.*@/s, '//');
  return new InvalidConfiguration(`${JSON.stringify(shown)} is not a RawSocket URL: ${complaint}; ${FORMS}`);
}
