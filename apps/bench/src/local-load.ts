import type { Load } from './call-load.js';

/** The clock is looked at once in so many calls of each line: a look takes a tenth of such a call. */
const BETWEEN_LOOKS = 16;

/** What a caller has seen that does not measure each call. */
export interface LocalReport {
  readonly calls: number;
  readonly perSecond: number;
}

/**
 * Keeps so many calls in flight for so long, in as many lines of calls one after the other. For calls within one process,
 * which take a microsecond: `CallLoad`, with its time for each call, would take half of one itself. `call` makes the nth
 * call, and rejects where its answer is wrong; then there is no figure.
 */
export async function localLoad({ inFlight, seconds }: Load, call: (n: number) => Promise<void>): Promise<LocalReport> {
  let calls = 0;
  const began = performance.now();
  const until = began + seconds * 1000;
  const line = async () => {
    do {
      for (let i = 0; i < BETWEEN_LOOKS; i++) await call(++calls);
    } while (performance.now() < until);
  };
  await Promise.all(Array.from({ length: inFlight }, line));
  return { calls, perSecond: (calls / (performance.now() - began)) * 1000 };
}
