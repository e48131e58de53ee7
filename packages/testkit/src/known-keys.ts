import { InvalidConfiguration } from '@wamp-run/protocol';

/**
 * Refuses a key that nobody reads: a misspelt one would else be as good as not given.
 *
 * @param place what the options are, for people
 */
export function refuseUnknown(place: string, given: object, known: Readonly<Record<string, true>>): void {
  for (const key of Object.keys(given)) {
    if (Object.hasOwn(known, key)) continue;
    throw new InvalidConfiguration(
      `${place}.${key}: there is no such option; there are ${Object.keys(known).join(', ')}`,
    );
  }
}
