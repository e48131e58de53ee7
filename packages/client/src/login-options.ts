import type { ClientAuthenticator, Dict, Id, LoginAnswer, LoginChallenge, LoginContext } from '@wamp-run/protocol';

/** Who joins, and how it proves that. Without any of it HELLO asks for an anonymous session. */
export interface LoginOptions {
  /**
   * Ways to log in, the preferred one first; the router chooses. What they want in HELLO is put together, and has to
   * agree. Default: none.
   */
  authenticators?: readonly ClientAuthenticator[] | undefined;
  /**
   * Methods to offer besides those of `authenticators`: `onChallenge` answers for them. Where any method is offered, a
   * WELCOME by another one is refused, unless `anonymous` is among them. Default: none.
   */
  authmethods?: readonly string[] | undefined;
  /** Who wants in. Default: what the authenticators say. */
  authid?: string | undefined;
  /** In which role. Default: what the authenticators say. */
  authrole?: string | undefined;
  /** What the methods, or the router, need to know besides. That of the authenticators is added. */
  authextra?: Dict | undefined;
  /** Asks for a session that can be taken up later. Session resumption is a draft; few routers have it. */
  resumable?: boolean | undefined;
  /**
   * The id of the session to take up, in every HELLO. What the router answers is in SessionDetails; registrations and
   * subscriptions are asked for all the same.
   */
  resumeSession?: Id | undefined;
  /** The token of that session; both or none. */
  resumeToken?: string | undefined;
}

/** Answers a CHALLENGE. */
export type ChallengeHandler = (
  challenge: LoginChallenge,
  context: LoginContext,
) => LoginAnswer | PromiseLike<LoginAnswer>;
