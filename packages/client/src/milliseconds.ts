import { InvalidConfiguration } from '@wamp-run/protocol';

/** A timer takes no longer delay, and fires at once where it gets one; 24 days are as good as for ever. */
export const LONGEST = 2 ** 31 - 1;

/** A time that a timer can take. Throws InvalidConfiguration where it is none. */
export function milliseconds(name: string, value: number): number {
  if (Number.isFinite(value) && value >= 0) return Math.min(value, LONGEST);
  throw new InvalidConfiguration(`${name}: expected milliseconds of at least 0, got ${value}`);
}
