import type { Clock } from '@wamp-run/protocol';
import type { ReportUserError } from './user-errors.js';

/** What looking at the time of handlers needs. */
export interface HandlerTimesOptions {
  readonly clock: Clock;
  /** Milliseconds; 0: nobody looks. */
  readonly blockedAfter: number;
  readonly onBlocked: ((what: string, ms: number) => unknown) | undefined;
  readonly report: ReportUserError;
}

/** How long handlers keep the event loop before they return, or give their promise. Nobody else has a turn meanwhile. */
export class HandlerTimes {
  /** Whether anybody wants to know: it costs two looks at the clock. */
  readonly isWanted: boolean;
  readonly #options: HandlerTimesOptions;

  constructor(options: HandlerTimesOptions) {
    this.isWanted = options.blockedAfter > 0 && options.onBlocked !== undefined;
    this.#options = options;
  }

  /** When a handler begins (ms); 0 where nobody wants to know. */
  begin(): number {
    return this.isWanted ? this.#options.clock.now() : 0;
  }

  /** It has returned, or given its promise. `what`: the procedure, or the topic. */
  returned(what: string, since: number): void {
    if (this.isWanted) this.took(what, this.#options.clock.now() - since);
  }

  took(what: string, ms: number): void {
    const { blockedAfter, onBlocked, report } = this.#options;
    if (ms < blockedAfter) return;
    try {
      onBlocked?.(what, ms);
    } catch (error) {
      report(error, 'onBlocked');
    }
  }
}
