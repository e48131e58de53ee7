import { type ClientAuthenticator, checkOptionNames } from '@wamp-run/protocol';
import { changedAuthid } from '../challenge-refused.js';
import { checkSecret, type Secret, secretOf } from '../secret.js';
import { checkOptionalText, checkText } from '../settings.js';

/** How to log in by a ticket. */
export interface TicketOptions {
  /** Who wants in. */
  readonly authid: string;
  /** The ticket: what the router expects of this authid. It goes over the wire as it is. */
  readonly ticket: Secret;
  /** The role to ask for. A router need not give it. Default: none. */
  readonly authrole?: string | undefined;
}

/**
 * The client's half of `ticket`. Use it on wires that nobody reads along on: the ticket itself is sent.
 * Throws InvalidConfiguration where an option is wrong.
 *
 * @example
 * ticket({ authid: 'peter', ticket: () => tokens.current() });
 */
export function ticket(options: TicketOptions): ClientAuthenticator {
  checkOptionNames(options, { authid: true, ticket: true, authrole: true }, 'ticket');
  const { authid, authrole, ticket: secret } = options;
  checkText(authid, 'ticket: authid');
  checkOptionalText(authrole, 'ticket: authrole');
  checkSecret(secret, 'ticket: ticket');
  return {
    method: 'ticket',
    authid,
    authrole,
    begin: () => ({ onChallenge: () => secretOf(secret, 'ticket: ticket'), onWelcome: changedAuthid }),
  };
}
