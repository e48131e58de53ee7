import { InvalidConfiguration, isDict, typeName } from '@wamp-run/protocol';

/** Throws InvalidConfiguration, naming the member, where this is no object, or has a member that nobody reads. */
export function checkMembers(given: unknown, known: readonly string[], what: string): void {
  if (!isDict(given)) throw new InvalidConfiguration(`${what}: expected an object, got ${typeName(given)}`);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    // A member's name may be a secret that has slipped into the wrong place.
    const shown = /^\w{1,24}$/.test(name) ? JSON.stringify(name) : 'one';
    throw new InvalidConfiguration(`${what}: there is no member ${shown}; there are ${known.join(', ')}`);
  }
}
