import { InvalidConfiguration, typeName } from '@wamp-run/protocol';

/** The rules of a set of options: every name that there is. The value is not looked at. */
export type OptionNames<T> = { readonly [K in keyof T]-?: true };

/**
 * Throws an InvalidConfiguration where options are none, or have a name that nobody reads; it says which name was
 * likely meant.
 *
 * @param place where in the options of the router these stand, for the message: `realms[0]`; empty for the router's own
 */
export function checkOptionNames<T>(options: T, names: OptionNames<T>, place = ''): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new InvalidConfiguration(
      `${place === '' ? 'Router' : place}: expected an object with options, got ${typeName(options)}`,
    );
  }
  const known = Object.keys(names);
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const meant = nearest(unknown, known);
  const advice = meant === undefined ? `there are ${known.join(', ')}` : `did you mean ${meant}?`;
  throw new InvalidConfiguration(`${place === '' ? '' : `${place}.`}${unknown}: there is no such option; ${advice}`);
}

/** The known name that this one is likely a slip of, or undefined where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.floor(name.length / 3) + 1;
  for (const candidate of known) {
    const changes = distance(name.toLowerCase(), candidate.toLowerCase());
    if (changes > least || (changes === least && best !== undefined)) continue;
    best = candidate;
    least = changes;
  }
  return best;
}

/** How many letters must be put in, left out or changed to make one word of the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
