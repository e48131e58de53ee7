import { InvalidConfiguration, InvalidUriError } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { Key, KeyRing } from '../src/index.js';
import { counting } from './values.js';

const random = counting();
const named = (id: string) => new Key({ secret: Key.generate(random).reveal().secret as string, id });

function ring(prefixes: 'component' | 'character', entries: Record<string, string>): KeyRing {
  const made = new KeyRing({ prefixes });
  for (const [id, uri] of Object.entries(entries)) {
    made.set({ uri: uri.replace('=', ''), match: uri.startsWith('=') ? 'exact' : 'prefix', key: named(id) });
  }
  return made;
}

describe('which key is for which URI', () => {
  const byComponent = ring('component', {
    shop: 'com.shop',
    news: 'com.shop.news',
    one: '=com.shop.news.one',
    com: 'com',
  });

  test.each([
    ['com.shop', 'shop'],
    ['com.shop.buy', 'shop'],
    ['com.shopping', 'com'],
    ['com.shop.news', 'news'],
    ['com.shop.news.two', 'news'],
    ['com.shop.news.one', 'one'],
    ['com.shop.news.one.more', 'news'],
    ['comet', undefined],
    ['org.shop', undefined],
    ['', undefined],
  ])('by component: %s', (uri, id) => expect(byComponent.keyIdFor(uri)).toBe(id));

  const byCharacter = ring('character', { app: 'com.myapp', cut: 'com.my', dot: 'com.myapp.' });

  test.each([
    ['com.myapp', 'app'],
    ['com.myapplication.x', 'app'],
    ['com.myapp.x', 'dot'],
    ['com.mya', 'cut'],
    ['com.m', undefined],
  ])('by character, as Autobahn: %s', (uri, id) => expect(byCharacter.keyIdFor(uri)).toBe(id));

  test.each(['component', 'character'] as const)(
    'the default is for what has none, and never for what is the router’s own (%s)',
    (prefixes) => {
      const defaulted = ring(prefixes, { shop: 'com.shop', all: '' });
      const ids = ['com.shop.buy', 'org', 'wamp', 'wamp.session.count', 'wamp.error.runtime_error', 'wampum'];
      expect(ids.map((uri) => defaulted.keyIdFor(uri))).toEqual(['shop', 'all', undefined, undefined, 'all', 'all']);
      defaulted.set({ uri: 'wamp.session', key: named('meta') });
      expect(defaulted.keyIdFor('wamp.session.count')).toBe('meta');
    },
  );

  test('an entry can be replaced and taken out', () => {
    const changed = ring('component', { old: 'com.shop', exact: '=com.shop' });
    changed.set({ uri: 'com.shop', key: named('new'), policy: 'optional' });
    expect([changed.keyIdFor('com.shop'), changed.keyIdFor('com.shop.x')]).toEqual(['exact', 'new']);
    expect([changed.policyFor('com.shop'), changed.policyFor('com.shop.x')]).toEqual(['required', 'optional']);
    expect([changed.delete('com.shop', 'exact'), changed.delete('com.shop', 'exact')]).toEqual([true, false]);
    expect(changed.keyIdFor('com.shop')).toBe('new');
    expect(changed.delete('com.shop')).toBe(true);
    expect([changed.keyIdFor('com.shop'), changed.policyFor('com.shop')]).toEqual([undefined, undefined]);
  });
});

describe('rotation', () => {
  const opening = (from: KeyRing) => from.opening(false, 'com.shop.buy', undefined).map(({ id }) => id);

  test('the old key decrypts until the next one comes', () => {
    const rotated = ring('component', { one: 'com.shop' });
    rotated.rotate('com.shop', named('two'));
    expect([rotated.keyIdFor('com.shop.buy'), opening(rotated)]).toEqual(['two', ['two', 'one']]);
    rotated.rotate('com.shop', named('three'));
    expect(opening(rotated)).toEqual(['three', 'two']);
    rotated.rotate('com.shop', named('four'), { keepLast: 2 });
    expect(opening(rotated)).toEqual(['four', 'three', 'two']);
    rotated.rotate('com.shop', named('five'), { keepLast: 0 });
    expect(opening(rotated)).toEqual(['five']);
  });

  test('or for a time', () => {
    const clock = new FakeClock();
    const rotated = new KeyRing({ clock });
    rotated.set({ uri: 'com.shop', key: named('one') });
    rotated.rotate('com.shop', named('two'), { keepFor: 1_000 });
    clock.advance(500);
    rotated.rotate('com.shop', named('three'), { keepFor: 1_000 });
    expect(opening(rotated)).toEqual(['three', 'two', 'one']);
    clock.advance(499);
    expect(opening(rotated)).toEqual(['three', 'two', 'one']);
    clock.advance(1);
    expect(opening(rotated)).toEqual(['three', 'two']);
    clock.advance(500);
    expect(opening(rotated)).toEqual(['three']);
    expect(rotated.entries()[0]?.accepts).toEqual([]);
  });

  test('a key that is accepted first is taken over without a gap', () => {
    const next = named('next');
    const rotated = new KeyRing();
    rotated.set({ uri: 'com.shop', key: named('now'), accepts: [next] });
    expect([rotated.keyIdFor('com.shop'), opening(rotated)]).toEqual(['now', ['now', 'next']]);
    rotated.rotate('com.shop', next);
    expect([rotated.keyIdFor('com.shop'), opening(rotated)]).toEqual(['next', ['next', 'now']]);
  });

  test('a name chooses the key, in whatever case', () => {
    const rotated = ring('component', { One: 'com.shop' });
    rotated.rotate('com.shop', named('two'));
    const chosen = (id: string) => rotated.opening(true, 'com.shop', id).map((key) => key.id);
    expect([chosen('one'), chosen('two'), chosen('three')]).toEqual([['One'], ['two'], []]);
  });
});

describe('what only decrypts', () => {
  const { publicKey, privateKey } = Key.generatePair(random);
  const other = Key.generatePair(random);

  test('sends calls in the clear, and answers encrypted', () => {
    const prepared = new KeyRing();
    prepared.set({ uri: 'com.shop', accepts: [named('next')], policy: 'optional' });
    expect(prepared.sealing(true, 'com.shop.buy')).toBeUndefined();
    expect(prepared.sealing(false, 'com.shop.buy')?.id).toBe('next');
    expect(prepared.policyFor('com.shop.buy')).toBe('optional');
  });

  test('a key for the other side is never a reason to send in the clear', () => {
    const half = new KeyRing();
    half.set({ uri: 'com.shop', key: new Key({ responderPrivate: privateKey, originatorPublic: other.publicKey }) });
    expect(() => half.sealing(true, 'com.shop')).toThrow(/the entry of com.shop: its key is not enough to call/);
    half.set({
      uri: 'com.shop',
      policy: 'optional',
      key: new Key({ originatorPrivate: other.privateKey, responderPublic: publicKey }),
    });
    expect(() => half.sealing(false, 'com.shop')).toThrow(InvalidConfiguration);
    expect(half.opening(false, 'com.shop', undefined)).toEqual([]);
  });
});

describe('mistakes', () => {
  const key = named('k');
  const made = new KeyRing();
  made.set({ uri: 'com.shop', key });

  test.each<[string, () => unknown, RegExp]>([
    ['a required entry without a key', () => made.set({ uri: 'com.x' }), /the entry of com.x: expected a key/],
    ['a required entry that only decrypts', () => made.set({ uri: 'x', accepts: [key] }), /policy 'optional'/],
    ['nothing at all', () => made.set({ uri: 'com.x', policy: 'optional' }), /expected a key/],
    ['a text for a key', () => made.set({ uri: 'com.x', key: 'c2VjcmV0' as never }), /expected a Key/],
    [
      'a policy that is none',
      () => made.set({ uri: 'com.x', key, policy: 'off' as never }),
      /'required' or 'optional'/,
    ],
    ['a match that is none', () => made.set({ uri: 'com.x', key, match: 'wildcard' as never }), /'exact' or 'prefix'/],
    ['a dot at the end', () => made.set({ uri: 'com.', key }), /leave out the dot/],
    ['a slip of the pen', () => made.set({ uri: 'com.x', key, polcy: 'optional' } as never), /no member "polcy"/],
    ['a rule that is none', () => new KeyRing({ prefixes: 'word' as never }), /'component' or 'character'/],
    ['a rotation of nothing', () => made.rotate('com.y', key), /no such entry/],
    ['a rotation of another match', () => made.rotate('com.shop', key, { match: 'exact' }), /no such entry/],
    ['a time without a clock', () => made.rotate('com.shop', key, { keepFor: 1 }), /no clock/],
    ['a time before now', () => made.rotate('com.shop', key, { keepFor: -1 }), /keepFor/],
    ['half a key', () => made.rotate('com.shop', key, { keepLast: 0.5 }), /keepLast/],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(InvalidConfiguration);
    expect(run).toThrow(message);
  });

  test('a URI that is none', () => {
    expect(() => made.set({ uri: 'com..x', key })).toThrow(InvalidUriError);
    expect(() => made.set({ uri: '', match: 'exact', key })).toThrow(InvalidUriError);
  });
});
