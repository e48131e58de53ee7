import { ApplicationError, type Clock, ERROR_URIS, type Stop } from '@wamp-run/protocol';

/** What waiting for a procedure needs. */
export interface WhenFreeOptions {
  readonly clock: Clock;
  /** When it aborts, nothing is tried any longer. */
  readonly stop: Stop;
  /** Somebody else has it; it is tried again after so many milliseconds. */
  readonly taken?: ((delayMs: number) => void) | undefined;
}

/** Milliseconds until a procedure that somebody else has is tried again: the first time, and at most. */
const FIRST_RETRY = 1_000;
const LONGEST_RETRY = 15_000;

/**
 * Registers, and where somebody else has the procedure tries again until it is free: after a lost connection a router
 * may hold the dead session's registration for a while. The delays double, from 1 s up to 15 s.
 *
 * @param attempt - asks for the registration once
 * @throws (rejects) what the attempt rejects with that is not `wamp.error.procedure_already_exists`; that too, once
 *   `stop` has aborted
 * @example await whenFree(() => session.register('com.shop.orders', handler), { clock, stop });
 */
export async function whenFree<T>(attempt: () => Promise<T>, options: WhenFreeOptions): Promise<T> {
  for (let delay = FIRST_RETRY; ; delay = Math.min(delay * 2, LONGEST_RETRY)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTaken(error) || options.stop.aborted) throw error;
      options.taken?.(delay);
      await pause(options, delay);
      if (options.stop.aborted) throw error;
    }
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof ApplicationError && error.error === ERROR_URIS.procedureAlreadyExists;
}

/** Resolves after a while, or as soon as it is stopped. */
function pause({ clock, stop }: WhenFreeOptions, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      cancel();
      stop.removeEventListener('abort', over);
      resolve();
    };
    const cancel = clock.after(ms, over);
    stop.addEventListener('abort', over);
    // `taken` may have stopped it.
    if (stop.aborted) over();
  });
}
