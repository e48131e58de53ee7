import { InvalidConfiguration } from '@wamp-run/protocol';

// Timers of JavaScript hold 31 bits: what is longer fires at once.
const LONGEST = 2 ** 31 - 1;

/** Gives back a number of milliseconds. Throws InvalidConfiguration, naming the place, unless a timer can hold it. */
export function checkTimeout(place: string, ms: number, least: number): number {
  if (typeof ms === 'number' && ms >= least && ms <= LONGEST) return ms;
  throw new InvalidConfiguration(`${place}: expected ${least} to ${LONGEST} milliseconds, got ${String(ms)}`);
}
