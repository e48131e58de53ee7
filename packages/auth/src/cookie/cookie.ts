import { type ClientAuthenticator, checkOptionNames } from '@wamp-run/protocol';
import { changedAuthid } from '../challenge-refused.js';
import { checkOptionalText } from '../settings.js';

/** How to log in by a cookie. */
export interface CookieOptions {
  /** Who wants in. Default: the router finds out by the cookie. */
  readonly authid?: string | undefined;
  /** The role to ask for. A router need not give it. Default: none. */
  readonly authrole?: string | undefined;
}

/**
 * The client's half of `cookie`, the name that Crossbar.io gave to it. A browser sends the cookie by itself; in Node the
 * connector has to keep it (`cookies: true`). Offer it before another login, which has its turn where the cookie is not, or
 * no longer, known. A router does not prove itself by it. Throws InvalidConfiguration where an option is wrong.
 *
 * @example
 * const client = new Client({ authenticators: [cookie(), scram({ authid, password })], … });
 */
export function cookie(options: CookieOptions = {}): ClientAuthenticator {
  checkOptionNames(options, { authid: true, authrole: true }, 'cookie');
  const { authid, authrole } = options;
  checkOptionalText(authid, 'cookie: authid');
  checkOptionalText(authrole, 'cookie: authrole');
  return { method: 'cookie', authid, authrole, begin: () => ({ onWelcome: changedAuthid }) };
}
