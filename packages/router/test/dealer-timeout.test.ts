import { type Dict, MessageType } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { argsOf, routed, routerAndClock } from './clients.js';
import { join, rolesWithout } from './dealer-sessions.js';

async function timed(options: Dict, { roles, register }: { roles?: Dict; register?: Dict } = {}) {
  const { router, clock } = routerAndClock();
  const callee = await join(router, roles === undefined ? {} : { roles });
  const caller = await join(router);
  await callee.register('com.work', register);
  const request = caller.call('com.work', [], options);
  const invocation = await callee.invocation();
  return { router, clock, callee, caller, request, invocation };
}

describe('call timeout, by the dealer', () => {
  test('ERROR timeout to the caller, INTERRUPT killnowait to the callee', async () => {
    const { router, clock, callee, caller, request, invocation } = await timed({ timeout: 500 });
    expect(invocation.details).toEqual({});
    clock.advance(499);
    await caller.hearsNothing();
    clock.advance(1);
    const error = await caller.error();
    expect(error).toMatchObject({ requestType: 48, request, error: 'wamp.error.timeout' });
    expect(argsOf(error)).toEqual(['no answer within 500 ms']);
    const interrupt = await callee.expect(MessageType.INTERRUPT);
    expect(interrupt).toMatchObject({ request: invocation.request, options: { mode: 'killnowait' } });
    expect(router.counts().realms[0]?.calls).toBe(0);
    callee.yield(invocation.request, ['too late']);
    await caller.hearsNothing();
    await callee.hearsNothing();
  });

  test('never an INTERRUPT to a callee that did not announce call_canceling', async () => {
    const { clock, callee, caller } = await timed({ timeout: 500 }, { roles: rolesWithout('call_canceling') });
    clock.advance(500);
    expect((await caller.error()).error).toBe('wamp.error.timeout');
    await callee.hearsNothing();
  });

  test.each<[string, Dict]>([
    ['0', { timeout: 0 }],
    ['null', { timeout: null }],
    ['nothing', {}],
  ])('%s is no timeout', async (_, options) => {
    const { clock } = await timed(options);
    expect(clock.pending).toBe(0);
  });

  test.each(['a result', 'an error', 'canceling', 'the caller’s leaving', 'the callee’s leaving'])(
    '%s stops the time',
    async (end) => {
      const { clock, callee, caller, request, invocation } = await timed({ timeout: 500 });
      expect(clock.pending).toBe(1);
      if (end === 'a result') callee.yield(invocation.request);
      if (end === 'an error') callee.fail(invocation.request, 'com.error');
      if (end === 'canceling') caller.cancel(request);
      if (end === 'the caller’s leaving') caller.peer.drop();
      if (end === 'the callee’s leaving') callee.peer.drop();
      await routed();
      expect(clock.pending).toBe(0);
    },
  );

  test('with progressive results, it is the time between two of them', async () => {
    const { clock, callee, caller, request, invocation } = await timed({ timeout: 500, receive_progress: true });
    for (const n of [1, 2, 3]) {
      clock.advance(400);
      callee.yield(invocation.request, [n], { progress: true });
      expect(argsOf(await caller.result())).toEqual([n]);
    }
    clock.advance(499);
    await caller.hearsNothing();
    clock.advance(1);
    expect(await caller.error()).toMatchObject({ request, error: 'wamp.error.timeout' });
    expect(clock.pending).toBe(0);
  });

  test('results that nobody asked for do not count', async () => {
    const { clock, callee, caller, invocation } = await timed({ timeout: 500 });
    clock.advance(400);
    callee.yield(invocation.request, [1], { progress: true });
    await routed();
    clock.advance(100);
    expect((await caller.error()).error).toBe('wamp.error.timeout');
  });

  test('kill does not stop it: a callee that does not answer is not waited for', async () => {
    const { clock, callee, caller, request } = await timed({ timeout: 500 });
    caller.cancel(request, { mode: 'kill' });
    await callee.expect(MessageType.INTERRUPT);
    clock.advance(500);
    expect((await caller.error()).error).toBe('wamp.error.timeout');
    await callee.hearsNothing();
  });

  test('may be longer than a timer can be', async () => {
    const { clock, caller } = await timed({ timeout: 2 ** 32 });
    expect(clock.next).toBe(2 ** 31 - 1);
    clock.advance(2 ** 32 - 1);
    await caller.hearsNothing();
    expect(clock.next).toBe(1);
    clock.advance(1);
    expect((await caller.error()).error).toBe('wamp.error.timeout');
  });
});

describe('call timeout, by the callee', () => {
  test('forward_timeout: the callee is told, and the dealer minds no time', async () => {
    const { clock, caller, callee, invocation } = await timed(
      { timeout: 500 },
      { register: { forward_timeout: true } },
    );
    expect(invocation.details).toEqual({ timeout: 500 });
    expect(clock.pending).toBe(0);
    clock.advance(10_000);
    await caller.hearsNothing();
    callee.fail(invocation.request, 'wamp.error.timeout');
    expect((await caller.error()).error).toBe('wamp.error.timeout');
  });

  test('a call without timeout says nothing of one', async () => {
    const { invocation } = await timed({}, { register: { forward_timeout: true } });
    expect(invocation.details).toEqual({});
  });

  test.each<[string, { roles?: Dict; register?: Dict }]>([
    ['announced call_timeout only', {}],
    [
      'registered with forward_timeout only',
      { roles: rolesWithout('call_timeout'), register: { forward_timeout: true } },
    ],
    ['registered with forward_timeout false', { register: { forward_timeout: false } }],
  ])('it stays with the dealer where the callee %s', async (_, options) => {
    const { clock, caller, invocation } = await timed({ timeout: 500 }, options);
    expect(invocation.details).toEqual({});
    clock.advance(500);
    expect((await caller.error()).error).toBe('wamp.error.timeout');
  });

  test('what a call has waited for its callee is taken off', async () => {
    const { clock, callee, caller, invocation } = await timed(
      { timeout: 500 },
      { register: { forward_timeout: true, concurrency: 1 } },
    );
    caller.call('com.work', [], { timeout: 500 });
    await routed();
    expect(clock.pending).toBe(1);
    clock.advance(200);
    callee.yield(invocation.request);
    expect((await callee.invocation()).details).toEqual({ timeout: 300 });
    expect(clock.pending).toBe(0);
  });
});
