import { type ClientAuthenticator, checkOptionNames } from '@wamp-run/protocol';
import { checkOptionalText } from '../settings.js';

/** How to join without a login. */
export interface AnonymousOptions {
  /** The role to ask for. A router need not give it. Default: none. */
  readonly authrole?: string | undefined;
}

/**
 * The client's half of `anonymous`: an offer to join as nobody in particular, beside or in place of real logins.
 * Throws InvalidConfiguration where an option is wrong.
 *
 * @example
 * const client = new Client({ authenticators: [ticket({ authid, ticket: secret }), anonymous()], … });
 */
export function anonymous(options: AnonymousOptions = {}): ClientAuthenticator {
  checkOptionNames(options, { authrole: true }, 'anonymous');
  const { authrole } = options;
  checkOptionalText(authrole, 'anonymous: authrole');
  return { method: 'anonymous', authrole, begin: () => ({}) };
}
