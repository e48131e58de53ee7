import { type MatchPolicy, matches } from '@wamp-run/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PatternIndex } from '../src/pattern-index.js';
import { PrefixTrie } from '../src/prefix-trie.js';
import { WildcardTrie } from '../src/wildcard-trie.js';

interface Pattern {
  readonly uri: string;
  readonly match: MatchPolicy;
}

// Few letters, so that patterns meet, share beginnings and contain each other.
const part = fc.stringMatching(/^[ab]{0,2}$/);
const certain = fc.stringMatching(/^[ab]{1,2}$/);
const uri = fc.array(certain, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
const pattern: fc.Arbitrary<Pattern> = fc.oneof(
  uri.map((it) => ({ uri: it, match: 'exact' as const })),
  fc.tuple(uri, fc.nat(8)).map(([it, length]) => ({ uri: it.slice(0, length), match: 'prefix' as const })),
  fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => ({ uri: parts.join('.'), match: 'wildcard' as const })),
);
const step = fc.record({ remove: fc.boolean(), pattern });

/** Does the same to an index and to a list that is searched from end to end, and compares what they find. */
function agrees(steps: readonly { remove: boolean; pattern: Pattern }[], uris: readonly string[], index: Index): void {
  const model = new Map<string, Pattern>();
  for (const { remove, pattern: it } of steps) {
    const key = `${it.match} ${it.uri}`;
    if (remove) {
      model.delete(key);
      index.delete(it.uri, it.match);
    } else if (!model.has(key)) {
      model.set(key, it);
      index.set(it.uri, it.match, it);
    }
    expect(index.get(it.uri, it.match)).toBe(model.get(key));
  }
  expect(index.hasPatterns).toBe([...model.values()].some(({ match }) => match !== 'exact'));
  for (const it of uris) {
    const found = index.matching(it).map(({ uri: of, match }) => `${match} ${of}`);
    const wanted = [...model.values()].filter(({ uri: of, match }) => matches(it, of, match));
    expect(found.sort()).toEqual(wanted.map(({ uri: of, match }) => `${match} ${of}`).sort());
  }
}

type Index = Pick<PatternIndex<Pattern>, 'get' | 'set' | 'delete' | 'matching' | 'hasPatterns'>;

describe('a pattern index', () => {
  test('finds what a search from end to end finds', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.array(uri, { maxLength: 10 }), (steps, uris) =>
        agrees(steps, uris, new PatternIndex<Pattern>()),
      ),
      { numRuns: 500, seed: 1 },
    );
  });

  test('is found out where prefixes match part by part', () => {
    class ByParts extends PatternIndex<Pattern> {
      override matching(of: string): Pattern[] {
        return super.matching(of).filter((it) => it.match !== 'prefix' || `${of}.`.startsWith(`${it.uri}.`));
      }
    }
    const run = () =>
      fc.assert(
        fc.property(fc.array(step, { maxLength: 40 }), fc.array(uri, { maxLength: 10 }), (steps, uris) =>
          agrees(steps, uris, new ByParts()),
        ),
        { numRuns: 500, seed: 1 },
      );
    expect(run).toThrow();
  });

  test('looks at what a URI meets, not at what there is', () => {
    const trie = new PrefixTrie<object>();
    for (let i = 0; i < 10_000; i++) trie.set(`com.shop.order${i}.`, {});
    expect(lookUps(() => trie.visit('com.shop.order4711.new', () => {}))).toBeLessThan(12);
    const wildcards = new WildcardTrie<object>();
    for (let i = 0; i < 10_000; i++) wildcards.set(`com..order${i}.`, {});
    expect(lookUps(() => wildcards.visit('com.shop.order4711.new', () => {}))).toBeLessThan(12);
  });
});

/** How many entries of maps are looked up while something runs. */
function lookUps(run: () => void): number {
  const { get } = Map.prototype;
  let count = 0;
  Map.prototype.get = function (key) {
    count++;
    return get.call(this, key);
  };
  try {
    run();
  } finally {
    Map.prototype.get = get;
  }
  return count;
}
