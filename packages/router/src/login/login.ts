import {
  type Dict,
  ERROR_URIS,
  type HelloVerdict,
  isDict,
  isUri,
  type LoginAccepted,
  type LoginDenied,
  type LoginProof,
  type LoginRequest,
  type RouterAuthenticator,
  type RouterLogin,
} from '@wamp-run/protocol';
import { isPromiseLike } from '../promise-like.js';

/** What a client is told of its login, and what becomes of it. */
export interface LoginOutcome {
  /** CHALLENGE. */
  challenge(method: string, extra: Dict): void;
  /** The client is who this says. */
  accept(accepted: LoginAccepted & { readonly authmethod: string }): void;
  /** ABORT. `cause` is for the log: what is wrong on this side, where something is. */
  refuse(reason: string, details: Dict, cause?: unknown): void;
  /** Something inside the router failed. */
  abort(error: unknown): void;
}

/** What a client hears of a failure on this side. */
const FAILED = 'the login failed inside the router';

/**
 * One login, from HELLO to its verdict: one authenticator after another, in the client's order, until one does not pass.
 * Whatever an authenticator takes its time for, nothing happens any more once `end` was called.
 */
export class Login {
  readonly #request: LoginRequest;
  readonly #authenticators: readonly RouterAuthenticator[];
  readonly #outcome: LoginOutcome;
  #index = -1;
  #login: RouterLogin | undefined;
  #over = false;

  constructor(request: LoginRequest, authenticators: readonly RouterAuthenticator[], outcome: LoginOutcome) {
    this.#request = request;
    this.#authenticators = authenticators;
    this.#outcome = outcome;
  }

  /** Begins with the first authenticator. */
  begin(): void {
    this.#next();
  }

  /** AUTHENTICATE. The session's table has seen to it that there was a challenge. */
  prove(proof: LoginProof): void {
    const login = this.#login;
    if (login?.onAuthenticate === undefined) {
      this.#fail(new TypeError(`authenticator ${this.#method}: it challenges, and has no onAuthenticate`));
      return;
    }
    let verdict: HelloVerdict | PromiseLike<HelloVerdict>;
    try {
      verdict = login.onAuthenticate(proof);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#take(verdict);
  }

  /** The client is gone, or refused: a verdict that comes now counts for nothing. */
  end(): void {
    this.#over = true;
  }

  get #method(): string {
    return this.#authenticators[this.#index]?.method ?? '';
  }

  #next(): void {
    this.#index++;
    const authenticator = this.#authenticators[this.#index];
    if (authenticator === undefined) {
      const message = 'none of the methods in HELLO details.authmethods lets this client in';
      this.#outcome.refuse(ERROR_URIS.noMatchingAuthMethod, { message });
      return;
    }
    let verdict: HelloVerdict | PromiseLike<HelloVerdict>;
    try {
      this.#login = authenticator.begin(this.#request);
      verdict = this.#login.onHello();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#take(verdict);
  }

  /** A verdict that is there already counts at once; one that takes time is waited for. */
  #take(verdict: HelloVerdict | PromiseLike<HelloVerdict>): void {
    if (isPromiseLike(verdict)) {
      verdict.then(
        (settled) => this.#late(() => this.#judge(settled)),
        (error: unknown) => this.#late(() => this.#fail(error)),
      );
    } else {
      this.#judge(verdict);
    }
  }

  #late(run: () => void): void {
    if (this.#over) return;
    try {
      run();
    } catch (error) {
      this.#outcome.abort(error);
    }
  }

  #judge(verdict: HelloVerdict): void {
    const { outcome } = isDict(verdict) ? (verdict as HelloVerdict) : { outcome: undefined };
    switch (outcome) {
      case 'accept':
        this.#accept(verdict as LoginAccepted);
        break;
      case 'challenge': {
        const { method = this.#method, extra } = verdict as HelloVerdict & { outcome: 'challenge' };
        this.#outcome.challenge(method, extra ?? {});
        break;
      }
      case 'deny':
        this.#deny(verdict as LoginDenied);
        break;
      case 'pass':
        this.#next();
        break;
      default:
        this.#fail(new TypeError(`authenticator ${this.#method}: it gave what is no verdict`));
    }
  }

  #accept(accepted: LoginAccepted): void {
    const { authmethod = this.#method } = accepted;
    for (const key of ['authid', 'authrole', 'authprovider', 'realm'] as const) {
      if (typeof accepted[key] === 'string' && accepted[key] !== '') continue;
      this.#fail(new TypeError(`authenticator ${this.#method}: ${key}: expected a string that is not empty`));
      return;
    }
    this.#outcome.accept({ ...accepted, authmethod });
  }

  #deny({ reason = ERROR_URIS.authenticationDenied, message = 'the login was refused', details }: LoginDenied): void {
    if (isUri(reason)) this.#outcome.refuse(reason, { ...details, message });
    else this.#fail(new TypeError(`authenticator ${this.#method}: reason: expected a URI`));
  }

  #fail(error: unknown): void {
    this.#outcome.refuse(ERROR_URIS.authenticationFailed, { message: FAILED }, error);
  }
}
