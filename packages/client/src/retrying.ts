import type { Connector, WampError } from '@wamp-run/protocol';
import type { Outcome } from './attempt.js';
import type { ClientOptions } from './client-options.js';
import { exhausted, isFinal } from './giving-up.js';
import { Backoff } from './retry.js';
import { Rotation } from './rotation.js';
import type { ReportUserError } from './user-errors.js';

/** What follows a failed attempt: another one, after so many milliseconds, or the end with an error. */
export type Next = { readonly delay: number } | { readonly end: WampError };

/** Decides whether there is another attempt, when, and by which connector. */
export class Retrying {
  readonly #options: ClientOptions;
  readonly #report: ReportUserError;
  readonly #backoff: Backoff;
  readonly #rotation: Rotation;
  #readyAt = 0;

  /** Throws InvalidConfiguration where `retry` is wrong. */
  constructor(options: ClientOptions, report: ReportUserError) {
    this.#options = options;
    this.#report = report;
    this.#backoff = new Backoff(options.retry, options.random);
    this.#rotation = new Rotation(options.connectors, this.#backoff);
  }

  /** The connector whose turn it is. */
  get connector(): Connector {
    return this.#rotation.connector;
  }

  /** A session is ready. */
  ready(): void {
    this.#readyAt = this.#options.clock.now();
  }

  /** An attempt ended with an error. */
  after(outcome: Outcome, error: WampError): Next {
    const rotation = this.#rotation;
    if (outcome.mainFailed && this.#options.onMainError === 'fail') return { end: error };
    if (outcome.ready && !this.#failedSoon(outcome)) rotation.lost();
    else rotation.failed();
    // Once there was a session, what is wrong for good shows in the next handshake.
    const final = !outcome.joined && isFinal(error);
    if (final || this.#isFatal(error)) rotation.drop();
    const delay = rotation.next();
    if (delay !== undefined) return { delay };
    return { end: final || rotation.failures === 1 ? error : exhausted(error, rotation.failures) };
  }

  /** A `main` that throws as soon as it begins is one failure after another, whatever joins come in between. */
  #failedSoon({ mainFailed }: Outcome): boolean {
    return mainFailed && this.#options.clock.now() - this.#readyAt < this.#backoff.longest;
  }

  #isFatal(error: WampError): boolean {
    try {
      return this.#options.isFatal?.(error) === true;
    } catch (thrown) {
      this.#report(thrown, 'isFatal');
      return false;
    }
  }
}
