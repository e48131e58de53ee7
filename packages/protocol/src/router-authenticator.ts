import type { Clock } from './clock.js';
import type { PeerRoles } from './features.js';
import type { Id, Random } from './ids.js';
import type { TransportDetails } from './transport.js';
import type { Dict } from './value.js';

/** What a client said in HELLO, over which connection, and what an authenticator works with. */
export interface LoginRequest {
  /** The id that the session will have: some challenges are about it. */
  readonly session: Id;
  /** The realm that HELLO asks for. */
  readonly realm: string;
  /** The methods in HELLO, in the client's order; empty where it named none. */
  readonly authmethods: readonly string[];
  /** Who the client says it is; undefined where it does not say. A claim, until it is proven. */
  readonly authid: string | undefined;
  /** The role that the client asks for; undefined where it names none. Never what it gets because it asked. */
  readonly authrole: string | undefined;
  /** The authextra in HELLO, of all methods together; empty where there is none. Unchecked. */
  readonly authextra: Dict;
  /** The roles and features that the client announces. */
  readonly roles: PeerRoles;
  /** The connection. */
  readonly transport: TransportDetails;
  /** How old a challenge is. */
  readonly clock: Clock;
  /** Where nonces come from. */
  readonly random: Random;
}

/** AUTHENTICATE. Unchecked: it is what the client sent. */
export interface LoginProof {
  readonly signature: string;
  readonly extra: Dict;
}

/** The client is let in, as this. */
export interface LoginAccepted {
  readonly outcome: 'accept';
  readonly authid: string;
  readonly authrole: string;
  /** Who vouches for it: `static`, `dynamic`, … */
  readonly authprovider: string;
  /** The realm that it joins, which need not be the one that it asked for. */
  readonly realm: string;
  /** The method in WELCOME. Default: that of the authenticator. */
  readonly authmethod?: string | undefined;
  /** WELCOME's authextra, such as the proof of who the router is. Default: none. */
  readonly authextra?: Dict | undefined;
  /** Called when the session is over, with the reason of its end. What it throws is logged. Default: nobody is told. */
  readonly onLeave?: ((reason: string) => void) | undefined;
}

/** The client has to prove itself, or to prove more: it gets CHALLENGE. */
export interface LoginChallenged {
  readonly outcome: 'challenge';
  /** CHALLENGE's extra. */
  readonly extra: Dict;
  /** The method in CHALLENGE. Default: that of the authenticator. */
  readonly method?: string | undefined;
}

/** The client is not let in: it gets ABORT. */
export interface LoginDenied {
  readonly outcome: 'deny';
  /** ABORT's reason. Default: `wamp.error.authentication_denied`. */
  readonly reason?: string | undefined;
  /** For people, and for the client to read: it does not tell whether the principal exists. */
  readonly message?: string | undefined;
  /** What else ABORT's details say. Default: nothing. */
  readonly details?: Dict | undefined;
}

/** This method has nothing to say of this client: the next one of those that it offers has its turn. */
export interface LoginPassed {
  readonly outcome: 'pass';
}

/** What becomes of a login after AUTHENTICATE. */
export type ProofVerdict = LoginAccepted | LoginChallenged | LoginDenied;

/** What becomes of a login after HELLO. */
export type HelloVerdict = ProofVerdict | LoginPassed;

/** One login, from HELLO to the verdict: keeps what the client was asked, so that an answer counts once. */
export interface RouterLogin {
  /**
   * Looks at HELLO. Called once, first. What it throws, or rejects with, refuses the client with
   * `wamp.error.authentication_failed`; the error's text stays on this side.
   */
  onHello(): HelloVerdict | PromiseLike<HelloVerdict>;
  /**
   * Looks at the answer to the last challenge; may challenge again. Called once for every challenge, and one at a time.
   * Absent where the method has no challenge. Throwing is as in `onHello`.
   */
  onAuthenticate?(proof: LoginProof): ProofVerdict | PromiseLike<ProofVerdict>;
}

/**
 * A way to log in, the router's half. A router takes the methods of HELLO in the client's order, and of those that it
 * has itself the first that does not pass. One object serves any number of sessions, at the same time and one after
 * another: what belongs to one login is in what `begin` returns.
 *
 * Whoever writes one sees to it that a principal that does not exist, and one whose proof is wrong, cannot be told
 * apart: neither by the verdicts, nor by the time that they take.
 *
 * See "Authentication Methods" in the advanced profile of the specification.
 *
 * @example
 * const door = (secret: string): RouterAuthenticator => ({
 *   method: 'ticket',
 *   begin: ({ realm }) => ({
 *     onHello: () => ({ outcome: 'challenge', extra: {} }),
 *     onAuthenticate: ({ signature }) =>
 *       signature === secret
 *         ? { outcome: 'accept', authid: 'guest', authrole: 'guest', authprovider: 'static', realm }
 *         : { outcome: 'deny' },
 *   }),
 * });
 */
export interface RouterAuthenticator {
  /** The name in HELLO's authmethods: `ticket`, `wampcra`, … */
  readonly method: string;
  /** Begins a login for a HELLO that offers this method. Throwing is as in `onHello`. */
  begin(request: LoginRequest): RouterLogin;
}
