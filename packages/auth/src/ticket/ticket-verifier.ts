import {
  checkOptionNames,
  InvalidConfiguration,
  type LoginRequest,
  type RouterAuthenticator,
  type RouterLogin,
} from '@wamp-run/protocol';
import { hex } from '../bytes.js';
import { Decoys } from '../decoys.js';
import { sameText } from '../digests.js';
import { CHALLENGE_TIMEOUT, OpenChallenge } from '../open-challenge.js';
import { type Principal, PrincipalDirectory, type Principals } from '../principals.js';
import { checkWhole } from '../settings.js';
import { accepted, DENIED, incomplete, STALE } from '../verdicts.js';

/** Somebody who logs in by a ticket. */
export interface TicketPrincipal extends Principal {
  /**
   * What it has to show, or a function that says whether this is it: for hashed passwords, tokens with a signature, or
   * codes (`totpCheck` of `@wamp-run/auth/totp`). A function sees to it itself that its time says nothing.
   */
  readonly ticket: string | ((ticket: string) => boolean | PromiseLike<boolean>);
}

/** Whom a router lets in by a ticket. */
export interface TicketVerifierOptions {
  /** Who may log in. */
  readonly principals: Principals<TicketPrincipal>;
  /** Milliseconds from CHALLENGE within which the ticket has to come. Default: 30 000. */
  readonly challengeTimeout?: number | undefined;
}

/**
 * The router's half of `ticket`. A wrong ticket and an authid that does not exist are refused alike, with
 * `wamp.error.authentication_denied`. Throws InvalidConfiguration where an option is wrong.
 *
 * @example
 * ticketVerifier({ principals: [{ authid: 'peter', authrole: 'user', realm: 'com.example', ticket: secret }] });
 */
export function ticketVerifier(options: TicketVerifierOptions): RouterAuthenticator {
  checkOptionNames(options, { principals: true, challengeTimeout: true }, 'ticketVerifier');
  const { challengeTimeout = CHALLENGE_TIMEOUT } = options;
  checkWhole(challengeTimeout, 'ticketVerifier: challengeTimeout', { least: 1 });
  const directory = new PrincipalDirectory(options.principals, checkTicket, 'ticketVerifier');
  const decoys = new Decoys(undefined);
  return {
    method: 'ticket',
    begin: (request) => begin(request, { directory, decoys, challengeTimeout }),
  };
}

interface Means {
  readonly directory: PrincipalDirectory<TicketPrincipal>;
  readonly decoys: Decoys;
  readonly challengeTimeout: number;
}

function begin(request: LoginRequest, { directory, decoys, challengeTimeout }: Means): RouterLogin {
  const { authid, realm, clock, random } = request;
  const challenge = new OpenChallenge<string>(clock, challengeTimeout);
  return {
    onHello: () => {
      if (authid === undefined) return incomplete('HELLO names no authid, and a login by ticket needs one');
      challenge.open(authid);
      return { outcome: 'challenge', extra: {} };
    },
    onAuthenticate: async ({ signature }) => {
      const name = challenge.take();
      if (name === undefined) return STALE;
      const decoy = hex(await decoys.bytes('ticket', { authid: name, realm, length: 32, random }));
      const principal = await directory.find(name, realm);
      const expected = principal?.ticket ?? decoy;
      const right = typeof expected === 'string' ? await sameText(expected, signature) : await expected(signature);
      return right === true && principal !== undefined ? accepted(principal, directory.provider) : DENIED;
    },
  };
}

function checkTicket({ ticket }: TicketPrincipal, place: string): void {
  if (typeof ticket === 'function' || (typeof ticket === 'string' && ticket !== '')) return;
  throw new InvalidConfiguration(`${place}.ticket: expected a string that is not empty, or a function`);
}
