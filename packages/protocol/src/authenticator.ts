import type { TransportDetails } from './transport.js';
import type { Dict } from './value.js';

/** What CHALLENGE said. */
export interface LoginChallenge {
  /** The method that the router chose. */
  readonly method: string;
  /** What the method needs to answer: a nonce, a salt, … Unchecked: it is what the router sent. */
  readonly extra: Dict;
}

/** What this side asked for, and over which connection: what a proof can be bound to. */
export interface LoginContext {
  /** The realm that HELLO named. */
  readonly realm: string;
  /** The authid in HELLO; undefined where it had none. */
  readonly authid: string | undefined;
  /** The authrole in HELLO; undefined where it had none. */
  readonly authrole: string | undefined;
  /** The authextra in HELLO, of all authenticators together. */
  readonly authextra: Dict;
  /** The connection. */
  readonly transport: TransportDetails;
}

/** AUTHENTICATE: the proof alone, or with what else the method sends. */
export type LoginAnswer = string | { readonly signature: string; readonly extra?: Dict | undefined };

/** Nothing, where WELCOME is accepted; else the reason to refuse it. */
export type WelcomeVerdict = string | null | undefined;

/**
 * One login, from HELLO to WELCOME: keeps what has to be remembered in between, such as the nonce that the router's own
 * proof is checked against.
 */
export interface ClientLogin {
  /**
   * What the method puts into HELLO's authextra. All authenticators of a session share that dict: two that set one key
   * have to agree on its value.
   */
  readonly authextra?: Dict | undefined;
  /**
   * Answers a CHALLENGE; a router may send several, one after another. What it throws ends the attempt: the router gets
   * ABORT `wamp.error.cannot_authenticate` without the error's text. Where it throws a WampError, its `retryable` says
   * whether there is another attempt; after any other error there is. Absent: the method has no challenge.
   */
  onChallenge?(challenge: LoginChallenge, context: LoginContext): LoginAnswer | PromiseLike<LoginAnswer>;
  /**
   * Looks at WELCOME's details before the session is joined, where the router has to prove itself, too. Runs where this
   * method was challenged, and where WELCOME names it as the one that let the session in; in the second case without
   * `onChallenge` before it, which a method that proves the router has to refuse.
   *
   * @returns undefined (or null) to accept; else the reason to refuse, which goes to the router with ABORT
   *   `wamp.error.cannot_authenticate`. Throwing refuses, too, and the error's text stays on this side.
   */
  onWelcome?(details: Dict, context: LoginContext): WelcomeVerdict | PromiseLike<WelcomeVerdict>;
}

/**
 * A way to log in, the client's half. Several may be offered with one HELLO; the router chooses. One object serves any
 * number of sessions, at the same time and one after another: what belongs to one login is in what `begin` returns.
 *
 * See "Authentication Methods" in the advanced profile of the specification.
 *
 * @example
 * const ticket = (authid: string, secret: string): ClientAuthenticator => ({
 *   method: 'ticket',
 *   authid,
 *   begin: () => ({ onChallenge: () => secret }),
 * });
 */
export interface ClientAuthenticator {
  /** The name in HELLO's authmethods: `ticket`, `wampcra`, … */
  readonly method: string;
  /** Who wants in. All authenticators of a session that name one name the same. */
  readonly authid?: string | undefined;
  /** In which role. All authenticators of a session that name one name the same. */
  readonly authrole?: string | undefined;
  /**
   * Begins a login. Called before every HELLO, and once more when a client is built, to find out what does not go
   * together.
   */
  begin(): ClientLogin;
}
