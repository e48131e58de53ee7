// However a session, a call or the router ends while a call is being made: the call ends, too, once, and in the
// same way whether it passed by the messages or not.
import type { CallDetails, Client, Session } from '@wamp-run/client';
import type { RouterOptions } from '@wamp-run/router';
import { describe, expect, test } from 'vitest';
import { OneProcess, WAYS } from './one-process.js';

interface Scene {
  readonly all: OneProcess;
  readonly ann: Session;
  readonly bob: Session;
  readonly cid: Session;
  readonly clients: { readonly ann: Client; readonly bob: Client };
  /** What bob was called with. */
  readonly runs: unknown[];
  /** Of bob's calls that are not answered. */
  readonly signals: AbortSignal[];
  answer(value: unknown): void;
}

const LEFT = { code: 'WAMP_SESSION_ENDED', executed: 'maybe' };
const CALLEE_LEFT = { error: 'wamp.error.canceled', args: ['callee left before it answered'] };
const NOBODY = { error: 'wamp.error.no_such_procedure', executed: 'no' };

describe.each(WAYS)('where calls go by %s', (way) => {
  async function scene(router?: Partial<RouterOptions>, callTimeout?: number): Promise<Scene> {
    const all = new OneProcess(router);
    const { session: bob, client: bobs } = await all.join('bob', way);
    const { session: ann, client: anns } = await all.join('ann', way, { callTimeout });
    const { session: cid } = await all.join('cid', way);
    const runs: unknown[] = [];
    const signals: AbortSignal[] = [];
    const answers: ((value: unknown) => void)[] = [];
    await bob.register('com.now', ([n]) => {
      runs.push(n);
      return n;
    });
    await bob.register('com.later', (_, __, { signal }) => {
      signals.push(signal);
      return new Promise((resolve) => answers.push(resolve));
    });
    await all.settled();
    all.forget();
    const answer = (value: unknown): void => answers.shift()?.(value);
    return { all, ann, bob, cid, clients: { ann: anns, bob: bobs }, runs, signals, answer };
  }

  /** Bob does something in the middle of answering. */
  async function during(what: (scene: Scene, details: CallDetails) => void, asynchronous = false) {
    const here = await scene();
    await here.bob.register('com.during', (_, __, details) => {
      here.runs.push('during');
      what(here, details);
      return asynchronous ? new Promise(() => {}) : 'answer';
    });
    await here.all.settled();
    here.all.forget();
    return here;
  }

  describe('the callee', () => {
    test('leaves in the turn of the call, before it', async () => {
      const { all, ann, bob, runs } = await scene();
      const left = bob.leave();
      await expect(ann.call('com.now', [1])).rejects.toMatchObject(NOBODY);
      await left;
      expect(runs).toEqual([]);
      await all.expectNothingPending();
    });

    test('leaves inside its handler', async () => {
      const { all, ann } = await during(({ bob }) => void bob.leave());
      await expect(ann.call('com.during')).rejects.toMatchObject(CALLEE_LEFT);
      await expect(ann.call('com.during')).rejects.toMatchObject(NOBODY);
      await all.expectNothingPending();
    });

    test('leaves inside its handler, which answers later', async () => {
      const signals: AbortSignal[] = [];
      const { all, ann } = await during(({ bob }, { signal }) => {
        signals.push(signal);
        void bob.leave();
      }, true);
      await expect(ann.call('com.during')).rejects.toMatchObject(CALLEE_LEFT);
      await all.settled();
      expect(signals).toMatchObject([{ aborted: true }]);
      await all.expectNothingPending();
    });

    test('cuts its transport inside its handler', async () => {
      const { all, ann } = await during(({ bob }) => void bob.disconnect());
      await expect(ann.call('com.during')).rejects.toMatchObject(CALLEE_LEFT);
      await all.expectNothingPending();
    });

    test('is closed while it works on the call', async () => {
      const { all, ann, clients, signals } = await scene();
      const call = ann.call('com.later');
      await all.settled();
      const closed = clients.bob.close();
      await expect(call).rejects.toMatchObject(CALLEE_LEFT);
      await closed;
      expect(signals.map(({ aborted, reason }) => [aborted, reason])).toMatchObject([
        [true, { code: 'WAMP_SESSION_ENDED' }],
      ]);
      await all.expectNothingPending();
    });

    test('gives up what it works on', async () => {
      const { all, ann, clients, signals } = await scene();
      const call = ann.call('com.later');
      await all.settled();
      expect(clients.bob.answering).toBe(1);
      expect(all.router.counts().realms).toMatchObject([{ calls: 1 }]);
      expect(clients.bob.cancelAnswering()).toBe(1);
      await expect(call).rejects.toMatchObject({
        error: 'wamp.error.canceled',
        args: ['com.later was stopped before it had finished'],
      });
      expect(signals).toMatchObject([{ aborted: true }]);
      await all.expectNothingPending();
    });

    test.each(['before', 'while'] as const)('is killed %s it works on the call', async (when) => {
      const { all, ann, bob, cid, signals } = await scene();
      const id = bob.details?.session;
      const killed = when === 'before' ? cid.call('wamp.session.kill', [id]) : undefined;
      const call = ann.call('com.later');
      const failed = expect(call).rejects.toMatchObject(when === 'before' ? NOBODY : CALLEE_LEFT);
      await all.settled();
      await (killed ?? cid.call('wamp.session.kill', [id]));
      await failed;
      await all.settled();
      expect(signals.map(({ aborted }) => aborted)).toEqual(when === 'before' ? [] : [true]);
      await all.expectNothingPending();
    });
  });

  describe('the caller', () => {
    test('leaves while the callee works on the call', async () => {
      const { all, ann, signals, answer } = await scene();
      const call = ann.call('com.later');
      await all.settled();
      const failed = expect(call).rejects.toMatchObject(LEFT);
      await ann.leave();
      await failed;
      await all.settled();
      expect(signals).toMatchObject([{ aborted: true, reason: { code: 'WAMP_CANCELED' } }]);
      answer('too late');
      await all.expectNothingPending();
    });

    test.each([
      ['leaves', ({ ann }: Scene) => void ann.leave()],
      ['is closed', ({ clients }: Scene) => void clients.ann.close()],
    ])('%s inside the handler, which answers at once', async (_, what) => {
      const { all, ann, runs, bob } = await during(what);
      await expect(ann.call('com.during')).rejects.toMatchObject({ code: 'WAMP_SESSION_ENDED' });
      await all.settled();
      expect(runs).toEqual(['during']);
      expect(bob.isAttached).toBe(true);
      await all.expectNothingPending();
    });

    test('leaves inside the handler, which answers later', async () => {
      const signals: AbortSignal[] = [];
      const { all, ann } = await during(({ ann: caller }, { signal }) => {
        signals.push(signal);
        void caller.leave();
      }, true);
      await expect(ann.call('com.during')).rejects.toMatchObject(LEFT);
      await all.settled();
      expect(signals).toMatchObject([{ aborted: true, reason: { code: 'WAMP_CANCELED' } }]);
      await all.expectNothingPending();
    });

    test('is killed before the call is routed: nothing runs', async () => {
      const { all, ann, cid, runs } = await scene();
      const killed = cid.call('wamp.session.kill', [ann.details?.session]);
      await expect(ann.call('com.now', [1])).rejects.toMatchObject({ code: 'WAMP_SESSION_ENDED' });
      await killed;
      expect(runs).toEqual([]);
      await all.expectNothingPending();
    });

    test('is closed in the turn in which it has called', async () => {
      const { all, ann, clients } = await scene();
      const calls = [ann.call('com.now', [1]), ann.call('com.later')];
      const failed = calls.map((call) => expect(call).rejects.toMatchObject({ code: 'WAMP_SESSION_ENDED' }));
      await clients.ann.close();
      await Promise.all(failed);
      await expect(ann.call('com.now', [2])).rejects.toMatchObject({ code: 'WAMP_SESSION_NOT_READY' });
      await all.expectNothingPending();
    });
  });

  describe('the router closes', () => {
    test('in the turn of the call: nothing runs', async () => {
      const { all, ann, runs } = await scene();
      const call = ann.call('com.now', [1]);
      const closed = all.router.close();
      await expect(call).rejects.toMatchObject({ code: 'WAMP_SESSION_ENDED' });
      await closed;
      expect(runs).toEqual([]);
    });

    test.each([false, true])('inside the handler, which answers later: %s', async (asynchronous) => {
      const signals: AbortSignal[] = [];
      const { all, ann } = await during(({ all: { router } }, { signal }) => {
        signals.push(signal);
        void router.close();
      }, asynchronous);
      // In messages its caller hears first that the callee has left.
      const ended = way === 'direct' ? LEFT : CALLEE_LEFT;
      await expect(ann.call('com.during')).rejects.toMatchObject(ended);
      await all.expectNothingPending();
      expect(signals).toMatchObject([{ aborted: asynchronous }]);
    });

    test('while the callee works on the call', async () => {
      const { all, ann, signals } = await scene();
      const call = ann.call('com.later');
      await all.settled();
      const failed = expect(call).rejects.toMatchObject({ code: expect.any(String), executed: 'maybe' });
      await all.router.close();
      await failed;
      expect(signals).toMatchObject([{ aborted: true }]);
    });
  });

  describe('time runs out', () => {
    test.each(['option', 'default'] as const)('by %s: both sides learn of it', async (by) => {
      const { all, ann, signals, answer } = await scene({}, by === 'default' ? 100 : undefined);
      const call = ann.call('com.later', [], by === 'option' ? { timeout: 100 } : {});
      const failed = expect(call).rejects.toMatchObject({ code: 'WAMP_TIMEOUT', executed: 'maybe' });
      await all.settled();
      all.clock.advance(99);
      await all.settled();
      expect(signals).toMatchObject([{ aborted: false }]);
      all.clock.advance(1);
      await failed;
      await all.settled();
      expect(signals).toMatchObject([{ aborted: true, reason: { code: 'WAMP_CANCELED' } }]);
      answer('too late');
      await all.expectNothingPending();
      // What comes afterwards is not disturbed.
      expect(await ann.call('com.now', [1])).toBe(1);
    });

    test('and an answer in time leaves no timer behind', async () => {
      const { all, ann, answer } = await scene({}, 100);
      const timers = all.clock.pending;
      const call = ann.call('com.later');
      await all.settled();
      // One of the caller's, and one of the router's.
      expect(all.clock.pending - timers).toBe(2);
      answer('in time');
      expect(await call).toBe('in time');
      expect(await ann.call('com.now', [1])).toBe(1);
      expect(all.clock.pending).toBe(timers);
      await all.expectNothingPending();
    });
  });
});
