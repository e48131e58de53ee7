import { type MatchPolicy, matches } from '@wamp-run/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PatternIndex } from '../src/pattern-index.js';

interface Entry {
  readonly pattern: string;
  readonly match: MatchPolicy;
}

/** What the index is held against: all patterns in a list, looked through from the beginning. */
class NaiveIndex {
  #entries: Entry[] = [];

  set(pattern: string, match: MatchPolicy): void {
    this.delete(pattern, match);
    this.#entries.push({ pattern, match });
  }

  delete(pattern: string, match: MatchPolicy): void {
    this.#entries = this.#entries.filter((entry) => entry.pattern !== pattern || entry.match !== match);
  }

  get(pattern: string, match: MatchPolicy): string | undefined {
    return this.#entries.some((entry) => entry.pattern === pattern && entry.match === match)
      ? named({ pattern, match })
      : undefined;
  }

  /** Of prefixes the longest; of wildcards the one with the longest runs of certain parts, from the first run on. */
  bestPattern(uri: string): string | undefined {
    const fitting = (match: MatchPolicy) =>
      this.#entries.filter((entry) => entry.match === match && matches(uri, entry.pattern, match));
    const prefix = fitting('prefix').sort((a, b) => b.pattern.length - a.pattern.length)[0];
    const best = prefix ?? fitting('wildcard').sort((a, b) => byRuns(a.pattern, b.pattern))[0];
    return best === undefined ? undefined : named(best);
  }
}

function named({ pattern, match }: Entry): string {
  return `${match} ${pattern}`;
}

/** How many certain parts there are before each open one, and after the last. */
function runs(pattern: string): number[] {
  const lengths = [0];
  for (const part of pattern.split('.')) {
    if (part === '') lengths.push(0);
    else lengths[lengths.length - 1] = (lengths.at(-1) ?? 0) + 1;
  }
  return lengths;
}

function byRuns(a: string, b: string): number {
  const [runsOfA, runsOfB] = [runs(a), runs(b)];
  for (let i = 0; i < Math.max(runsOfA.length, runsOfB.length); i++) {
    const difference = (runsOfB[i] ?? 0) - (runsOfA[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

// Few parts, so that patterns meet; among them what JavaScript has a meaning for, and parts that begin alike.
const PARTS = ['a', 'ab', '__proto__'];
const part = fc.constantFrom(...PARTS);
const uri = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
const wildcard = fc.array(fc.oneof(part, fc.constant('')), { minLength: 1, maxLength: 4 }).map((p) => p.join('.'));
const prefix = fc.tuple(uri, fc.nat(30)).map(([text, length]) => text.slice(0, length));
const entry = fc.oneof(
  fc.record({ pattern: uri, match: fc.constant<MatchPolicy>('exact') }),
  fc.record({ pattern: prefix, match: fc.constant<MatchPolicy>('prefix') }),
  fc.record({ pattern: wildcard, match: fc.constant<MatchPolicy>('wildcard') }),
);
const step = fc.record({ entry, remove: fc.boolean() });
const steps = fc.array(step, { maxLength: 40 });

function differences(all: readonly { entry: Entry; remove: boolean }[], uris: readonly string[]): string[] {
  const index = new PatternIndex<string>();
  const naive = new NaiveIndex();
  const found: string[] = [];
  const compare = (place: string, got: string | undefined, wanted: string | undefined) => {
    if (got !== wanted) found.push(`${place}: got ${got}, wanted ${wanted}`);
  };
  for (const { entry: at, remove } of all) {
    if (remove) {
      index.delete(at.pattern, at.match);
      naive.delete(at.pattern, at.match);
    } else {
      index.set(at.pattern, at.match, named(at));
      naive.set(at.pattern, at.match);
    }
    for (const { entry: each } of all) {
      compare(named(each), index.get(each.pattern, each.match), naive.get(each.pattern, each.match));
    }
    for (const called of uris) compare(called, index.bestPattern(called), naive.bestPattern(called));
  }
  return found;
}

describe('the index of registrations', () => {
  test('finds what a scan of all patterns finds, after each change', () => {
    fc.assert(
      fc.property(steps, fc.array(uri, { maxLength: 8 }), (all, uris) => {
        expect(differences(all, uris)).toEqual([]);
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  test('holds nothing more once everything is taken out', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), fc.array(uri, { maxLength: 8 }), (all, uris) => {
        const index = new PatternIndex<string>();
        for (const { pattern, match } of all) index.set(pattern, match, 'there');
        for (const { pattern, match } of all) index.delete(pattern, match);
        expect(index).toEqual(new PatternIndex());
        for (const called of uris) expect(index.bestPattern(called)).toBeUndefined();
      }),
      { numRuns: 200, seed: 11 },
    );
  });

  // Examples of the specification.
  test.each([
    ['a1.b2.c3.d4.e55', 'a1.b2.c3.d4.'],
    ['a1.b2.c33.d4.e5', 'a1.b2.c33..e5'],
    ['a1.b2.c88.d4.e5.f6.g7', 'a1.b2..d4.e5..g7'],
  ])('%s is for %s', (called, pattern) => {
    const index = new PatternIndex<string>();
    for (const each of ['a1.b2.c3.', 'a1.b2.c3.d4.']) index.set(each, 'prefix', each);
    for (const each of ['a1.b2..d4.e5', 'a1.b2.c33..e5', 'a1.b2..d4.e5..g7', 'a1.b2..d4..f6.g7']) {
      index.set(each, 'wildcard', each);
    }
    expect(index.bestPattern(called)).toBe(pattern);
  });

  test('where certain parts lead nowhere in the end, an open one is tried', () => {
    const index = new PatternIndex<string>();
    for (const each of ['a.b..x', 'a...c']) index.set(each, 'wildcard', each);
    expect(index.bestPattern('a.b.b.c')).toBe('a...c');
    expect(index.bestPattern('a.b.b.d')).toBeUndefined();
  });

  test('as many certain parts as come first decide, not how many there are', () => {
    const index = new PatternIndex<string>();
    for (const each of ['a.b...', 'a..c.d.e']) index.set(each, 'wildcard', each);
    expect(index.bestPattern('a.b.c.d.e')).toBe('a.b...');
  });
});
