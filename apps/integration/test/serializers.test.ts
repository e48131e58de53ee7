// A session over every serializer, batched or not, beside one over another: what arrives is what was sent.
import { ApplicationError, type Dict, type Value } from '@wamp-run/protocol';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { joined, localRouter, SERIALIZERS } from './local.js';

const names = Object.keys(SERIALIZERS) as (keyof typeof SERIALIZERS)[];
const args: Value[] = [1, 'zwei', 2 ** 40, -1.5, 2n ** 60n, null, [true, {}], Uint8Array.of(0, 255)];
const kwargs: Dict = { '': 'ä€😀', list: [{ deep: [2 ** 53] }] };

let router: Awaited<ReturnType<typeof localRouter>>;
beforeAll(async () => {
  router = await localRouter();
});
afterAll(() => router.router.close());

describe.each(names)('%s', (name) => {
  test.each([name, 'cbor', 'json', 'flatbuffers'] as const)('calls and answers a session over %s', async (other) => {
    const callee = await joined(router.url, { serializers: [SERIALIZERS[other]()] });
    const caller = await joined(router.url, { serializers: [SERIALIZERS[name]()] });
    onTestFinished(async () => {
      await Promise.all([callee.close(), caller.close()]);
    });
    await callee.session.register('com.example.echo', (a, k) => ({ a, k }) as never);
    await callee.session.register('com.example.fail', () => {
      throw new ApplicationError('com.example.failed', args, { kwargs });
    });
    for (const [one, two] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      expect(await one.session.call('com.example.echo', args, { kwargs })).toEqual({ a: args, k: kwargs });
      await expect(one.session.call('com.example.fail')).rejects.toMatchObject({
        error: 'com.example.failed',
        args,
        kwargs,
      });
      const events: unknown[] = [];
      let allCame = () => {};
      const all = new Promise<void>((resolve) => {
        allCame = resolve;
      });
      await two.session.subscribe('com.example.topic', (a, k) => {
        if (events.push([a, k]) === 100) allCame();
      });
      for (let n = 0; n < 100; n++) one.session.publish('com.example.topic', [n, ...args], { kwargs });
      await all;
      expect(events).toEqual(Array.from({ length: 100 }, (_, n) => [[n, ...args], kwargs]));
    }
    const calls = Array.from({ length: 200 }, (_, n) => caller.session.call('com.example.echo', [n]));
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 200 }, (_, n) => ({ a: [n], k: {} })));
  });
});
