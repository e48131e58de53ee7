import { announce, type Dict } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { argsOf, BASIC_ROLES, routerAndClock, TestClient } from './clients.js';

async function callerAndCallee(calleeRoles?: Dict) {
  const { router } = routerAndClock();
  const callee = await TestClient.join(router, calleeRoles === undefined ? {} : { roles: calleeRoles });
  const caller = await TestClient.join(router);
  await callee.register('com.count');
  return { router, callee, caller };
}

describe('progressive call results', () => {
  test('each progressive YIELD is a progressive RESULT, in order, until the last', async () => {
    const { callee, caller } = await callerAndCallee();
    const request = caller.call('com.count', [], { receive_progress: true });
    const invocation = await callee.invocation();
    expect(invocation.details).toEqual({ receive_progress: true });
    for (const n of [1, 2, 3]) callee.yield(invocation.request, [n], { progress: true });
    callee.yield(invocation.request, ['end']);
    for (const n of [1, 2, 3]) {
      const result = await caller.result();
      expect(result).toMatchObject({ request, details: { progress: true } });
      expect(argsOf(result)).toEqual([n]);
    }
    const last = await caller.result();
    expect(last).toMatchObject({ request, details: {} });
    expect(argsOf(last)).toEqual(['end']);
  });

  test('the call stays pending while there is progress', async () => {
    const { router, callee, caller } = await callerAndCallee();
    caller.call('com.count', [], { receive_progress: true });
    const invocation = await callee.invocation();
    callee.yield(invocation.request, [1], { progress: true });
    await caller.result();
    expect(router.counts().realms[0]?.calls).toBe(1);
    callee.fail(invocation.request, 'com.error.tired');
    expect((await caller.error()).error).toBe('com.error.tired');
    expect(router.counts().realms[0]?.calls).toBe(0);
  });

  test('receive_progress is not forwarded where the caller did not ask, or asked for none', async () => {
    const { callee, caller } = await callerAndCallee();
    caller.call('com.count');
    expect((await callee.invocation()).details).toEqual({});
    caller.call('com.count', [], { receive_progress: false });
    expect((await callee.invocation()).details).toEqual({});
  });

  test.each<[string, Dict]>([
    ['nothing', BASIC_ROLES],
    ['progress without canceling', announce({ callee: ['progressive_call_results'] })],
    ['canceling without progress', announce({ callee: ['call_canceling'] })],
    ['both, but as caller', announce({ callee: [], caller: ['progressive_call_results', 'call_canceling'] })],
  ])('it is not forwarded either to a callee that announced %s', async (_, roles) => {
    const { callee, caller } = await callerAndCallee(roles);
    caller.call('com.count', [], { receive_progress: true });
    const invocation = await callee.invocation();
    expect(invocation.details).toEqual({});
    callee.yield(invocation.request, [1], { progress: true });
    callee.yield(invocation.request, ['end']);
    const result = await caller.result();
    expect(result.details).toEqual({});
    expect(argsOf(result)).toEqual(['end']);
  });

  test('a progressive YIELD for a call that did not ask is dropped; the last one counts', async () => {
    const { callee, caller } = await callerAndCallee();
    caller.call('com.count');
    const invocation = await callee.invocation();
    callee.yield(invocation.request, [1], { progress: true });
    callee.yield(invocation.request, ['end']);
    expect(argsOf(await caller.result())).toEqual(['end']);
    await caller.hearsNothing();
  });
});
