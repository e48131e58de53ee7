// A way past the messages ends with the registration that it goes by: what is called next is what is registered then.
import { ApplicationError } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { OneProcess, WAYS } from './one-process.js';

const NOBODY = { error: 'wamp.error.no_such_procedure', executed: 'no' };

describe.each(WAYS)('a registration, where calls go by %s', (way) => {
  async function scene() {
    const all = new OneProcess();
    const { session: bob } = await all.join('bob', way);
    const { session: ann } = await all.join('ann', way);
    const { session: cid } = await all.join('cid', way);
    const runs: unknown[] = [];
    await bob.register('com.now', ([n]) => runs.push(n));
    await all.settled();
    return { all, ann, bob, cid, runs };
  }

  test('that is taken over before the call is routed: the new callee answers', async () => {
    const { all, ann, cid, runs } = await scene();
    const taken = cid.register('com.now', () => 'cid', { forceReregister: true });
    expect(await ann.call('com.now', [1])).toBe('cid');
    await taken;
    expect(await ann.call('com.now', [2])).toBe('cid');
    expect(runs).toEqual([]);
    await all.expectNothingPending();
  });

  test('that gets a second callee before the call is routed: the calls are spread', async () => {
    const { all, ann, bob, cid } = await scene();
    await bob.register('com.shared', () => 'bob', { invoke: 'roundrobin' });
    expect(await ann.call('com.shared')).toBe('bob');
    const second = cid.register('com.shared', () => 'cid', { invoke: 'roundrobin' });
    const calls = [1, 2, 3, 4].map(() => ann.call('com.shared'));
    expect((await Promise.all(calls)).sort()).toEqual(['bob', 'bob', 'cid', 'cid']);
    await (await second).unregister();
    expect(await Promise.all([ann.call('com.shared'), ann.call('com.shared')])).toEqual(['bob', 'bob']);
    await all.expectNothingPending();
  });

  test('that is given back before the call: nobody has it', async () => {
    const { all, ann, bob, runs } = await scene();
    const own = await bob.register('com.own', () => runs.push('own'));
    await ann.call('com.own');
    const back = own.unregister();
    await expect(ann.call('com.own')).rejects.toMatchObject(NOBODY);
    await back;
    await bob.register('com.own', () => 'again');
    expect(await ann.call('com.own')).toBe('again');
    expect(runs).toEqual(['own']);
    await all.expectNothingPending();
  });

  test('that is given back after the call, in the same turn: it is answered', async () => {
    const { all, ann, bob } = await scene();
    const own = await bob.register('com.own', () => 'own');
    const call = ann.call('com.own');
    const back = own.unregister();
    expect(await call).toBe('own');
    await back;
    await expect(ann.call('com.own')).rejects.toMatchObject(NOBODY);
    await all.expectNothingPending();
  });

  test('that is given back by its own handler: this call is answered, and no other', async () => {
    const { all, ann, bob } = await scene();
    const own = await bob.register('com.own', () => {
      void own.unregister();
      return 'own';
    });
    await all.settled();
    expect(await ann.call('com.own')).toBe('own');
    await expect(ann.call('com.own')).rejects.toMatchObject(NOBODY);
    await all.expectNothingPending();
  });

  test('is unavailable, by the word of its callee, and another has come meanwhile', async () => {
    const { all, ann, bob, cid } = await scene();
    let refuse = (_: unknown): void => {};
    const unavailable = () =>
      new Promise((_, reject) => {
        refuse = reject;
      });
    await bob.register('com.shared', unavailable, { invoke: 'first' });
    await all.settled();
    const call = ann.call('com.shared');
    await all.settled();
    await cid.register('com.shared', () => 'cid', { invoke: 'first' });
    refuse(new ApplicationError('wamp.error.unavailable'));
    await expect(call).rejects.toMatchObject({ error: 'wamp.error.no_available_callee' });
    await all.expectNothingPending();
  });
});
