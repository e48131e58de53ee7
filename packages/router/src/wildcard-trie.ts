import { partsOf } from './texts.js';

/** What patterns have at one place: certain parts, an open part, or their end. */
interface Place<T> {
  literals: Map<string, Place<T>> | undefined;
  open: Place<T> | undefined;
  value: T | undefined;
}

/**
 * Values by wildcard patterns, whose empty parts match one part of anything. Patterns of as many parts share a tree, a
 * level for each part. A lookup visits at most two places for each place above them, and in fact those only whose
 * patterns fit so far: `MAX_WILDCARD_PARTS` bounds how many that can be.
 */
export class WildcardTrie<T> {
  /** By the number of parts. */
  readonly #roots: (Place<T> | undefined)[] = [];

  /** The value of exactly this pattern. */
  get(pattern: string): T | undefined {
    const parts = pattern.split('.');
    let place = this.#roots[parts.length];
    for (const part of parts) place = part === '' ? place?.open : place?.literals?.get(part);
    return place?.value;
  }

  /**
   * The value of the pattern that fits a URI best: the one with the longest run of certain parts at its beginning, among
   * equals the longest run after that, and so on.
   */
  best(uri: string): T | undefined {
    if (this.#roots.length === 0) return undefined;
    const root = this.#roots[partsOf(uri)];
    return root === undefined ? undefined : bestBelow(root, uri.split('.'), 0);
  }

  /** Visits the values of all patterns that a URI meets. */
  visit(uri: string, visit: (value: T) => void): void {
    if (this.#roots.length === 0) return;
    const root = this.#roots[partsOf(uri)];
    if (root !== undefined) visitBelow(root, { parts: uri.split('.'), visit }, 0);
  }

  set(pattern: string, value: T): void {
    const parts = pattern.split('.');
    let place = this.#roots[parts.length];
    if (place === undefined) {
      place = emptyPlace();
      this.#roots[parts.length] = place;
    }
    for (const part of parts) place = next(place, part);
    place.value = value;
  }

  delete(pattern: string): void {
    const parts = pattern.split('.');
    const root = this.#roots[parts.length];
    if (root !== undefined && clear(root, parts, 0)) this.#roots[parts.length] = undefined;
  }
}

function bestBelow<T>(place: Place<T>, parts: readonly string[], at: number): T | undefined {
  if (at === parts.length) return place.value;
  const literal = place.literals?.get(parts[at] as string);
  // A certain part here makes the run longer than any pattern with an open one can have it.
  const found = literal === undefined ? undefined : bestBelow(literal, parts, at + 1);
  if (found !== undefined || place.open === undefined) return found;
  return bestBelow(place.open, parts, at + 1);
}

function visitBelow<T>(
  place: Place<T>,
  walk: { readonly parts: readonly string[]; readonly visit: (value: T) => void },
  at: number,
): void {
  if (at === walk.parts.length) {
    if (place.value !== undefined) walk.visit(place.value);
    return;
  }
  const literal = place.literals?.get(walk.parts[at] as string);
  if (literal !== undefined) visitBelow(literal, walk, at + 1);
  if (place.open !== undefined) visitBelow(place.open, walk, at + 1);
}

function emptyPlace<T>(): Place<T> {
  return { literals: undefined, open: undefined, value: undefined };
}

function next<T>(place: Place<T>, part: string): Place<T> {
  if (part === '') {
    place.open ??= emptyPlace();
    return place.open;
  }
  place.literals ??= new Map();
  let literal = place.literals.get(part);
  if (literal === undefined) {
    literal = emptyPlace();
    place.literals.set(part, literal);
  }
  return literal;
}

/** Takes a pattern away. Returns whether nothing is left of the place. */
function clear<T>(place: Place<T>, parts: readonly string[], at: number): boolean {
  const part = parts[at];
  if (part === undefined) {
    place.value = undefined;
  } else if (part === '') {
    if (place.open !== undefined && clear(place.open, parts, at + 1)) place.open = undefined;
  } else {
    const literal = place.literals?.get(part);
    if (literal !== undefined && clear(literal, parts, at + 1)) place.literals?.delete(part);
    if (place.literals?.size === 0) place.literals = undefined;
  }
  return place.value === undefined && place.open === undefined && place.literals === undefined;
}
