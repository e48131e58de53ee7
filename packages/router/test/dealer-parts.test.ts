import { callMessage, type Dict, MessageType } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { argsOf, routed, routerAndClock } from './clients.js';
import { callPart, join, joinAll, rolesWithout } from './dealer-sessions.js';

const MORE: Dict = { progress: true };

/** A call of which the first part is with the callee. */
async function begun(options: Dict = {}, register: Dict = {}) {
  const { router, clock } = routerAndClock();
  const callee = await join(router);
  const caller = await join(router);
  await callee.register('com.sum', register);
  const request = caller.call('com.sum', [1], { progress: true, ...options });
  const invocation = await callee.invocation();
  const part = (args: number[], last: Dict = MORE) => callPart(caller, request, 'com.sum', args, last);
  return { router, clock, callee, caller, request, invocation, part };
}

describe('progressive call invocations', () => {
  test('all parts have the id of the first, both ways, and the last one says that it is', async () => {
    const { router, callee, caller, request, invocation, part } = await begun();
    expect(invocation).toMatchObject({ request: 1, details: { progress: true } });
    part([2]);
    part([3], {});
    const second = await callee.invocation();
    expect(second).toMatchObject({ request: 1, details: { progress: true } });
    expect(argsOf(second)).toEqual([2]);
    const third = await callee.invocation();
    expect(third).toMatchObject({ request: 1, details: {} });
    expect(argsOf(third)).toEqual([3]);
    callee.yield(1, [6]);
    const result = await caller.result();
    expect(result.request).toBe(request);
    expect(argsOf(result)).toEqual([6]);
    expect(router.counts().realms[0]?.calls).toBe(0);
  });

  test('not announced by the caller: ABORT protocol_violation', async () => {
    const { router } = routerAndClock();
    const callee = await join(router);
    const caller = await join(router, { roles: rolesWithout('progressive_call_invocations') });
    await callee.register('com.sum');
    caller.call('com.sum', [1], MORE);
    expect(await caller.aborted()).toEqual({
      reason: 'wamp.error.protocol_violation',
      message: 'CALL options.progress: progressive_call_invocations is not announced by this session',
      hungUp: true,
    });
    await callee.hearsNothing();
  });

  test.each(['progressive_call_invocations', 'call_canceling'] as const)(
    'not announced by the callee, or not with %s: ERROR feature_not_supported; later parts are dropped',
    async (feature) => {
      const { router } = routerAndClock();
      const callee = await join(router, { roles: rolesWithout(feature) });
      const caller = await join(router);
      await callee.register('com.sum');
      const request = caller.call('com.sum', [1], MORE);
      callPart(caller, request, 'com.sum', [2], MORE);
      callPart(caller, request, 'com.sum', [3], {});
      const error = await caller.error();
      expect(error).toMatchObject({ requestType: 48, request, error: 'wamp.error.feature_not_supported' });
      await caller.hearsNothing();
      await callee.hearsNothing();
      // What is not in parts goes to it all the same, under the first id that it sees.
      caller.call('com.sum', [4]);
      expect((await callee.invocation()).request).toBe(1);
    },
  );

  test('all parts go to the callee that has the first', async () => {
    const { router } = routerAndClock();
    const [one, two, caller, other] = await joinAll(router, 4);
    for (const callee of [one, two]) await callee?.register('com.sum', { invoke: 'roundrobin' });
    const request = caller?.call('com.sum', [1], MORE) ?? 0;
    await one?.invocation();
    other?.call('com.sum', ['other']);
    await two?.invocation();
    if (caller !== undefined) for (const n of [2, 3]) callPart(caller, request, 'com.sum', [n], MORE);
    for (const n of [2, 3]) expect(argsOf((await one?.invocation()) as never)).toEqual([n]);
    await two?.hearsNothing();
  });

  test('also where it has unregistered meanwhile', async () => {
    const { callee, part, invocation } = await begun();
    await callee.unregister(invocation.registration);
    part([2], {});
    expect(argsOf(await callee.invocation())).toEqual([2]);
  });

  test('the options of the first part hold for all, but for progress', async () => {
    const { callee, part, invocation } = await begun({ receive_progress: true, disclose_me: true });
    expect(invocation.details).toMatchObject({ progress: true, receive_progress: true, caller: expect.any(Number) });
    part([2], { progress: true, receive_progress: false, disclose_me: false });
    expect((await callee.invocation()).details).toEqual(invocation.details);
    part([3], {});
    const { progress: _, ...rest } = invocation.details;
    expect((await callee.invocation()).details).toEqual(rest);
  });

  test('results may come between the parts', async () => {
    const { callee, caller, part } = await begun({ receive_progress: true });
    callee.yield(1, ['one'], { progress: true });
    expect(argsOf(await caller.result())).toEqual(['one']);
    part([2], {});
    await callee.invocation();
    callee.yield(1, ['two'], { progress: true });
    callee.yield(1, ['end']);
    expect(argsOf(await caller.result())).toEqual(['two']);
    expect((await caller.result()).details).toEqual({});
  });

  test.each(['result', 'error', 'cancel', 'callee leaves'])('parts after the end are dropped: %s', async (end) => {
    const { router, callee, caller, request, part } = await begun();
    if (end === 'result') callee.yield(1, ['enough']);
    if (end === 'error') callee.fail(1, 'com.error.enough');
    if (end === 'cancel') caller.cancel(request, { mode: 'skip' });
    if (end === 'callee leaves') callee.peer.drop();
    for (const last of [MORE, MORE, {}]) part([2], last);
    if (end === 'result') expect(argsOf(await caller.result())).toEqual(['enough']);
    else expect((await caller.error()).request).toBe(request);
    await caller.hearsNothing();
    if (end !== 'callee leaves') await callee.hearsNothing();
    expect(router.counts().realms[0]?.calls).toBe(0);
    // The last part was the last: the id is used up now.
    part([3], {});
    expect((await caller.aborted()).message).toMatch(/^CALL request id 1: expected/);
  });

  test('parts of a refused call are dropped', async () => {
    const { router } = routerAndClock();
    const caller = await join(router);
    const request = caller.call('com.nobody', [1], MORE);
    callPart(caller, request, 'com.nobody', [2], MORE);
    callPart(caller, request, 'com.nobody', [3], {});
    expect((await caller.error()).error).toBe('wamp.error.no_such_procedure');
    await caller.hearsNothing();
  });

  test('V7: a part of a call that was in one piece is a violation', async () => {
    const { callee, caller, request, part } = await begun();
    part([2], {});
    await callee.invocation();
    part([3]);
    expect((await caller.aborted()).message).toBe(`CALL request id ${request}: expected 2`);
    await callee.expect(MessageType.INTERRUPT);
  });

  test('V7: a part of another procedure is a violation', async () => {
    const { callee, caller, request } = await begun();
    callPart(caller, request, 'com.other', [2], MORE);
    expect((await caller.aborted()).message).toMatch(/^CALL request id 1: its first part .*"com.sum".*"com.other"/);
    await callee.expect(MessageType.INTERRUPT);
  });

  test('other requests may come between the parts', async () => {
    const { callee, caller, part } = await begun();
    await caller.subscribe('com.tick');
    part([2]);
    await caller.register('com.mine');
    part([3], {});
    expect(argsOf(await callee.invocation())).toEqual([2]);
    expect(argsOf(await callee.invocation())).toEqual([3]);
  });

  test('also with strictRequestIds: false', async () => {
    const { router } = routerAndClock({ strictRequestIds: false });
    const [callee, caller] = [await join(router), await join(router)];
    await callee.register('com.sum');
    for (const options of [MORE, MORE, {}]) {
      caller.say(callMessage(77, options, 'com.sum'));
      expect(await callee.invocation()).toMatchObject({ request: 1, details: options });
    }
    caller.say(callMessage(77, MORE, 'com.sum'));
    expect((await caller.aborted()).message).toBe('CALL request id 77: a call with this id is pending');
  });

  test('each part begins the timeout again', async () => {
    const { clock, caller, callee, part } = await begun({ timeout: 500 });
    clock.advance(400);
    part([2]);
    await callee.invocation();
    clock.advance(400);
    await caller.hearsNothing();
    clock.advance(100);
    expect((await caller.error()).error).toBe('wamp.error.timeout');
    await callee.expect(MessageType.INTERRUPT);
  });

  test('after kill, parts are kept from the callee, which still answers', async () => {
    const { callee, caller, request, part } = await begun();
    caller.cancel(request, { mode: 'kill' });
    await callee.expect(MessageType.INTERRUPT);
    part([2]);
    part([3], {});
    await callee.hearsNothing();
    callee.fail(1, 'wamp.error.canceled');
    expect((await caller.error()).error).toBe('wamp.error.canceled');
  });

  test('a caller that leaves in the middle: INTERRUPT', async () => {
    const { router, callee, caller } = await begun();
    await caller.leave();
    expect(await callee.expect(MessageType.INTERRUPT)).toMatchObject({ request: 1, options: { mode: 'killnowait' } });
    expect(router.counts().realms[0]?.calls).toBe(0);
  });

  test('a call in parts does not wait for room: ERROR no_available_callee', async () => {
    const { callee, caller, part } = await begun({}, { concurrency: 1 });
    const request = caller.call('com.sum', [1], MORE);
    const error = await caller.error();
    expect(error).toMatchObject({ request, error: 'wamp.error.no_available_callee' });
    part([2]);
    expect(argsOf(await callee.invocation())).toEqual([2]);
  });

  test('the oldest of very many calls that ended early are forgotten', async () => {
    const { router } = routerAndClock();
    const caller = await join(router);
    for (let n = 0; n < 1_025; n++) caller.call('com.nobody', [], MORE);
    for (let n = 0; n < 1_025; n++) await caller.error();
    callPart(caller, 2, 'com.nobody', [], MORE);
    await routed();
    expect(caller.peer.hungUp).toBe(false);
    callPart(caller, 1, 'com.nobody', [], MORE);
    await caller.aborted();
  });
});
