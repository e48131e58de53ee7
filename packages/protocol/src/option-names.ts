import { InvalidConfiguration } from './errors.js';
import { typeName } from './value.js';

/** The rules of a set of options: every name that there is. The value is not looked at. */
export type OptionNames<T> = { readonly [K in keyof T]-?: true };

/**
 * Throws an InvalidConfiguration where options are none, or have a name that nobody reads; it says which name was
 * likely meant.
 *
 * @param of whose options these are, for the message: `websocket`, or where they stand: `realms[0]`; empty where that is plain
 * @param joint what stands between that and a name: `websocket: port`, `realms[0].name`. Default: a colon
 */
export function checkOptionNames<T>(
  options: T,
  names: { readonly [K in keyof T]-?: unknown },
  of: string,
  joint: '.' | ': ' = ': ',
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new InvalidConfiguration(
      `${of === '' ? 'options' : of}: expected an object with options, got ${typeName(options)}`,
    );
  }
  const known = Object.keys(names);
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const meant = nearestName(unknown, known);
  const advice = meant === undefined ? `there are ${known.join(', ')}` : `did you mean ${meant}?`;
  throw new InvalidConfiguration(`${of === '' ? '' : of + joint}${unknown}: there is no such option; ${advice}`);
}

/** The known name that this one is likely a slip of, or undefined where none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
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
