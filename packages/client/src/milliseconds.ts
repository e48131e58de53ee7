import { InvalidConfiguration } from '@wamp-run/protocol';

/** A timer takes no longer delay, and fires at once where it gets one; 24 days are as good as for ever. */
export const LONGEST = 2 ** 31 - 1;

/**
 * A time that a timer can take: longer ones are cut to 24 days.
 *
 * @param name - what the option is called, in the error
 * @throws InvalidConfiguration where it is no number of at least 0
 */
export function milliseconds(name: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return Math.min(value, LONGEST);
  throw new InvalidConfiguration(`${name}: expected milliseconds of at least 0, got ${value}`);
}
