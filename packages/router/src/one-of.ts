import { InvalidConfiguration } from '@wamp-run/protocol';

/** Gives back a word. Throws InvalidConfiguration, naming the place, unless it is one of these. */
export function oneOf<T extends string>(place: string, value: T, words: readonly T[]): T {
  if (words.includes(value)) return value;
  throw new InvalidConfiguration(`${place}: expected one of ${words.join(', ')}, got ${JSON.stringify(value)}`);
}
