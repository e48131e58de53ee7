// What a review of direct calls has found: moments and values at which a call that passes by the messages would have behaved
// otherwise than one that does not.
import { joinSession, type Session } from '@wamp-run/client';
import type { RealmOptions } from '@wamp-run/router';
import { describe, expect, test } from 'vitest';
import { OneProcess, WAYS } from './one-process.js';

/** Gone before anybody can look at it. */
function revoked<T extends object>(target: T): T {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

describe.each(WAYS)('where calls go by %s', (way) => {
  async function pair(realm: Partial<RealmOptions> = {}) {
    const all = new OneProcess({ realms: [{ name: 'realm1', ...realm }] });
    const bob = await all.join('bob', way);
    const ann = await all.join('ann', way);
    return { all, ann: ann.session, bob: bob.session, clients: { ann: ann.client, bob: bob.client } };
  }

  test('a result that cannot even be looked at fails its own call, and no other of the turn', async () => {
    const { all, ann, bob } = await pair();
    await bob.register('com.gone', () => revoked({}));
    await bob.register('com.one', () => 1);
    await all.settled();
    const [gone, one] = await Promise.allSettled([ann.call('com.gone'), ann.call('com.one')]);
    expect(gone).toMatchObject({ status: 'rejected', reason: { error: 'wamp.error.runtime_error' } });
    expect(one).toEqual({ status: 'fulfilled', value: 1 });
    await all.expectNothingPending();
  });

  const broken = {
    get details(): true {
      throw new Error('not to be read');
    },
  };
  test.each([
    ['arguments that are gone', (ann: Session) => ann.call('com.one', revoked([]))],
    ['options that cannot be read', (ann: Session) => ann.call('com.one', [], broken)],
    ['options that are none', (ann: Session) => ann.call('com.one', [], null as never)],
  ])('%s are refused by the promise, with an interceptor and without', async (_, call) => {
    const { all, ann, bob } = await pair();
    await bob.register('com.one', () => 1);
    const interceptors = [{ call: (_request: unknown, next: () => Promise<unknown>) => next() }];
    const { session: eve } = await all.join('eve', way, { interceptors, callTimeout: 1_000 });
    await all.settled();
    for (const session of [ann, eve]) {
      const refused = call(session);
      await expect(refused).rejects.toBeInstanceOf(Error);
    }
    await all.expectNothingPending();
  });

  test('an interceptor that hangs after a call that could not be made has its time', async () => {
    const { all, bob } = await pair();
    await bob.register('com.one', () => 1);
    const hanging = { call: (_: unknown, next: () => Promise<unknown>) => next().catch(() => new Promise(() => {})) };
    const { session: eve } = await all.join('eve', way, { interceptors: [hanging], callTimeout: 50 });
    await all.settled();
    const call = expect(eve.call('com.one', [], broken)).rejects.toMatchObject({ code: 'WAMP_TIMEOUT' });
    await all.settled();
    all.clock.advance(50);
    await call;
  });

  test('calls and events of a turn keep their order where a procedure changes hands in it', async () => {
    const { all, ann, bob } = await pair();
    const { session: cid } = await all.join('cid', way);
    const seen: string[] = [];
    await bob.register('com.p', () => void seen.push('p, by bob'));
    await cid.register('com.q', () => void seen.push('q'));
    await cid.subscribe('com.t', () => void seen.push('t'));
    await all.settled();
    await Promise.all([ann.call('com.p'), ann.call('com.q')]);
    seen.length = 0;
    const taken = cid.register('com.p', () => void seen.push('p, by cid'), { forceReregister: true });
    const calls = [ann.call('com.p'), ann.call('com.q')];
    ann.publish('com.t');
    await Promise.all([taken, ...calls]);
    await all.settled();
    expect(seen).toEqual(['p, by cid', 'q', 't']);
    await all.expectNothingPending();
  });

  test('a callee that leaves in the turn of the call, behind it, was asked all the same', async () => {
    const { all, ann, bob } = await pair();
    await bob.register('com.one', () => 1);
    await all.settled();
    const call = ann.call('com.one');
    const left = bob.leave();
    await expect(call).rejects.toMatchObject({ error: 'wamp.error.canceled' });
    await left;
    await all.expectNothingPending();
  });

  test('an authorizer may call for the very session that it is asked about', async () => {
    let ask: () => Promise<unknown> = async () => undefined;
    const asked: Promise<unknown>[] = [];
    const { all, ann, bob } = await pair({
      roles: [
        { name: 'anonymous', rules: [{ uri: 'com.free', match: 'exact', allow: { call: true, register: true } }] },
      ],
      authorizer: {
        authorize: () => {
          asked.push(ask());
          return true;
        },
      },
    });
    await bob.register('com.free', () => 'free');
    await all.settled();
    ask = () => ann.call('com.free');
    ann.publish('com.t');
    const call = ann.call('com.free');
    await expect(call).resolves.toBe('free');
    await expect(Promise.all(asked.splice(0))).resolves.toContain('free');
    expect(ann.isAttached).toBe(true);
    ask = async () => undefined;
    await all.expectNothingPending();
  });

  test('a procedure that is beginning counts as one that is being answered', async () => {
    const { all, ann, bob, clients } = await pair();
    const seen: unknown[] = [];
    let finish = () => {};
    await bob.register('com.waits', async () => {
      seen.push(clients.bob.answering);
      void clients.bob.answered().then(() => seen.push('nothing is being answered'));
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      seen.push('done');
    });
    await bob.register('com.at.once', () => void clients.bob.answered().then(() => seen.push('answered at once')));
    await all.settled();
    const call = ann.call('com.waits');
    await all.settled();
    expect(seen).toEqual([1]);
    finish();
    await call;
    await all.settled();
    expect(seen).toEqual([1, 'done', 'nothing is being answered']);
    await ann.call('com.at.once');
    await all.settled();
    expect(seen.at(-1)).toBe('answered at once');
    await all.expectNothingPending();
  });

  test.each(['at once', 'later'] as const)(
    'a procedure that gives all calls up, its own too, and answers %s',
    async (when) => {
      const { all, ann, bob, clients } = await pair();
      const seen: unknown[] = [];
      await bob.register('com.stop', (_, __, { signal }) => {
        seen.push(clients.bob.cancelAnswering(), signal.aborted);
        return when === 'at once' ? 'too late' : Promise.resolve('too late');
      });
      await all.settled();
      await expect(ann.call('com.stop')).rejects.toMatchObject({
        error: 'wamp.error.canceled',
        args: ['com.stop was stopped before it had finished'],
      });
      expect(seen).toEqual([1, true]);
      expect(clients.bob.answering).toBe(0);
      await all.expectNothingPending();
    },
  );

  test('a procedure that ends its own session sees that nobody waits', async () => {
    const { all, ann, bob } = await pair();
    const seen: unknown[] = [];
    await bob.register('com.leave', (_, __, { signal }) => {
      void bob.leave();
      seen.push(signal.aborted);
    });
    await all.settled();
    await expect(ann.call('com.leave')).rejects.toMatchObject({ error: 'wamp.error.canceled' });
    expect(seen).toEqual([true]);
    await all.expectNothingPending();
  });

  test('what is pending has rejected when the session tells of its end', async () => {
    const { all, bob } = await pair();
    await bob.register('com.one', () => 1);
    const transport = await all.connector('eve', way).connect({ aborted: false } as never);
    const eve = await joinSession(transport, { realm: 'realm1', clock: all.clock });
    await all.settled();
    await eve.call('com.one');
    const order: string[] = [];
    eve.call('com.one').catch(() => order.push('rejected'));
    void eve.ended.then(() => order.push('ended'));
    await eve.disconnect();
    await all.settled();
    expect(order).toEqual(['rejected', 'ended']);
    await all.expectNothingPending();
  });

  test('arguments in lists, of a procedure that takes them so, and one call that has a list', async () => {
    const { all, ann, bob } = await pair();
    await bob.register(
      'com.sum',
      async (lists) => {
        let sum = 0;
        for await (const [n] of lists) sum += Number(n);
        return sum;
      },
      { progressive: true },
    );
    await all.settled();
    await expect(ann.call('com.sum', [5])).resolves.toBe(5);
    await all.expectNothingPending();
  });
});
