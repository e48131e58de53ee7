// What crosses by a direct call belongs to who has got it, as what came in a message.
import type { Session } from '@wamp-run/client';
import type { Value } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { OneProcess, WAYS, type Way } from './one-process.js';

async function scene(way: Way): Promise<{ all: OneProcess; ann: Session; bob: Session }> {
  const all = new OneProcess();
  const { session: bob } = await all.join('bob', way);
  const { session: ann } = await all.join('ann', way);
  return { all, ann, bob };
}

describe.each(WAYS)('what crosses is nobody else’s (%s)', (way) => {
  test('neither side sees what the other changes later', async () => {
    const { all, ann, bob } = await scene(way);
    const kept: { args: Value[]; kwargs: object; result: object }[] = [];
    await bob.register('com.keep', (args, kwargs) => {
      const result = { list: [1, { two: 2 }], bytes: Uint8Array.of(1), same: args[0] as Value };
      kept.push({ args, kwargs, result });
      return result;
    });
    const list: unknown[] = [1, { two: 2 }];
    const bytes = Uint8Array.of(1, 2);
    const args = [{ list }, bytes, Buffer.from('b')];
    const kwargs = { by: { key: [1] } };
    await all.settled();
    const pending = ann.call<{ list: unknown[]; bytes: Uint8Array; same: unknown }>('com.keep', args, { kwargs });
    // Also what is changed before the procedure runs.
    list.push({ two: 3 });
    bytes[0] = 9;
    kwargs.by.key.push(2);
    const result = await pending;
    const [there] = kept as [(typeof kept)[0]];
    expect(there.args).toEqual([{ list: [1, { two: 2 }] }, Uint8Array.of(1, 2), Uint8Array.from(Buffer.from('b'))]);
    expect(there.kwargs).toEqual({ by: { key: [1] } });
    for (const each of [there.args[1], there.args[2], result.bytes]) {
      expect(Object.getPrototypeOf(each)).toBe(Uint8Array.prototype);
    }
    // The callee changes what it was given, and what it has returned; the caller what it got.
    (there.args[0] as { list: unknown[] }).list.length = 0;
    (there.result as { list: unknown[] }).list.push('later');
    (there.result as { bytes: Uint8Array }).bytes[0] = 7;
    expect(result).toEqual({ list: [1, { two: 2 }], bytes: Uint8Array.of(1), same: { list: [1, { two: 2 }] } });
    expect(list).toHaveLength(3);
    result.list.length = 0;
    result.bytes[0] = 8;
    expect(there.result).toMatchObject({ list: [1, { two: 2 }, 'later'], bytes: Uint8Array.of(7) });
  });

  test('a handler that returns its arguments gives its caller others', async () => {
    const { all, ann, bob } = await scene(way);
    const given: unknown[] = [];
    await bob.register('com.same', (args, kwargs) => {
      given.push(args[0], kwargs);
      return args[0];
    });
    await all.settled();
    const result = await ann.call<object>('com.same', [{ a: [1] }], { kwargs: { b: [2] } });
    expect(result).toEqual(given[0]);
    expect(result).not.toBe(given[0]);
    expect((result as { a: unknown }).a).not.toBe((given[0] as { a: unknown }).a);
  });
});
