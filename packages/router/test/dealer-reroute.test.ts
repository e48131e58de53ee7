import { describe, expect, test } from 'vitest';
import { argsOf, routed, routerAndClock, type TestClient } from './clients.js';
import { callPart, join, joinAll, rolesWithout } from './dealer-sessions.js';

const UNAVAILABLE = 'wamp.error.unavailable';

/** Callees of one shared registration, and a caller. */
async function shared(invoke: string, count = 3) {
  const { router, clock } = routerAndClock();
  const callees = await joinAll(router, count);
  for (const callee of callees) await callee.register('com.work', { invoke });
  return { router, clock, callees, caller: await join(router) };
}

/** The place of the callee that has heard something. */
async function whoHasIt(callees: readonly TestClient[]): Promise<number> {
  await routed();
  return callees.findIndex((callee) => callee.peer.heard.length > 0);
}

/** The places of the callees that are asked, one after the other, while each says that it is unavailable. */
async function asked(callees: readonly TestClient[]): Promise<number[]> {
  const places = [];
  for (let place = await whoHasIt(callees); place !== -1; place = await whoHasIt(callees)) {
    places.push(place);
    const callee = callees[place] as TestClient;
    callee.fail((await callee.invocation()).request, UNAVAILABLE, ['later']);
  }
  return places;
}

describe('call re-routing', () => {
  test('to another callee, with the same arguments and details; the caller notices nothing', async () => {
    const { router, callees, caller } = await shared('first');
    const request = caller.call('com.work', ['tea'], { disclose_me: true, receive_progress: true });
    const first = await callees[0]?.invocation();
    callees[0]?.fail(first?.request ?? 0, UNAVAILABLE);
    const second = await callees[1]?.invocation();
    expect(second).toMatchObject({ request: 1, registration: first?.registration, details: first?.details });
    expect(second?.payload).toEqual(first?.payload);
    callees[1]?.yield(1, ['some'], { progress: true });
    callees[1]?.yield(1, ['all']);
    expect(argsOf(await caller.result())).toEqual(['some']);
    expect(await caller.result()).toMatchObject({ request, details: {} });
    expect(router.counts().realms[0]?.calls).toBe(0);
  });

  test.each([
    ['first', [0, 1, 2]],
    ['last', [2, 1, 0]],
    ['roundrobin', [0, 1, 2]],
  ])('%s: in the order %j, each once; then ERROR no_available_callee', async (invoke, order) => {
    const { router, callees, caller } = await shared(invoke);
    const request = caller.call('com.work');
    expect(await asked(callees)).toEqual(order);
    expect(await caller.error()).toMatchObject({
      requestType: 48,
      request,
      error: 'wamp.error.no_available_callee',
    });
    expect(router.counts().realms[0]?.calls).toBe(0);
  });

  test('random: each once, in any order', async () => {
    const { callees, caller } = await shared('random');
    caller.call('com.work');
    expect((await asked(callees)).sort()).toEqual([0, 1, 2]);
    expect((await caller.error()).error).toBe('wamp.error.no_available_callee');
  });

  test('single: ERROR no_available_callee at once', async () => {
    const { callees, caller } = await shared('single', 1);
    caller.call('com.work');
    expect(await asked(callees)).toEqual([0]);
    expect((await caller.error()).error).toBe('wamp.error.no_available_callee');
  });

  test('the next call asks everybody again', async () => {
    const { callees, caller } = await shared('first', 2);
    for (let n = 0; n < 2; n++) {
      caller.call('com.work');
      expect(await asked(callees)).toEqual([0, 1]);
      await caller.error();
    }
  });

  test('a callee without room is passed over, and is not waited for', async () => {
    const { router } = routerAndClock();
    const [one, two, caller] = await joinAll(router, 3);
    await one?.register('com.work', { invoke: 'roundrobin' });
    await two?.register('com.work', { invoke: 'roundrobin', concurrency: 1 });
    caller?.call('com.work', [1]);
    caller?.call('com.work', [2]);
    await one?.invocation();
    one?.fail(1, UNAVAILABLE);
    expect(await caller?.error()).toMatchObject({ request: 1, error: 'wamp.error.no_available_callee' });
    await two?.invocation();
    await two?.hearsNothing();
  });

  test('the room of the unavailable callee goes to whoever waits', async () => {
    const { router } = routerAndClock();
    const [one, two, caller] = await joinAll(router, 3);
    await one?.register('com.work', { invoke: 'first', concurrency: 1 });
    await two?.register('com.work', { invoke: 'first', concurrency: 1 });
    caller?.call('com.work', [1]);
    caller?.call('com.work', [2]);
    await one?.invocation();
    one?.fail(1, UNAVAILABLE);
    expect(argsOf((await two?.invocation()) as never)).toEqual([1]);
    expect(argsOf((await one?.invocation()) as never)).toEqual([2]);
  });

  test('a callee that did not announce call_reroute: its error is the caller’s, like any other', async () => {
    const { router } = routerAndClock();
    const old = await join(router, { roles: rolesWithout('call_reroute') });
    const [young, caller] = await joinAll(router, 2);
    for (const callee of [old, young]) await callee?.register('com.work', { invoke: 'first' });
    caller?.call('com.work');
    old.fail((await old.invocation()).request, UNAVAILABLE, ['later']);
    const error = await caller?.error();
    expect(error?.error).toBe(UNAVAILABLE);
    expect(argsOf(error as never)).toEqual(['later']);
    await young?.hearsNothing();
  });

  test('also where it is the only one', async () => {
    const { router } = routerAndClock();
    const old = await join(router, { roles: rolesWithout('call_reroute') });
    const caller = await join(router);
    await old.register('com.work');
    caller.call('com.work');
    old.fail((await old.invocation()).request, UNAVAILABLE);
    expect((await caller.error()).error).toBe(UNAVAILABLE);
  });

  test('after progress, the error is the caller’s: what has begun is not begun again', async () => {
    const { callees, caller } = await shared('first', 2);
    caller.call('com.work', [], { receive_progress: true });
    await callees[0]?.invocation();
    callees[0]?.yield(1, ['some'], { progress: true });
    callees[0]?.fail(1, UNAVAILABLE);
    await caller.result();
    expect((await caller.error()).error).toBe(UNAVAILABLE);
    await callees[1]?.hearsNothing();
  });

  test('of a call in parts, the error is the caller’s', async () => {
    const { callees, caller } = await shared('first', 2);
    const request = caller.call('com.work', [1], { progress: true });
    callPart(caller, request, 'com.work', [2], {});
    await callees[0]?.invocation();
    callees[0]?.fail(1, UNAVAILABLE);
    expect((await caller.error()).error).toBe(UNAVAILABLE);
    await callees[1]?.hearsNothing();
  });

  test('of a canceled call, the error is the caller’s', async () => {
    const { callees, caller } = await shared('first', 2);
    const request = caller.call('com.work');
    await callees[0]?.invocation();
    caller.cancel(request, { mode: 'kill' });
    await callees[0]?.expect(69);
    callees[0]?.fail(1, UNAVAILABLE);
    expect((await caller.error()).error).toBe(UNAVAILABLE);
    await callees[1]?.hearsNothing();
  });

  test('cancel, time and leaving go to whoever has the call now', async () => {
    const { router, clock, callees, caller } = await shared('first', 2);
    const request = caller.call('com.work', [], { timeout: 500 });
    await callees[0]?.invocation();
    callees[0]?.fail(1, UNAVAILABLE);
    await callees[1]?.invocation();
    callees[0]?.yield(1, ['not mine any more']);
    callees[0]?.peer.drop();
    await caller.hearsNothing();
    clock.advance(500);
    expect(await caller.error()).toMatchObject({ request, error: 'wamp.error.timeout' });
    await callees[1]?.expect(69);
    expect(router.counts().realms[0]?.calls).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('the time stays with the dealer, or comes back to it, as the callees have it', async () => {
    const { router, clock } = routerAndClock();
    const [one, two, caller] = await joinAll(router, 3);
    await one?.register('com.work', { invoke: 'first', forward_timeout: true });
    await two?.register('com.work', { invoke: 'first' });
    caller?.call('com.work', [], { timeout: 500 });
    expect((await one?.invocation())?.details).toEqual({ timeout: 500 });
    clock.advance(200);
    one?.fail(1, UNAVAILABLE);
    expect((await two?.invocation())?.details).toEqual({});
    expect(clock.next).toBe(300);
  });
});
