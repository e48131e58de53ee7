import { randomBytes } from 'node:crypto';
import type { Clock, Random } from '@wamp-run/protocol';

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** The machine's own randomness. */
export const systemRandom: Random = (n) => randomBytes(n);
