import { type MatchPolicy, matches } from '@wamp-run/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { covers, meet, type Pattern } from '../src/authorization/patterns.js';
import { settleRoles } from '../src/authorization/rule.js';
import { RuleSet } from '../src/authorization/rule-set.js';

// Few letters and few parts, so that every URI can be tried.
const PARTS = ['a', 'b', 'aa', 'ab', 'ba', 'bb', 'aba'];
const URIS = [
  ...PARTS,
  ...PARTS.flatMap((one) => PARTS.map((two) => `${one}.${two}`)),
  ...PARTS.flatMap((one) => PARTS.flatMap((two) => PARTS.map((three) => `${one}.${two}.${three}`))),
];

const certain = fc.stringMatching(/^[ab]{1,2}$/);
const open = fc.stringMatching(/^[ab]{0,2}$/);
const uri = fc.array(certain, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
const prefix = fc.tuple(uri, fc.nat(6)).map(([it, length]) => it.slice(0, length));
const wildcard = fc.array(open, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
const pattern: fc.Arbitrary<Pattern> = fc.oneof(
  uri.map((it) => ({ uri: it, match: 'exact' as MatchPolicy })),
  prefix.map((it) => ({ uri: it, match: 'prefix' as MatchPolicy })),
  wildcard.map((it) => ({ uri: it, match: 'wildcard' as MatchPolicy })),
);

const all = ({ uri: it, match }: Pattern) => URIS.filter((each) => matches(each, it, match));

describe('two patterns', () => {
  test('meet where there is a URI that both match', () => {
    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        const both = all(one).filter((each) => matches(each, other.uri, other.match));
        // Prefixes that go on behind the longest URI tried here meet beyond them.
        fc.pre(all(one).length > 0 && all(other).length > 0);
        if (both.length > 0) expect(meet(one, other)).toBe(true);
        else expect(meet(one, other) && URIS.some((each) => isWithin(each, one, other))).toBe(false);
        expect(meet(one, other)).toBe(meet(other, one));
      }),
      { numRuns: 2_000 },
    );
  });

  test('one covers the other only where it matches every URI of it', () => {
    fc.assert(
      fc.property(pattern, pattern, (outer, inner) => {
        if (!covers(outer, inner)) return;
        expect(all(inner).filter((each) => !matches(each, outer.uri, outer.match))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each<[string, MatchPolicy, string, MatchPolicy]>([
    ['a.', 'prefix', 'a.b.', 'prefix'],
    ['a.', 'prefix', 'a.b', 'exact'],
    ['a.', 'prefix', 'a..b', 'wildcard'],
    ['a.', 'prefix', 'a.', 'wildcard'],
    ['', 'prefix', '.b', 'wildcard'],
    ['', 'prefix', '', 'prefix'],
    ['a.', 'wildcard', 'a.b', 'wildcard'],
    ['.', 'wildcard', 'a.', 'wildcard'],
  ])('%j by %s covers %j by %s', (outer, outerMatch, inner, innerMatch) => {
    expect(covers({ uri: outer, match: outerMatch }, { uri: inner, match: innerMatch })).toBe(true);
  });
});

function isWithin(each: string, one: Pattern, other: Pattern): boolean {
  return matches(each, one.uri, one.match) && matches(each, other.uri, other.match);
}

test('a pattern is allowed only where every URI of it is', () => {
  const rule = fc.tuple(pattern, fc.boolean()).map(([it, call]) => ({ ...it, allow: { call, register: call } }));
  let allowed = 0;
  fc.assert(
    fc.property(
      fc.uniqueArray(rule, { selector: ({ uri: it, match }) => `${match} ${it}`, minLength: 1, maxLength: 6 }),
      pattern,
      (rules, asked) => {
        const [role] = settleRoles([{ name: 'r', rules }], 'roles', 'loose');
        const set = new RuleSet(role?.rules ?? []);
        if (set.allows('register', asked.uri, asked.match) !== true) return;
        allowed++;
        expect(all(asked).filter((each) => set.allows('register', each, 'exact') !== true)).toEqual([]);
      },
    ),
    { numRuns: 5_000 },
  );
  expect(allowed).toBeGreaterThan(100);
});
