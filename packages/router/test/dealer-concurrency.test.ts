import { MessageType } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { argsOf, routed, routerAndClock, type TestClient } from './clients.js';
import { join, joinAll, rolesWithout } from './dealer-sessions.js';

/** A callee with room for so many calls, and a caller. */
async function limited(concurrency: number, options: { roles?: ReturnType<typeof rolesWithout> } = {}) {
  const { router, clock } = routerAndClock();
  const callee = await join(router, options);
  const caller = await join(router);
  const registration = await callee.register('com.work', { concurrency });
  return { router, clock, callee, caller, registration };
}

/** The first arguments of the invocations that a callee has, and nothing more. */
async function invoked(callee: TestClient, count: number): Promise<unknown[]> {
  const args = [];
  for (let i = 0; i < count; i++) args.push(argsOf(await callee.invocation()));
  expect(callee.peer.heard).toEqual([]);
  return args.flat();
}

describe('concurrency', () => {
  test('a callee has no more invocations than it takes; others wait, in their order', async () => {
    const { router, callee, caller } = await limited(2);
    for (const n of [1, 2, 3, 4, 5]) caller.call('com.work', [n]);
    await routed();
    expect(await invoked(callee, 2)).toEqual([1, 2]);
    expect(router.counts().realms[0]?.calls).toBe(5);
    callee.yield(2, ['two']);
    expect(argsOf(await caller.result())).toEqual(['two']);
    expect(await invoked(callee, 1)).toEqual([3]);
    callee.fail(1, 'com.error.one');
    expect((await caller.error()).error).toBe('com.error.one');
    expect(await invoked(callee, 1)).toEqual([4]);
    for (const n of [3, 4, 5]) callee.yield(n, [n]);
    for (const n of [3, 4, 5]) expect(argsOf(await caller.result())).toEqual([n]);
    expect(router.counts().realms[0]?.calls).toBe(0);
  });

  test('progress makes no room', async () => {
    const { callee, caller } = await limited(1);
    caller.call('com.work', [1], { receive_progress: true });
    caller.call('com.work', [2]);
    await callee.invocation();
    callee.yield(1, ['some'], { progress: true });
    expect(argsOf(await caller.result())).toEqual(['some']);
    expect(callee.peer.heard).toEqual([]);
    callee.yield(1, ['all']);
    await caller.result();
    expect(await invoked(callee, 1)).toEqual([2]);
  });

  test('each registration of a callee has its own limit', async () => {
    const { callee, caller } = await limited(1);
    await callee.register('com.rest', { concurrency: 1 });
    caller.call('com.work', ['work']);
    caller.call('com.rest', ['rest']);
    await routed();
    expect(await invoked(callee, 2)).toEqual(['work', 'rest']);
  });

  test.each(['roundrobin', 'random'])('%s: to whoever has room', async (invoke) => {
    const { router } = routerAndClock();
    const callees = await joinAll(router, 3);
    for (const callee of callees) await callee.register('com.work', { invoke, concurrency: 1 });
    const caller = await join(router);
    for (const n of [1, 2, 3, 4]) caller.call('com.work', [n]);
    await routed();
    const got = [];
    for (const callee of callees) got.push(...(await invoked(callee, 1)));
    expect(got.sort()).toEqual([1, 2, 3]);
    callees[1]?.yield(1);
    await routed();
    expect(await invoked(callees[1] as TestClient, 1)).toEqual([4]);
  });

  test.each([
    ['first', 0],
    ['last', 1],
  ])('%s: waits for that one', async (invoke, index) => {
    const { router } = routerAndClock();
    const callees = await joinAll(router, 2);
    for (const callee of callees) await callee.register('com.work', { invoke, concurrency: 1 });
    const caller = await join(router);
    for (const n of [1, 2]) caller.call('com.work', [n]);
    await routed();
    const chosen = callees[index] as TestClient;
    expect(await invoked(chosen, 1)).toEqual([1]);
    chosen.yield(1);
    await routed();
    expect(await invoked(chosen, 1)).toEqual([2]);
    expect(callees[1 - index]?.peer.heard).toEqual([]);
  });

  test('a callee that comes takes what waits', async () => {
    const { router } = routerAndClock();
    const [one, two, caller] = await joinAll(router, 3);
    await one?.register('com.work', { invoke: 'roundrobin', concurrency: 1 });
    for (const n of [1, 2, 3]) caller?.call('com.work', [n]);
    await routed();
    await two?.register('com.work', { invoke: 'roundrobin', concurrency: 1 });
    expect(await invoked(two as TestClient, 1)).toEqual([2]);
    expect(await invoked(one as TestClient, 1)).toEqual([1]);
  });
});

describe('a call that waits', () => {
  test('beyond limits.waitingCalls: ERROR no_available_callee', async () => {
    const { callee, caller } = await limited(1);
    for (let n = 0; n <= 1_000; n++) caller.call('com.work', [n]);
    const request = caller.call('com.work', ['too many']);
    const error = await caller.error();
    expect(error).toMatchObject({ requestType: 48, request, error: 'wamp.error.no_available_callee' });
    expect(argsOf(error)).toEqual([expect.stringContaining('1000 calls wait')]);
    callee.yield(1);
    await caller.result();
    caller.call('com.work', ['fits again']);
    await caller.hearsNothing();
  });

  test.each(['skip', 'kill', 'killnowait'])('is canceled with %s at once, and never reaches a callee', async (mode) => {
    const { router, callee, caller } = await limited(1);
    caller.call('com.work', [1]);
    const waiting = caller.call('com.work', [2]);
    caller.call('com.work', [3]);
    caller.cancel(waiting, { mode });
    expect(await caller.error()).toMatchObject({ request: waiting, error: 'wamp.error.canceled' });
    callee.yield(1);
    await caller.result();
    await callee.invocation();
    expect(await invoked(callee, 1)).toEqual([3]);
    expect(router.counts().realms[0]?.calls).toBe(1);
  });

  test('times out like any other', async () => {
    const { clock, callee, caller } = await limited(1);
    caller.call('com.work', [1]);
    const request = caller.call('com.work', [2], { timeout: 500 });
    await routed();
    clock.advance(500);
    expect(await caller.error()).toMatchObject({ request, error: 'wamp.error.timeout' });
    callee.yield(1);
    await caller.result();
    expect(await invoked(callee, 1)).toEqual([1]);
    expect(clock.pending).toBe(0);
  });

  test('goes with its caller', async () => {
    const { router, callee, caller } = await limited(1);
    const other = await join(router);
    other.call('com.work', [1]);
    await routed();
    caller.call('com.work', [2]);
    await caller.leave();
    other.call('com.work', [3]);
    callee.yield(1);
    await other.result();
    expect(await invoked(callee, 2)).toEqual([1, 3]);
    expect(router.counts().realms[0]?.calls).toBe(1);
  });

  test('goes to the callees that are left when one unregisters', async () => {
    const { router } = routerAndClock();
    const [one, two, caller] = await joinAll(router, 3);
    const id = await one?.register('com.work', { invoke: 'first', concurrency: 1 });
    await two?.register('com.work', { invoke: 'first', concurrency: 1 });
    for (const n of [1, 2]) caller?.call('com.work', [n]);
    await one?.invocation();
    await one?.unregister(id ?? 0);
    expect(await invoked(two as TestClient, 1)).toEqual([2]);
  });

  test('of a session that leaves is not begun elsewhere when its own registration goes', async () => {
    const { router } = routerAndClock();
    const [client, other] = [await join(router), await join(router)];
    for (const callee of [client, other]) await callee.register('com.work', { invoke: 'first', concurrency: 1 });
    for (const n of [1, 2]) client.call('com.work', [n]);
    await client.invocation();
    client.peer.drop();
    await other.hearsNothing();
  });

  test('goes to the callees that are left when one leaves', async () => {
    const { router } = routerAndClock();
    const [one, two, caller] = await joinAll(router, 3);
    await one?.register('com.work', { invoke: 'first', concurrency: 1 });
    await two?.register('com.work', { invoke: 'first', concurrency: 1 });
    for (const n of [1, 2]) caller?.call('com.work', [n]);
    await one?.invocation();
    one?.peer.drop();
    expect(await caller?.error()).toMatchObject({ request: 1, error: 'wamp.error.canceled' });
    expect(await invoked(two as TestClient, 1)).toEqual([2]);
  });

  test.each([
    ['unregisters', (callee: TestClient, id: number) => callee.unregister(id)],
    ['leaves', async (callee: TestClient) => callee.peer.drop()],
  ])('and whose last callee %s goes to whoever has the procedure then, or ends', async (_, go) => {
    const { router, callee, caller, registration } = await limited(1);
    const requests = [1, 2].map((n) => caller.call('com.work', [n]));
    await callee.invocation();
    await go(callee, registration);
    const errors = [];
    for (let heard = await caller.peer.next(); ; heard = await caller.peer.next()) {
      if (heard.type === MessageType.ERROR) errors.push([heard.request, heard.error]);
      if (heard.type === MessageType.ERROR && heard.request === requests[1]) break;
    }
    expect(errors).toContainEqual([requests[1], 'wamp.error.no_such_procedure']);

    const second = await join(router);
    const fallback = await join(router);
    const id = await second.register('com.rest', { concurrency: 1 });
    await fallback.register('com.', { match: 'prefix' });
    for (const n of [3, 4]) caller.call('com.rest', [n]);
    await second.invocation();
    await go(second, id);
    const invocation = await fallback.invocation();
    expect(invocation.details).toEqual({ procedure: 'com.rest' });
    expect(argsOf(invocation)).toEqual([4]);
  });

  test('goes to the callee that takes the registration over', async () => {
    const { router, callee, caller } = await limited(1);
    for (const n of [1, 2, 3]) caller.call('com.work', [n]);
    await callee.invocation();
    const young = await join(router);
    await young.register('com.work', { force_reregister: true });
    expect(await invoked(young, 2)).toEqual([2, 3]);
    await callee.expect(MessageType.UNREGISTERED);
    expect(callee.peer.heard).toEqual([]);
  });

  test('of its own callee goes with both', async () => {
    const { router } = routerAndClock();
    const client = await join(router);
    await client.register('com.work', { concurrency: 1 });
    for (const n of [1, 2, 3]) client.call('com.work', [n]);
    await client.invocation();
    client.peer.drop();
    await routed();
    expect(router.counts().realms[0]).toMatchObject({ sessions: 0, registrations: 0, calls: 0 });
  });
});

describe('what a callee works on although its call is over', () => {
  test('takes room until it answers, where it was not told', async () => {
    const { callee, caller } = await limited(1);
    const request = caller.call('com.work', [1]);
    caller.call('com.work', [2]);
    await callee.invocation();
    caller.cancel(request, { mode: 'skip' });
    await caller.error();
    expect(callee.peer.heard).toEqual([]);
    callee.yield(1, ['too late'], { progress: true });
    await routed();
    expect(callee.peer.heard).toEqual([]);
    callee.yield(1, ['too late']);
    await routed();
    expect(await invoked(callee, 1)).toEqual([2]);
    callee.yield(1, ['much too late']);
    callee.fail(1, 'com.error.late');
    caller.call('com.work', [3]);
    await routed();
    expect(callee.peer.heard).toEqual([]);
  });

  test.each(['cancel', 'timeout', 'leave'])('also after %s, where it cannot be told', async (end) => {
    const { router, clock, callee, caller } = await limited(1, { roles: rolesWithout('call_canceling') });
    const other = await join(router);
    const request = caller.call('com.work', [1], { timeout: 100 });
    await callee.invocation();
    other.call('com.work', [2]);
    if (end === 'cancel') caller.cancel(request, { mode: 'killnowait' });
    if (end === 'timeout') clock.advance(100);
    if (end === 'leave') await caller.leave();
    await routed();
    expect(callee.peer.heard).toEqual([]);
    callee.fail(1, 'com.error.late');
    await routed();
    expect(await invoked(callee, 1)).toEqual([2]);
  });

  test('takes none where it was interrupted', async () => {
    const { callee, caller } = await limited(1);
    const request = caller.call('com.work', [1]);
    caller.call('com.work', [2]);
    await callee.invocation();
    caller.cancel(request, { mode: 'killnowait' });
    await callee.expect(MessageType.INTERRUPT);
    expect(await invoked(callee, 1)).toEqual([2]);
  });

  test('kill waits for the answer, and so does the room', async () => {
    const { callee, caller } = await limited(1);
    const request = caller.call('com.work', [1]);
    caller.call('com.work', [2]);
    await callee.invocation();
    caller.cancel(request, { mode: 'kill' });
    await callee.expect(MessageType.INTERRUPT);
    expect(callee.peer.heard).toEqual([]);
    callee.fail(1, 'wamp.error.canceled');
    expect((await caller.error()).error).toBe('wamp.error.canceled');
    expect(await invoked(callee, 1)).toEqual([2]);
  });
});
