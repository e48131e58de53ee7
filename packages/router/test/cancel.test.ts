import { announce, type Dict, MessageType } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { argsOf, BASIC_ROLES, routed, routerAndClock, TestClient } from './clients.js';

async function pendingCall(calleeRoles?: Dict, options: Dict = {}) {
  const { router } = routerAndClock();
  const callee = await TestClient.join(router, calleeRoles === undefined ? {} : { roles: calleeRoles });
  const caller = await TestClient.join(router);
  await callee.register('com.work');
  const request = caller.call('com.work', [], options);
  const { request: invocation } = await callee.invocation();
  return { router, callee, caller, request, invocation };
}

describe('CANCEL', () => {
  test.each<[string, Dict]>([
    ['killnowait', { mode: 'killnowait' }],
    ['no mode', {}],
    ['null for a mode', { mode: null }],
  ])('with %s: the caller has its ERROR at once, the callee is interrupted', async (_, options) => {
    const { router, callee, caller, request, invocation } = await pendingCall();
    caller.cancel(request, options);
    expect(await caller.error()).toMatchObject({ requestType: 48, request, error: 'wamp.error.canceled' });
    const interrupt = await callee.expect(MessageType.INTERRUPT);
    expect(interrupt).toMatchObject({ request: invocation, options: { mode: 'killnowait' } });
    expect(router.counts().realms[0]?.calls).toBe(0);
    // What the callee had on its way is dropped.
    callee.yield(invocation, ['too late']);
    callee.fail(invocation, 'wamp.error.canceled');
    await callee.hearsNothing();
    await caller.hearsNothing();
  });

  test('with skip: the caller has its ERROR at once, the callee does not know', async () => {
    const { router, callee, caller, request, invocation } = await pendingCall();
    caller.cancel(request, { mode: 'skip' });
    expect(await caller.error()).toMatchObject({ request, error: 'wamp.error.canceled' });
    await callee.hearsNothing();
    callee.yield(invocation, ['too late']);
    await caller.hearsNothing();
    expect(router.counts().realms[0]?.calls).toBe(0);
  });

  test('with kill: the callee is interrupted, and the caller gets what it answers', async () => {
    const { router, callee, caller, request, invocation } = await pendingCall();
    caller.cancel(request, { mode: 'kill' });
    expect(await callee.expect(MessageType.INTERRUPT)).toMatchObject({
      request: invocation,
      options: { mode: 'kill' },
    });
    await caller.hearsNothing();
    expect(router.counts().realms[0]?.calls).toBe(1);
    callee.fail(invocation, 'wamp.error.canceled', ['stopped']);
    const error = await caller.error();
    expect(error).toMatchObject({ request, error: 'wamp.error.canceled' });
    expect(argsOf(error)).toEqual(['stopped']);
    expect(router.counts().realms[0]?.calls).toBe(0);
  });

  test('with kill, where the result was on its way: the caller gets the result', async () => {
    const { callee, caller, request, invocation } = await pendingCall();
    callee.yield(invocation, ['done']);
    caller.cancel(request, { mode: 'kill' });
    expect(argsOf(await caller.result())).toEqual(['done']);
    await callee.hearsNothing();
    await caller.hearsNothing();
  });

  test('after kill, killnowait frees the caller without a second INTERRUPT', async () => {
    const { callee, caller, request } = await pendingCall();
    caller.cancel(request, { mode: 'kill' });
    caller.cancel(request, { mode: 'kill' });
    caller.cancel(request, { mode: 'killnowait' });
    expect((await caller.error()).error).toBe('wamp.error.canceled');
    await callee.expect(MessageType.INTERRUPT);
    await callee.hearsNothing();
  });

  test.each(['kill', 'killnowait', 'skip'])(
    '%s, for a callee that did not announce call_canceling, is skip: never an INTERRUPT',
    async (mode) => {
      for (const roles of [BASIC_ROLES, announce({ callee: [], caller: ['call_canceling'] })]) {
        const { callee, caller, request } = await pendingCall(roles);
        caller.cancel(request, { mode });
        expect(await caller.error()).toMatchObject({ request, error: 'wamp.error.canceled' });
        await callee.hearsNothing();
      }
    },
  );

  test('for a call that is unknown, finished or somebody else’s: ignored', async () => {
    const { router, callee, caller, request, invocation } = await pendingCall();
    const other = await TestClient.join(router);
    other.cancel(request);
    other.cancel(999);
    await other.hearsNothing();
    callee.yield(invocation, ['done']);
    caller.cancel(request);
    expect(argsOf(await caller.result())).toEqual(['done']);
    caller.cancel(request);
    await caller.hearsNothing();
    await callee.hearsNothing();
  });

  test('of a call with progress: no RESULT after the ERROR', async () => {
    const { callee, caller, request, invocation } = await pendingCall(undefined, { receive_progress: true });
    callee.yield(invocation, [1], { progress: true });
    caller.cancel(request, { mode: 'killnowait' });
    callee.yield(invocation, [2], { progress: true });
    callee.yield(invocation, [3]);
    expect(argsOf(await caller.result())).toEqual([1]);
    expect((await caller.error()).error).toBe('wamp.error.canceled');
    await caller.hearsNothing();
  });

  test('consumes no request id', async () => {
    const { caller, request } = await pendingCall();
    caller.cancel(request);
    await caller.error();
    await caller.hearsNothing();
  });

  test('of a call to oneself: INTERRUPT and ERROR both arrive', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    await client.register('com.work');
    const request = client.call('com.work');
    await client.invocation();
    client.cancel(request);
    await client.expect(MessageType.INTERRUPT);
    expect(await client.error()).toMatchObject({ request, error: 'wamp.error.canceled' });
  });
});

describe('a caller that leaves', () => {
  test.each([
    ['with GOODBYE', (caller: TestClient) => caller.leave()],
    ['by losing its transport', async (caller: TestClient) => caller.peer.drop()],
    ['by a violation', async (caller: TestClient) => caller.yield(99)],
  ])('%s: its calls are forgotten and their callees interrupted', async (_, leave) => {
    const { router, callee, caller, invocation } = await pendingCall();
    await leave(caller);
    const interrupt = await callee.expect(MessageType.INTERRUPT);
    expect(interrupt).toMatchObject({ request: invocation, options: { mode: 'killnowait' } });
    expect(router.counts().realms[0]).toMatchObject({ sessions: 1, calls: 0 });
    callee.yield(invocation, ['too late']);
    await callee.hearsNothing();
  });

  test('a callee that did not announce call_canceling hears nothing', async () => {
    const { router, callee, caller, invocation } = await pendingCall(BASIC_ROLES);
    await caller.leave();
    await callee.hearsNothing();
    expect(router.counts().realms[0]?.calls).toBe(0);
    callee.yield(invocation, ['too late']);
    await callee.hearsNothing();
  });

  test('one that was killed before is not interrupted twice', async () => {
    const { callee, caller, request } = await pendingCall();
    caller.cancel(request, { mode: 'kill' });
    await callee.expect(MessageType.INTERRUPT);
    await caller.leave();
    await callee.hearsNothing();
  });
});

describe('a callee that leaves', () => {
  test.each([
    ['with GOODBYE', (callee: TestClient) => callee.leave()],
    ['by losing its transport', async (callee: TestClient) => callee.peer.drop()],
    ['by a violation', async (callee: TestClient) => callee.yield(99)],
  ])('%s: its calls fail with canceled', async (_, leave) => {
    const { router, callee, caller, request } = await pendingCall();
    const second = caller.call('com.work');
    await callee.invocation();
    await leave(callee);
    for (const id of [request, second]) {
      const error = await caller.error();
      expect(error).toMatchObject({ requestType: 48, request: id, error: 'wamp.error.canceled' });
      expect(argsOf(error)).toEqual(['callee left before it answered']);
    }
    caller.call('com.work');
    expect((await caller.error()).error).toBe('wamp.error.no_such_procedure');
    expect(router.counts().realms[0]).toMatchObject({ sessions: 1, registrations: 0, calls: 0 });
  });

  test('a session that called itself leaves without a word to itself', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    await client.register('com.work');
    client.call('com.work');
    await client.invocation();
    await client.leave();
    await routed();
    expect(client.peer.heard).toEqual([]);
    expect(router.counts().realms[0]).toMatchObject({ sessions: 0, registrations: 0, calls: 0 });
  });
});
