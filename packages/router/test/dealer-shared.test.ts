import { MessageType, unregisterMessage } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { argsOf, routed, routerAndClock, seeded } from './clients.js';
import { answering, answerTo, join, joinAll, refused } from './dealer-sessions.js';

/** Callees a, b and c of one registration, in this order; and a caller. */
async function shared(invoke: string, options: { seed?: number } = {}) {
  const { router } = routerAndClock({ random: seeded(options.seed ?? 1) });
  const callees = await joinAll(router, 3);
  const ids = [];
  for (const callee of callees) ids.push(await callee.register('com.work', { invoke }));
  for (const [index, callee] of callees.entries()) answering(callee, 'abc'.charAt(index));
  const caller = await join(router);
  const answers = async (count: number) => {
    const names: unknown[] = [];
    for (let i = 0; i < count; i++) names.push(await answerTo(caller, 'com.work'));
    return names.join('');
  };
  return { router, callees, ids, caller, answers };
}

describe('shared registration', () => {
  test('all callees have the same registration id', async () => {
    const { router, ids } = await shared('roundrobin');
    expect(new Set(ids).size).toBe(1);
    expect(router.counts().realms[0]?.registrations).toBe(1);
  });

  test('first: to the one that registered first, as long as it is there', async () => {
    const { callees, answers } = await shared('first');
    expect(await answers(3)).toBe('aaa');
    callees[0]?.peer.drop();
    await routed();
    expect(await answers(2)).toBe('bb');
  });

  test('last: to the one that registered last, as long as it is there', async () => {
    const { callees, answers } = await shared('last');
    expect(await answers(3)).toBe('ccc');
    callees[2]?.peer.drop();
    await routed();
    expect(await answers(2)).toBe('bb');
  });

  test('roundrobin: to one after the other', async () => {
    const { answers } = await shared('roundrobin');
    expect(await answers(7)).toBe('abcabca');
  });

  test.each([
    ['abca', 0, 'bcbc'],
    ['ab', 1, 'caca'],
    ['abca', 2, 'baba'],
    ['ab', 2, 'abab'],
  ])('roundrobin: after %s, whose turn it is stays so when callee %i leaves', async (before, leaving, after) => {
    const { callees, answers } = await shared('roundrobin');
    expect(await answers(before.length)).toBe(before);
    callees[leaving]?.peer.drop();
    await routed();
    expect(await answers(4)).toBe(after);
  });

  test('random: to any of them, as the router’s randomness has it', async () => {
    const { answers } = await shared('random');
    const names = await answers(300);
    for (const name of 'abc') expect(names.split(name).length - 1).toBeGreaterThan(60);
    // Neither one after the other nor always the same steps.
    expect(new Set(names.match(/../g)).size).toBe(9);
    expect(await (await shared('random', { seed: 1 })).answers(50)).toBe(names.slice(0, 50));
    expect(await (await shared('random', { seed: 2 })).answers(50)).not.toBe(names.slice(0, 50));
  });

  test('is there until its last callee unregisters', async () => {
    const { router } = routerAndClock();
    const [one, two, caller] = await joinAll(router, 3);
    const id = (await one?.register('com.work', { invoke: 'first' })) ?? 0;
    await two?.register('com.work', { invoke: 'first' });
    await one?.unregister(id);
    caller?.call('com.work');
    await two?.invocation();
    one?.say(unregisterMessage(one.request(), id));
    expect((await one?.error())?.error).toBe('wamp.error.no_such_registration');
    await two?.unregister(id);
    caller?.call('com.work');
    expect((await caller?.error())?.error).toBe('wamp.error.no_such_procedure');
    expect(router.counts().realms[0]?.registrations).toBe(0);
  });

  test.each(['first', 'last', 'roundrobin', 'random'])('a pattern can be shared: %s', async (invoke) => {
    const { router } = routerAndClock();
    const callees = await joinAll(router, 2);
    for (const callee of callees) await callee.register('com.', { match: 'prefix', invoke });
    const caller = await join(router);
    for (const callee of callees) answering(callee, 'one of them');
    expect(await answerTo(caller, 'com.anything')).toBe('one of them');
  });
});

describe('the conflict of two registrations', () => {
  test.each([
    ['single', 'single'],
    ['single', 'roundrobin'],
    ['roundrobin', 'single'],
    ['roundrobin', 'random'],
    ['first', 'last'],
  ])('%s, then %s: ERROR procedure_already_exists, saying which', async (first, second) => {
    const { router } = routerAndClock();
    const [one, two] = [await join(router), await join(router)];
    await one.register('com.work', { invoke: first });
    expect(await refused(two, 'com.work', { invoke: second })).toBe('wamp.error.procedure_already_exists');
    await one.register('com.', { match: 'prefix', invoke: first });
    expect(await refused(two, 'com.', { match: 'prefix', invoke: second })).toBe('wamp.error.procedure_already_exists');
    two.call('com.work');
    await one.invocation();
  });

  test('without invoke: single', async () => {
    const { router } = routerAndClock();
    const [one, two] = [await join(router), await join(router)];
    await one.register('com.work');
    expect(await refused(two, 'com.work', { invoke: 'first' })).toBe('wamp.error.procedure_already_exists');
  });

  test('a session cannot be two callees of one registration', async () => {
    const { router } = routerAndClock();
    const one = await join(router);
    await one.register('com.work', { invoke: 'roundrobin' });
    expect(await refused(one, 'com.work', { invoke: 'roundrobin' })).toBe('wamp.error.procedure_already_exists');
  });
});

describe('force_reregister', () => {
  test('takes the registration from whoever has it, who is told', async () => {
    const { router } = routerAndClock();
    const [old, young, caller] = [await join(router), await join(router), await join(router)];
    const lost = await old.register('com.work');
    const taken = await young.register('com.work', { force_reregister: true });
    expect(taken).not.toBe(lost);
    expect(await old.expect(MessageType.UNREGISTERED)).toMatchObject({
      request: 0,
      details: { registration: lost, reason: expect.any(String) },
    });
    caller.call('com.work');
    await young.invocation();
    old.say(unregisterMessage(old.request(), lost));
    expect((await old.error()).error).toBe('wamp.error.no_such_registration');
    expect(router.counts().realms[0]?.registrations).toBe(1);
  });

  test('the old callee still answers what it has', async () => {
    const { router } = routerAndClock();
    const [old, young, caller] = [await join(router), await join(router), await join(router)];
    await old.register('com.work');
    caller.call('com.work');
    const { request } = await old.invocation();
    await young.register('com.work', { force_reregister: true });
    await old.expect(MessageType.UNREGISTERED);
    old.yield(request, ['late']);
    expect(argsOf(await caller.result())).toEqual(['late']);
  });

  test('takes a shared registration from all, and may change its policy', async () => {
    const { router } = routerAndClock();
    const [one, two, young, caller] = await joinAll(router, 4);
    for (const callee of [one, two]) await callee?.register('com.work', { invoke: 'roundrobin' });
    await young?.register('com.work', { invoke: 'first', force_reregister: true });
    for (const callee of [one, two]) await callee?.expect(MessageType.UNREGISTERED);
    await one?.register('com.work', { invoke: 'first' });
    for (let n = 0; n < 3; n++) caller?.call('com.work');
    for (let n = 0; n < 3; n++) await young?.invocation();
  });

  test('of a procedure that nobody has, and of one’s own, is like any other', async () => {
    const { router } = routerAndClock();
    const callee = await join(router);
    const first = await callee.register('com.work', { force_reregister: true });
    const other = await join(router);
    await other.register('com.work.', { match: 'prefix' });
    callee.say({ type: 64, request: callee.request(), options: { force_reregister: true }, procedure: 'com.work' });
    expect(await callee.expect(MessageType.UNREGISTERED)).toMatchObject({ details: { registration: first } });
    await callee.expect(MessageType.REGISTERED);
    other.call('com.work');
    await callee.invocation();
    await other.hearsNothing();
  });

  test('what is no URI takes nothing away', async () => {
    const { router } = routerAndClock();
    const [old, young] = [await join(router), await join(router)];
    await old.register('com.work');
    expect(await refused(young, 'com..work', { force_reregister: true })).toBe('wamp.error.invalid_uri');
    await old.hearsNothing();
  });
});
