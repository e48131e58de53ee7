import type { Logger } from '@wamp-run/protocol';
import { isThenable } from './thenable.js';

/**
 * Takes an error of the application's own code. `what` says whose: `event handler of com.shop.sold`. `about` is a log that
 * says which call or event it was. Never throws.
 */
export type ReportUserError = (error: unknown, what: string, about?: Logger) => void;

/** Hands errors to `onUserError`, or where there is none to the log. An error in it is logged beside the first one. */
export function reportTo(
  to: { onUserError?: ((error: unknown, what: string, log: Logger) => unknown) | undefined } | undefined,
  log: Logger,
): ReportUserError {
  return (error, what, about = log) => {
    if (to?.onUserError === undefined) {
      about.error({ err: error }, `${what} failed`);
      return;
    }
    const second = (thrown: unknown) => {
      about.error({ err: error }, `${what} failed`);
      about.error({ err: thrown }, 'onUserError failed');
    };
    try {
      const result = to.onUserError(error, what, about);
      if (isThenable(result)) Promise.resolve(result).then(undefined, second);
    } catch (thrown) {
      second(thrown);
    }
  };
}
