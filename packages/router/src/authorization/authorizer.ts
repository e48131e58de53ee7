import {
  checkOptionNames,
  type Id,
  InvalidConfiguration,
  type MatchPolicy,
  typeName,
  type UriRule,
} from '@wamp-run/protocol';
import { checkConfiguredUri } from '../configured-uri.js';
import type { Identity } from '../handshake.js';
import { oneOf } from '../one-of.js';
import { checkTimeout } from '../timeout.js';
import type { Action } from './rule.js';

/** What a session asks to do. */
export interface AuthorizationRequest extends Identity {
  /** The session's id. */
  readonly session: Id;
  readonly realm: string;
  readonly action: Action;
  /** The URI, or the pattern. */
  readonly uri: string;
  /** How it matches: `exact` where the action is call or publish. */
  readonly match: MatchPolicy;
}

/** Whether it may. `cache: false`: the answer holds for this once. */
export type AuthorizationAnswer = boolean | { readonly allow: boolean; readonly cache?: boolean | undefined };

/**
 * Decides on what sessions ask to do. An answer at once costs no promise; until one that takes time is there, what the
 * session sends afterwards waits. Throwing, or rejecting, refuses with `wamp.error.authorization_failed`.
 */
export type Authorize = (request: AuthorizationRequest) => AuthorizationAnswer | PromiseLike<AuthorizationAnswer>;

/** How answers are kept. */
export interface AuthorizationCacheOptions {
  /** How many. Default 10 000. */
  readonly size?: number;
  /** Milliseconds for which an answer holds. Default 60 000. */
  readonly ttl?: number;
  /**
   * Whose answer it is: that of the session which asked, until it ends; or that of all sessions of its authrole, for an
   * authorizer that looks at nothing else. Default `session`.
   */
  readonly by?: 'session' | 'role';
}

/**
 * Who decides on what the rules say nothing of. Either `authorize` or `procedure`.
 *
 * @example
 * const authorizer: AuthorizerOptions = {
 *   authorize: async ({ authid, action, uri }) => await grants.has(authid, action, uri),
 *   cache: { ttl: 10_000 },
 * };
 */
export interface AuthorizerOptions {
  readonly authorize?: Authorize;
  /**
   * A procedure that is registered in the realm. It is called with a dict (`session`, `authid`, `authrole`,
   * `authmethod`, `authprovider`, `realm`), the URI, the action, and a dict with `match`. It answers with true or false,
   * or with a dict of `allow` and `cache`. An error, or no answer in time, is a failure.
   */
  readonly procedure?: string;
  /** Milliseconds within which there is an answer. Default 5 000. */
  readonly timeout?: number;
  /** False: every answer holds for once. Default: the defaults of `AuthorizationCacheOptions`. */
  readonly cache?: AuthorizationCacheOptions | false;
}

/** An authorizer with its defaults. */
export interface AuthorizerSettings {
  readonly authorize: Authorize | undefined;
  readonly procedure: string | undefined;
  readonly timeout: number;
  readonly cache: Required<AuthorizationCacheOptions> | undefined;
}

/** Fills in the defaults. Throws InvalidConfiguration, naming the place. */
export function settleAuthorizer(options: AuthorizerOptions, place: string, rule: UriRule): AuthorizerSettings {
  checkOptionNames(options, { authorize: true, procedure: true, timeout: true, cache: true }, place, '.');
  const { authorize, procedure, timeout = 5_000, cache = {} } = options;
  if ((authorize === undefined) === (procedure === undefined)) {
    throw new InvalidConfiguration(`${place}: expected either authorize or procedure`);
  }
  if (authorize !== undefined && typeof authorize !== 'function') {
    throw new InvalidConfiguration(`${place}.authorize: expected a function, got ${typeName(authorize)}`);
  }
  if (procedure !== undefined) checkConfiguredUri(procedure, `${place}.procedure`, 'exact', rule);
  checkTimeout(`${place}.timeout`, timeout, 1);
  return { authorize, procedure, timeout, cache: cache === false ? undefined : settleCache(cache, `${place}.cache`) };
}

function settleCache(cache: AuthorizationCacheOptions, place: string): Required<AuthorizationCacheOptions> {
  checkOptionNames(cache, { size: true, ttl: true, by: true }, place, '.');
  const { size = 10_000, ttl = 60_000, by = 'session' } = cache;
  if (!(Number.isSafeInteger(size) && size >= 1)) {
    throw new InvalidConfiguration(`${place}.size: expected a whole number of at least 1, got ${String(size)}`);
  }
  if (!(typeof ttl === 'number' && ttl > 0)) {
    throw new InvalidConfiguration(`${place}.ttl: expected milliseconds above 0, or Infinity, got ${String(ttl)}`);
  }
  return { size, ttl, by: oneOf(`${place}.by`, by, ['session', 'role']) };
}
