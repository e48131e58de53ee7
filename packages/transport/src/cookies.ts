import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { type ConnectionCookies, InvalidConfiguration, type Logger, type TransportDetails } from '@wamp-run/protocol';
import type { CookieRule } from './websocket/origins.js';

/** The cookies of a connection: for its details, and the header of the answer that opens it. */
export interface OpenedCookies {
  readonly cookie: NonNullable<TransportDetails['cookie']>;
  readonly setCookie: string | undefined;
}

const NONE: OpenedCookies = { cookie: () => undefined, setCookie: undefined };

/** Whose cookies count, and who is asked for one. */
export interface CookieSettings {
  readonly rule: CookieRule;
  readonly issuer: ConnectionCookies | undefined;
  /** Told where the issuer fails. */
  readonly log: Logger;
}

/** Throws an InvalidConfiguration unless this is absent, or somebody to ask for cookies. */
export function checkedCookies(cookies: ConnectionCookies | undefined, of: string): ConnectionCookies | undefined {
  const { name, open } = (cookies ?? {}) as Partial<ConnectionCookies>;
  if (cookies === undefined || (typeof name === 'string' && typeof open === 'function')) return cookies;
  throw new InvalidConfiguration(`${of}: cookies: expected LoginCookies of @wamp-run/auth/cookie, or their like`);
}

/** The cookies with which a request opens a connection. A page of another origin has none, and gets none. */
export function openedCookies(
  { headers, socket }: IncomingMessage,
  { rule, issuer, log }: CookieSettings,
): OpenedCookies {
  if (!rule(headers.origin, headers.host) || (headers.cookie === undefined && issuer === undefined)) return NONE;
  const shown = cookiesIn(headers.cookie ?? '');
  let issued: ReturnType<ConnectionCookies['open']> | undefined;
  try {
    issued = issuer?.open(shown.get(issuer.name) ?? [], socket instanceof TLSSocket);
  } catch (err) {
    // Without a cookie everything goes on, but for being known again.
    log.error({ err }, 'a connection got no cookie: whoever makes them failed');
  }
  return {
    cookie: (name) => (name === issuer?.name ? issued?.value : shown.get(name)?.[0]),
    setCookie: issued?.setCookie,
  };
}

/** What is in a header `Cookie`: of each name all values, in their order. */
export function cookiesIn(header: string): ReadonlyMap<string, readonly string[]> {
  const cookies = new Map<string, string[]>();
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (at < 0) continue;
    const name = part.slice(0, at).trim();
    const value = part
      .slice(at + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1');
    const values = cookies.get(name);
    if (values === undefined) cookies.set(name, [value]);
    else values.push(value);
  }
  return cookies;
}

/** The cookies that a router has set, kept from one connection of a connector to the next. */
export class CookieJar {
  readonly #secure: boolean;
  readonly #values = new Map<string, string>();

  /** @param secure whether the connections are encrypted: others get no cookie that is for such */
  constructor(secure: boolean) {
    this.#secure = secure;
  }

  /** The headers of a request, with what is kept. */
  withCookies(headers: Readonly<Record<string, string>>): Record<string, string> {
    if (this.#values.size === 0) return { ...headers };
    const kept = [...this.#values].map(([name, value]) => `${name}=${value}`);
    const named = Object.keys(headers).find((name) => name.toLowerCase() === 'cookie');
    if (named === undefined) return { ...headers, Cookie: kept.join('; ') };
    return { ...headers, [named]: [headers[named], ...kept].join('; ') };
  }

  /** Keeps what an answer sets, and drops what it takes away. */
  take(setCookies: readonly string[] = []): void {
    for (const header of setCookies) {
      const [pair = '', ...attributes] = header.split(';').map((part) => part.trim());
      const at = pair.indexOf('=');
      const secure = attributes.some((each) => each.toLowerCase() === 'secure');
      if (at <= 0 || (secure && !this.#secure)) continue;
      const gone = attributes.some((each) => /^max-age=(0|-\d+)$/i.test(each));
      if (gone) this.#values.delete(pair.slice(0, at));
      else this.#values.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }
}

/** A jar where one is wanted. Throws an InvalidConfiguration unless that is said by true or false. */
export function jarOf(wanted: boolean, secure: boolean, of: string): CookieJar | undefined {
  if (typeof wanted !== 'boolean') throw new InvalidConfiguration(`${of}: cookies: expected true or false`);
  return wanted ? new CookieJar(secure) : undefined;
}
