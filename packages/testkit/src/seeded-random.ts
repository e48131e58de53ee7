import type { Random } from '@wamp-run/protocol';

/**
 * Random bytes that are the same for the same seed, in every run: for tests, where a failure has to come again. Nothing
 * that is to be kept secret may come from it.
 *
 * @param seed a whole number
 */
export function seededRandom(seed: number): Random {
  // mulberry32: 32 bits of state are plenty to tell the sessions of a test apart.
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 24;
  };
  return (n) => Uint8Array.from({ length: n }, next);
}
