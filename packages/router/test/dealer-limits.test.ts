import { describe, expect, test } from 'vitest';
import { argsOf, routed, routerAndClock } from './clients.js';
import { callPart, join, refused } from './dealer-sessions.js';

describe('limits.pendingCalls', () => {
  test('beyond it: ERROR limit_exceeded, for this session only, until a call is answered', async () => {
    const { router } = routerAndClock({ limits: { pendingCalls: 2 } });
    const [callee, caller, other] = [await join(router), await join(router), await join(router)];
    await callee.register('com.work');
    for (const n of [1, 2]) caller.call('com.work', [n]);
    const request = caller.call('com.work', [3]);
    const error = await caller.error();
    expect(error).toMatchObject({ requestType: 48, request, error: 'wamp.error.limit_exceeded' });
    expect(argsOf(error)).toEqual([expect.stringContaining('limits.pendingCalls')]);
    other.call('com.work', ['other']);
    callee.yield(1);
    await caller.result();
    caller.call('com.work', [4]);
    await routed();
    expect(callee.peer.heard.map((message) => argsOf(message as never))).toEqual([[1], [2], ['other'], [4]]);
  });

  test('calls that wait count, and so do calls in parts, once each', async () => {
    const { router } = routerAndClock({ limits: { pendingCalls: 3 } });
    const [callee, caller] = [await join(router), await join(router)];
    await callee.register('com.work', { concurrency: 1 });
    await callee.register('com.sum');
    for (const n of [1, 2]) caller.call('com.work', [n]);
    const sum = caller.call('com.sum', [1], { progress: true });
    callPart(caller, sum, 'com.sum', [2], { progress: true });
    caller.call('com.work', [3]);
    expect((await caller.error()).error).toBe('wamp.error.limit_exceeded');
    expect(router.counts().realms[0]?.calls).toBe(3);
  });

  test('canceled calls do not count', async () => {
    const { router } = routerAndClock({ limits: { pendingCalls: 1 } });
    const [callee, caller] = [await join(router), await join(router)];
    await callee.register('com.work');
    for (let n = 0; n < 3; n++) {
      caller.cancel(caller.call('com.work'), { mode: 'skip' });
      expect((await caller.error()).error).toBe('wamp.error.canceled');
    }
  });
});

describe('limits.registrations', () => {
  test('beyond it: ERROR limit_exceeded, for this session only, until one is gone', async () => {
    const { router } = routerAndClock({ limits: { registrations: 2 } });
    const [callee, other] = [await join(router), await join(router)];
    const id = await callee.register('com.a');
    await callee.register('com.', { match: 'prefix' });
    expect(await refused(callee, 'com.c')).toBe('wamp.error.limit_exceeded');
    await other.register('com.c');
    await callee.unregister(id);
    await callee.register('com.a');
  });

  test('what is refused takes nothing away with force_reregister', async () => {
    const { router } = routerAndClock({ limits: { registrations: 1 } });
    const [callee, other] = [await join(router), await join(router)];
    await callee.register('com.a');
    await other.register('com.b');
    expect(await refused(callee, 'com.b', { force_reregister: true })).toBe('wamp.error.limit_exceeded');
    callee.call('com.b');
    await other.invocation();
  });

  test('taking over what is one’s own needs no room', async () => {
    const { router } = routerAndClock({ limits: { registrations: 1 } });
    const callee = await join(router);
    await callee.register('com.a');
    callee.say({ type: 64, request: callee.request(), options: { force_reregister: true }, procedure: 'com.a' });
    await callee.expect(67);
    await callee.expect(65);
  });
});

describe('limits.keptCallBytes', () => {
  const long = 'x'.repeat(400);

  test('calls that wait beyond it: ERROR limit_exceeded, for this session only, until one is called', async () => {
    const { router } = routerAndClock({ limits: { keptCallBytes: 1_000 } });
    const [callee, caller, other] = [await join(router), await join(router), await join(router)];
    await callee.register('com.work', { concurrency: 1 });
    for (const n of [1, 2, 3]) caller.call('com.work', [n, long]);
    const error = await caller.error();
    expect(error).toMatchObject({ requestType: 48, request: 3, error: 'wamp.error.limit_exceeded' });
    expect(argsOf(error)).toEqual([expect.stringContaining('limits.keptCallBytes')]);
    other.call('com.work', ['other', long]);
    callee.yield(1);
    await caller.result();
    caller.call('com.work', [4, long]);
    await caller.hearsNothing();
    expect(router.counts().realms[0]?.calls).toBe(3);
  });

  test.each(['canceled', 'answered'])('what is %s does not count', async (end) => {
    const { router } = routerAndClock({ limits: { keptCallBytes: 1_000 } });
    const [callee, other, caller] = [await join(router), await join(router), await join(router)];
    for (const each of [callee, other]) await each.register('com.work', { invoke: 'first', concurrency: 1 });
    for (let n = 1; n < 6; n++) {
      const [first, waiting] = [caller.call('com.work'), caller.call('com.work', [n, long])];
      await routed();
      if (end === 'canceled') caller.cancel(waiting, { mode: 'skip' });
      callee.yield(2 * n - (end === 'canceled' ? n : 1));
      if (end === 'answered') callee.yield(2 * n);
      const answers = [await caller.peer.next(), await caller.peer.next()];
      expect(answers.map((answer) => (answer as { request: number }).request).sort()).toEqual([first, waiting].sort());
      expect(answers.filter(({ type }) => type === 50).length).toBe(end === 'canceled' ? 1 : 2);
    }
    expect(router.counts().realms[0]?.calls).toBe(0);
  });

  test('a call beyond it is called, but goes to nobody else: ERROR no_available_callee', async () => {
    const { router } = routerAndClock({ limits: { keptCallBytes: 1_000 } });
    const [callee, other, caller] = [await join(router), await join(router), await join(router)];
    for (const each of [callee, other]) await each.register('com.work', { invoke: 'first' });
    for (const n of [1, 2]) caller.call('com.work', [n, long]);
    for (const n of [1, 2]) callee.fail(n, 'wamp.error.unavailable');
    expect(await caller.error()).toMatchObject({ request: 2, error: 'wamp.error.no_available_callee' });
    expect(argsOf(await other.invocation())).toEqual([1, long]);
    await other.hearsNothing();
  });
});

describe('limits.waitingCalls', () => {
  test('0: nothing waits', async () => {
    const { router } = routerAndClock({ limits: { waitingCalls: 0 } });
    const [callee, caller] = [await join(router), await join(router)];
    await callee.register('com.work', { concurrency: 1 });
    caller.call('com.work');
    const request = caller.call('com.work');
    expect(await caller.error()).toMatchObject({ request, error: 'wamp.error.no_available_callee' });
  });

  test('each registration has its own', async () => {
    const { router } = routerAndClock({ limits: { waitingCalls: 1 } });
    const [callee, caller] = [await join(router), await join(router)];
    const procedures = ['com.work', 'com.rest'];
    for (const procedure of procedures) await callee.register(procedure, { concurrency: 1 });
    for (const procedure of procedures) for (let n = 0; n < 2; n++) caller.call(procedure);
    await caller.hearsNothing();
    caller.call('com.rest');
    expect((await caller.error()).error).toBe('wamp.error.no_available_callee');
  });
});
