import type { Clock, LoginAccepted } from '@wamp-run/protocol';

/** Who a cookie stands for, and in which realm HELLO has to ask for it. */
export interface KeptLogin extends Pick<LoginAccepted, 'authid' | 'authrole' | 'authprovider' | 'realm'> {
  readonly asked: string;
}

interface Kept {
  readonly login: KeptLogin;
  /** When it is forgotten: milliseconds of the clock. */
  readonly until: number;
}

/** How many cookies are kept, and how long. */
export interface KeptLoginsOptions {
  readonly clock: Clock;
  /** Milliseconds. */
  readonly maxAge: number;
  readonly most: number;
  readonly mostOfOne: number;
}

/** The logins that cookies stand for, one each: so many at most, in all and of each principal; the oldest go first. */
export class KeptLogins {
  readonly #options: KeptLoginsOptions;
  /** In the order in which they are forgotten. */
  readonly #byCookie = new Map<string, Kept>();
  /** The cookies of each principal, in the same order. */
  readonly #byPrincipal = new Map<string, Set<string>>();

  constructor(options: KeptLoginsOptions) {
    this.#options = options;
  }

  /** How many cookies there are. */
  get size(): number {
    return this.#byCookie.size;
  }

  /** Who this cookie stands for; undefined where nobody has earned it, or it is too old. */
  get(cookie: string): KeptLogin | undefined {
    const kept = this.#byCookie.get(cookie);
    return kept === undefined || kept.until <= this.#options.clock.now() ? undefined : kept.login;
  }

  /** The cookie stands for this login from now on. */
  put(cookie: string, login: KeptLogin): void {
    const { clock, maxAge, most, mostOfOne } = this.#options;
    this.drop(cookie);
    this.#byCookie.set(cookie, { login, until: clock.now() + maxAge });
    const own = this.#byPrincipal.get(keyOf(login)) ?? new Set();
    this.#byPrincipal.set(keyOf(login), own.add(cookie));
    const [oldest] = own;
    if (own.size > mostOfOne && oldest !== undefined) this.drop(oldest);
    for (const [first, { until }] of this.#byCookie) {
      if (this.#byCookie.size <= most && until > clock.now()) break;
      this.drop(first);
    }
  }

  /** The cookie stands for nobody any more. */
  drop(cookie: string): void {
    const kept = this.#byCookie.get(cookie);
    if (kept === undefined) return;
    this.#byCookie.delete(cookie);
    const key = keyOf(kept.login);
    const own = this.#byPrincipal.get(key);
    own?.delete(cookie);
    if (own?.size === 0) this.#byPrincipal.delete(key);
  }

  /** No cookie stands for this principal any more. */
  forget(authid: string, realm: string): void {
    for (const cookie of [...(this.#byPrincipal.get(keyOf({ authid, realm })) ?? [])]) this.drop(cookie);
  }
}

function keyOf({ authid, realm }: Pick<KeptLogin, 'authid' | 'realm'>): string {
  // A realm has no white space.
  return `${realm} ${authid}`;
}
