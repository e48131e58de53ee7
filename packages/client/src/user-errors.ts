import type { Logger } from '@wamp-run/protocol';
import { isThenable } from './thenable.js';

/** Takes an error of the application's own code. `what` says whose: `event handler of com.shop.sold`. Never throws. */
export type ReportUserError = (error: unknown, what: string) => void;

/** Hands errors to `onUserError`, or where there is none to the log. An error in it is logged beside the first one. */
export function reportTo(
  to: { onUserError?: ((error: unknown, what: string) => unknown) | undefined } | undefined,
  log: Logger,
): ReportUserError {
  return (error, what) => {
    if (to?.onUserError === undefined) {
      log.error({ err: error }, `${what} failed`);
      return;
    }
    const second = (thrown: unknown) => {
      log.error({ err: error }, `${what} failed`);
      log.error({ err: thrown }, 'onUserError failed');
    };
    try {
      const result = to.onUserError(error, what);
      if (isThenable(result)) Promise.resolve(result).then(undefined, second);
    } catch (thrown) {
      second(thrown);
    }
  };
}
