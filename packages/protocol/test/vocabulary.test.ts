import { describe, expect, test, vi } from 'vitest';
import { FakeClock } from '../src/conformance/index.js';
import {
  ApplicationError,
  announce,
  canonicalUri,
  checkUri,
  following,
  InvalidUriError,
  isId,
  isReserved,
  isUri,
  matches,
  PeerRoles,
  ProtocolError,
  RequestIds,
  randomId,
  TypeCheckError,
  WampError,
} from '../src/index.js';

describe('ids', () => {
  test('run from 1 to 2^53', () => {
    expect([0, 1, 2 ** 53, 2 ** 53 + 2, 1.5, -1, '1', null, 5n].map(isId)).toEqual([
      false,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  test('requests count from 1, and begin again after 2^53', () => {
    const ids = new RequestIds();
    expect([ids.next(), ids.next(), ids.next()]).toEqual([1, 2, 3]);
    expect(following(2 ** 53 - 1)).toBe(2 ** 53);
    expect(following(2 ** 53)).toBe(1);
  });

  test('random ids reach both ends of the range', () => {
    const asked: number[] = [];
    const bytes = (value: number) => (n: number) => {
      asked.push(n);
      return new Uint8Array(n).fill(value);
    };
    expect(randomId(bytes(0))).toBe(1);
    expect(randomId(bytes(255))).toBe(2 ** 53);
    expect(asked).toEqual([7, 7]);
  });
});

describe('URIs', () => {
  test.each([
    ['com.example.a', true, true, true],
    ['com.Example.ä', true, true, true],
    ['com..a', false, false, true],
    ['com.a.', false, true, true],
    ['.com', false, false, true],
    ['', false, true, true],
    ['com a', false, false, false],
    ['com.#', false, false, false],
    ['com.a\n', false, false, false],
  ])('%j: exact %s, prefix %s, wildcard %s', (uri, exact, prefix, wildcard) => {
    expect([isUri(uri), isUri(uri, 'prefix'), isUri(uri, 'wildcard')]).toEqual([exact, prefix, wildcard]);
  });

  test('the strict rule', () => {
    expect(isUri('com.ex_1.a', 'exact', 'strict')).toBe(true);
    expect(isUri('com.Ex', 'exact', 'strict')).toBe(false);
    expect(() => checkUri('com.Ex', 'procedure', 'exact', 'strict')).toThrow('only a-z, 0-9, _ and . are allowed here');
  });

  test('a bad one is named with what is wrong', () => {
    expect(() => checkUri('com..a', 'procedure')).toThrow(InvalidUriError);
    expect(() => checkUri('com..a', 'procedure')).toThrow(
      'procedure: "com..a" is not a URI (a part between dots is empty)',
    );
    expect(() => checkUri('', 'topic')).toThrow('topic: "" is not a URI (it is empty)');
    expect(() => checkUri(undefined, 'topic')).toThrow('topic: expected a URI, got undefined');
  });

  test('a long one takes no longer than its length', () => {
    expect(isUri(`${'a.'.repeat(100_000)}#`)).toBe(false);
    expect(isUri(`${'a.'.repeat(100_000)}`, 'wildcard')).toBe(true);
  });

  test('wamp is reserved as a part, not as letters', () => {
    expect(['wamp.session.count', 'wamp', 'wampfoo.bar'].map(isReserved)).toEqual([true, true, false]);
  });

  test('prefixes match by characters, wildcards by parts', () => {
    expect(matches('com.a.emergency-low', 'com.a.emergency', 'prefix')).toBe(true);
    expect(matches('com.a.b', 'com..b', 'wildcard')).toBe(true);
    expect(matches('com.a.b.c', 'com..b', 'wildcard')).toBe(false);
    expect(matches('com.a', 'com.a', 'exact')).toBe(true);
  });
});

describe('roles', () => {
  test('come as {} or with features, and a feature counts only when true', () => {
    const roles = new PeerRoles({
      caller: {},
      callee: { features: { call_canceling: true, progressive_call_results: 1 } },
    });
    expect(roles.plays('caller')).toBe(true);
    expect(roles.plays('publisher')).toBe(false);
    expect(roles.has('callee', 'call_canceling')).toBe(true);
    expect(roles.has('callee', 'progressive_call_results')).toBe(false);
    expect(roles.has('caller', 'call_canceling')).toBe(false);
  });

  test('are announced as the wire wants them', () => {
    expect(announce({ dealer: ['call_canceling'], broker: [] })).toEqual({
      dealer: { features: { call_canceling: true } },
      broker: { features: {} },
    });
  });
});

describe('errors', () => {
  test('are told apart by instanceof, also across copies of the package', async () => {
    // A second copy, as another version in node_modules would be.
    vi.resetModules();
    const copy = await import('../src/errors.js');
    expect(copy.ApplicationError).not.toBe(ApplicationError);
    const foreign = new copy.TypeCheckError('x');
    expect(foreign).toBeInstanceOf(TypeCheckError);
    expect(foreign).toBeInstanceOf(ApplicationError);
    expect(foreign).toBeInstanceOf(WampError);
    expect(foreign).not.toBeInstanceOf(ProtocolError);
    expect(new Error('x')).not.toBeInstanceOf(WampError);
  });

  test('a class of the application is not mistaken for its parent', () => {
    class OutOfStock extends ApplicationError {}
    const plain = new ApplicationError('com.shop.error');
    const special = new OutOfStock('com.shop.error.out_of_stock', ['tea', 2n], { kwargs: { left: 0 } });
    expect(special).toBeInstanceOf(OutOfStock);
    expect(special).toBeInstanceOf(ApplicationError);
    expect(plain).not.toBeInstanceOf(OutOfStock);
    expect(special.name).toBe('OutOfStock');
    expect(special.message).toBe('com.shop.error.out_of_stock: tea "2"');
  });

  test('a TypeCheckError holds a text, or all that a peer sent', () => {
    expect(new TypeCheckError('a: no')).toMatchObject({ args: ['a: no'], kwargs: {}, executed: 'no' });
    const remote = new TypeCheckError(['a: no', { got: 'str' }], { kwargs: { error: 1 }, executed: 'maybe' });
    expect(remote).toMatchObject({ args: ['a: no', { got: 'str' }], kwargs: { error: 1 }, executed: 'maybe' });
    expect(remote.message).toBe('wamp.error.type_check_error: a: no {"got":"str"}');
    expect(new TypeCheckError([]).message).toBe('wamp.error.type_check_error');
  });

  test('aliases in the field become the URI of the specification', () => {
    expect(canonicalUri('wamp.error.goodbye_and_out')).toBe('wamp.close.goodbye_and_out');
    expect(canonicalUri('com.example.error')).toBe('com.example.error');
  });
});

describe('the fake clock', () => {
  test('runs what falls due, in order, each at its own time', () => {
    const clock = new FakeClock();
    const log: string[] = [];
    clock.after(20, () => log.push(`b at ${clock.now()}`));
    clock.after(10, () => {
      log.push(`a at ${clock.now()}`);
      clock.after(5, () => log.push(`c at ${clock.now()}`));
    });
    const off = clock.after(12, () => log.push('never'));
    off();
    clock.advance(19);
    expect(log).toEqual(['a at 10', 'c at 15']);
    expect(clock.next).toBe(1);
    clock.advance(1);
    expect(log).toEqual(['a at 10', 'c at 15', 'b at 20']);
    expect(clock.pending).toBe(0);
  });
});
