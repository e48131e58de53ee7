import {
  type Clock,
  ERROR_URIS,
  isDict,
  isReserved,
  type Logger,
  type MatchPolicy,
  Timeout,
  type UriRule,
} from '@wamp-run/protocol';
import { isPromiseLike } from '../promise-like.js';
import type { Refusal } from '../refuse.js';
import type { RouterCaller } from '../router-caller.js';
import type { Session } from '../session.js';
import { uriFault } from '../texts.js';
import { AnswerCache, type ForgottenAnswers } from './answer-cache.js';
import type { AuthorizationAnswer, AuthorizationRequest, Authorize, AuthorizerSettings } from './authorizer.js';
import type { Action } from './rule.js';

/** What asking an authorizer needs. */
export interface Asking {
  readonly realm: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly uriRule: UriRule;
  /** The router as a caller in this realm. */
  readonly router: () => RouterCaller;
}

/** Yes, no, or why that cannot be told. */
type Answer = boolean | Refusal;

const FAILED: Refusal = {
  error: ERROR_URIS.authorizationFailed,
  text: 'it could not be found out whether this session may do that',
};

/** An authorizer, and what it has answered before. */
export class Asked {
  readonly #settings: AuthorizerSettings;
  readonly #asking: Asking;
  readonly #authorize: Authorize;
  readonly #cache: AnswerCache | undefined;

  constructor(settings: AuthorizerSettings, asking: Asking) {
    this.#settings = settings;
    this.#asking = asking;
    this.#authorize = settings.authorize ?? byProcedure(settings, asking);
    this.#cache = settings.cache && new AnswerCache(settings.cache, asking.clock);
  }

  /** Asks, unless it is known. What is refused in any case is not asked about: that is said where it is looked at. */
  ask(action: Action, uri: string, match: MatchPolicy, session: Session): Answer | Promise<Answer> {
    if ((action === 'register' || action === 'publish') && isReserved(uri)) return true;
    const { id, identity } = session;
    const { authid, authrole, authmethod, authprovider } = identity;
    const { realm } = this.#asking;
    const request = { session: id, authid, authrole, authmethod, authprovider, realm, action, uri, match };
    const known = this.#cache?.get(request);
    if (known !== undefined) return known;
    if (uriFault(uri, action, this.#asking.uriRule, match) !== undefined) return true;
    let answer: AuthorizationAnswer | PromiseLike<AuthorizationAnswer>;
    try {
      answer = this.#authorize(request);
    } catch (error) {
      return this.#failed(error, request);
    }
    return isPromiseLike(answer) ? this.#later(answer, request, session) : this.#read(answer, request);
  }

  forget(what: ForgottenAnswers): void {
    this.#cache?.forget(what);
  }

  leave({ id }: Session): void {
    this.#cache?.leave(id);
  }

  async #later(
    answer: PromiseLike<AuthorizationAnswer>,
    request: AuthorizationRequest,
    session: Session,
  ): Promise<Answer> {
    const generation = this.#cache?.generation;
    try {
      const given = await within(this.#asking.clock, this.#settings.timeout, answer);
      // What was forgotten meanwhile, or nobody asks for any more, is not kept.
      const keep = generation === this.#cache?.generation && !session.over;
      return this.#read(given, request, keep);
    } catch (error) {
      return this.#failed(error, request);
    }
  }

  #read(answer: AuthorizationAnswer, request: AuthorizationRequest, keep = true): Answer {
    const given = typeof answer === 'boolean' ? { allow: answer } : answer;
    if (!isDict(given) || typeof given.allow !== 'boolean') {
      return this.#failed(new TypeError('expected true, false, or a dict with allow: true or false'), request);
    }
    if (keep && given.cache !== false) this.#cache?.put(request, given.allow);
    return given.allow;
  }

  #failed(err: unknown, { session, action, uri }: AuthorizationRequest): Refusal {
    this.#asking.log.error({ err, session, action, uri }, 'the authorizer failed');
    return FAILED;
  }
}

function byProcedure({ procedure = '', timeout }: AuthorizerSettings, { router }: Asking): Authorize {
  return async ({ action, uri, match, ...session }) => {
    const { args } = await router().ask(procedure, [{ ...session }, uri, action, { match }], timeout);
    return args[0] as AuthorizationAnswer;
  };
}

function within<T>(clock: Clock, ms: number, promise: PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const callOff = clock.after(ms, () => reject(new Timeout(`no answer within ${ms} ms`)));
    promise.then(
      (value) => {
        callOff();
        resolve(value);
      },
      (error: unknown) => {
        callOff();
        reject(error);
      },
    );
  });
}
