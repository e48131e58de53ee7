import {
  CLOSE_REASONS,
  type Clock,
  type ConnectionCookies,
  checkOptionNames,
  type HelloVerdict,
  InvalidConfiguration,
  type LoginAccepted,
  type LoginRequest,
  type Random,
  type RouterAuthenticator,
} from '@wamp-run/protocol';
import { base64 } from '../bytes.js';
import { checkFunction, checkSwitch, checkText, checkWhole } from '../settings.js';
import { KeptLogins } from './kept-logins.js';

/** How cookies are set and kept. */
export interface LoginCookiesOptions {
  /** How old a cookie is. */
  readonly clock: Clock;
  /** Where cookies come from: 256 bits each. */
  readonly random: Random;
  /** The cookie's name. With `__Host-` before it a browser takes it over TLS only. Default: `wamp-login`. */
  readonly name?: string | undefined;
  /** Milliseconds for which a login holds. Default: a day. */
  readonly maxAge?: number | undefined;
  /** Whether browsers may send it over TLS only. Default: where the connection is encrypted here; say true behind a proxy. */
  readonly secure?: boolean | undefined;
  /** How many cookies are kept; the oldest go first. Default: 10 000. */
  readonly limit?: number | undefined;
  /** The same of one principal. Default: 20. */
  readonly limitOfOne?: number | undefined;
}

const NAMES = {
  clock: true,
  random: true,
  name: true,
  maxAge: true,
  secure: true,
  limit: true,
  limitOfOne: true,
} as const;

const DAY = 24 * 60 * 60 * 1_000;

/**
 * The router's half of `cookie`: sets a cookie on connections over HTTP, remembers who has logged in with it by another
 * method, and lets it in by it the next time. One object is for a router's listeners (`cookies`) and its authenticators.
 *
 * A cookie that nobody has earned here is never taken over: whoever shows one gets another; and one that somebody has earned
 * never comes to stand for somebody else. So nobody can be made to log in with a cookie that another one knows. It stands
 * for one principal in one realm, is `HttpOnly` and `SameSite=Strict`; pages of other origins have
 * none (see `cookie` of `TransportDetails`). A session that leaves with `wamp.close.logout` has its cookie forgotten, and so
 * does everybody when the router ends.
 *
 * @example
 * const cookies = new LoginCookies({ clock, random });
 * const router = new Router({
 *   authenticators: [cookies.verifier, ...cookies.remembering([ticketVerifier({ principals })])],
 *   clock, random,
 * });
 * await router.listen(portListener({ port: 8080, serializers, clock, random, cookies }));
 */
export class LoginCookies implements ConnectionCookies {
  readonly name: string;
  /** Lets in who shows a cookie that was earned in the realm of HELLO, and passes for everybody else. */
  readonly verifier: RouterAuthenticator;
  readonly #kept: KeptLogins;
  readonly #random: Random;
  readonly #secure: boolean | undefined;
  /** Seconds. */
  readonly #maxAge: number;

  /** Throws InvalidConfiguration where an option is wrong. */
  constructor(options: LoginCookiesOptions) {
    const of = 'LoginCookies';
    checkOptionNames(options, NAMES, of);
    const { clock, random, name = 'wamp-login', maxAge = DAY, secure, limit = 10_000, limitOfOne = 20 } = options;
    checkText(name, `${of}: name`);
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new InvalidConfiguration(`${of}: name: it is no name of a cookie`);
    checkWhole(maxAge, `${of}: maxAge`, { least: 1_000 });
    checkSwitch(secure, `${of}: secure`);
    checkWhole(limit, `${of}: limit`, { least: 1 });
    checkWhole(limitOfOne, `${of}: limitOfOne`, { least: 1 });
    checkFunction(random, `${of}: random`);
    this.name = name;
    this.#random = random;
    this.#secure = secure;
    this.#maxAge = Math.floor(maxAge / 1_000);
    this.#kept = new KeptLogins({ clock, maxAge, most: limit, mostOfOne: limitOfOne });
    this.verifier = { method: 'cookie', begin: (request) => ({ onHello: () => this.#verdict(request) }) };
  }

  /** How many cookies are kept. */
  get size(): number {
    return this.#kept.size;
  }

  /** For a listener: which cookie a connection is known by. */
  open(shown: readonly string[], secure: boolean): { readonly value: string; readonly setCookie?: string } {
    const known = shown.find((value) => this.#kept.get(value) !== undefined);
    if (known !== undefined) return { value: known };
    const value = base64url(this.#random(32));
    const attributes = ['Path=/', 'HttpOnly', 'SameSite=Strict', `Max-Age=${this.#maxAge}`];
    if (this.#secure ?? secure) attributes.push('Secure');
    return { value, setCookie: [`${this.name}=${value}`, ...attributes].join('; ') };
  }

  /** The same authenticators; whom they let in is let in by the cookie of that connection from then on. */
  remembering(authenticators: readonly RouterAuthenticator[]): RouterAuthenticator[] {
    return authenticators.map((authenticator) => ({
      method: authenticator.method,
      begin: (request) => {
        const login = authenticator.begin(request);
        const seen = <V extends HelloVerdict>(verdict: V | PromiseLike<V>): V | PromiseLike<V> =>
          isPromiseLike(verdict)
            ? verdict.then((settled) => this.#seen(settled, request))
            : this.#seen(verdict, request);
        return {
          onHello: () => seen(login.onHello()),
          ...(login.onAuthenticate === undefined
            ? {}
            : { onAuthenticate: (proof) => seen(login.onAuthenticate?.(proof) ?? { outcome: 'deny' }) }),
        };
      },
    }));
  }

  /** No cookie stands for this principal any more. @param realm where it is */
  forget(authid: string, realm: string): void {
    this.#kept.forget(authid, realm);
  }

  #verdict({ authid, realm, transport }: LoginRequest): HelloVerdict {
    const value = transport.cookie?.(this.name);
    const kept = value === undefined ? undefined : this.#kept.get(value);
    if (value === undefined || kept === undefined || kept.asked !== realm) return { outcome: 'pass' };
    if (authid !== undefined && authid !== kept.authid) return { outcome: 'pass' };
    const { asked, ...login } = kept;
    return { outcome: 'accept', ...login, onLeave: this.#onLeave(value) };
  }

  #seen<V extends HelloVerdict>(verdict: V, { realm: asked, transport }: LoginRequest): V {
    const value = transport.cookie?.(this.name);
    if (verdict?.outcome !== 'accept' || value === undefined) return verdict;
    const { authid, authrole, authprovider, realm, onLeave } = verdict as LoginAccepted;
    const before = this.#kept.get(value);
    const same = before?.authid === authid && before.asked === asked && before.realm === realm;
    if (before === undefined || same) this.#kept.put(value, { authid, authrole, authprovider, realm, asked });
    // Whoever had it first may still know it: it does not become a stranger's.
    else if (before.asked === asked) this.#kept.drop(value);
    const forget = this.#onLeave(value);
    return {
      ...verdict,
      onLeave: (reason: string) => {
        forget(reason);
        onLeave?.(reason);
      },
    };
  }

  #onLeave(value: string): (reason: string) => void {
    return (reason) => {
      if (reason === CLOSE_REASONS.logout) this.#kept.drop(value);
    };
  }
}

function base64url(bytes: Uint8Array): string {
  return base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function';
}
