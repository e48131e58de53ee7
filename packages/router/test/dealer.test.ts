import { callMessage, registerMessage, unregisterMessage } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { argsOf, routed, routerAndClock, TestClient } from './clients.js';

describe('REGISTER', () => {
  test('taken: ERROR procedure_already_exists, also for the session that has it', async () => {
    const { router } = routerAndClock();
    const one = await TestClient.join(router);
    const two = await TestClient.join(router);
    await one.register('com.add');
    for (const client of [one, two]) {
      client.say(registerMessage(client.request(), {}, 'com.add'));
      const error = await client.error();
      expect(error).toMatchObject({ requestType: 64, error: 'wamp.error.procedure_already_exists' });
      expect(argsOf(error)).toEqual([expect.stringContaining('"com.add"')]);
    }
    two.call('com.add');
    await one.invocation();
  });

  test.each(['', 'a..b', 'a b', 'wamp', 'wamp.session.count'])('on %j: ERROR invalid_uri', async (procedure) => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    client.say(registerMessage(client.request(), {}, procedure));
    expect((await client.error()).error).toBe('wamp.error.invalid_uri');
    expect(router.counts().realms[0]?.registrations).toBe(0);
  });

  test('a text that repeats a long URI is cut', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    const long = 'x'.repeat(100_000);
    for (const procedure of [`${long}..y`, `wamp.${long}`]) {
      client.say(registerMessage(client.request(), {}, procedure));
      expect(JSON.stringify(argsOf(await client.error())).length).toBeLessThan(500);
    }
    client.call(long);
    expect(JSON.stringify(argsOf(await client.error())).length).toBeLessThan(500);
  });

  test('names of JavaScript objects are procedures like any other', async () => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router);
    const caller = await TestClient.join(router);
    caller.call('__proto__');
    expect((await caller.error()).error).toBe('wamp.error.no_such_procedure');
    for (const procedure of ['__proto__', 'constructor', 'valueOf']) {
      await callee.register(procedure);
      caller.call(procedure);
      callee.yield((await callee.invocation()).request, [procedure]);
      expect(argsOf(await caller.result())).toEqual([procedure]);
    }
  });
});

describe('UNREGISTER', () => {
  test('frees the procedure', async () => {
    const { router } = routerAndClock();
    const one = await TestClient.join(router);
    const two = await TestClient.join(router);
    await one.unregister(await one.register('com.add'));
    two.call('com.add');
    expect((await two.error()).error).toBe('wamp.error.no_such_procedure');
    await two.register('com.add');
  });

  test('unknown, and somebody else’s: ERROR no_such_registration', async () => {
    const { router } = routerAndClock();
    const one = await TestClient.join(router);
    const two = await TestClient.join(router);
    const registration = await one.register('com.add');
    for (const id of [registration, 99]) {
      two.say(unregisterMessage(two.request(), id));
      expect(await two.error()).toMatchObject({ requestType: 66, error: 'wamp.error.no_such_registration' });
    }
    two.call('com.add');
    await one.invocation();
  });

  test('twice: the second is refused, and does not take what another has registered meanwhile', async () => {
    const { router } = routerAndClock();
    const one = await TestClient.join(router);
    const two = await TestClient.join(router);
    const registration = await one.register('com.add');
    await one.unregister(registration);
    await two.register('com.add');
    one.say(unregisterMessage(one.request(), registration));
    expect((await one.error()).error).toBe('wamp.error.no_such_registration');
    one.call('com.add');
    await two.invocation();
  });

  test('calls in flight when a callee unregisters still complete', async () => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router);
    const caller = await TestClient.join(router);
    const registration = await callee.register('com.add');
    caller.call('com.add');
    const invocation = await callee.invocation();
    await callee.unregister(registration);
    callee.yield(invocation.request, ['late']);
    expect(argsOf(await caller.result())).toEqual(['late']);
  });
});

describe('CALL', () => {
  test('goes to the callee and comes back', async () => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router);
    const caller = await TestClient.join(router);
    const registration = await callee.register('com.add');
    const request = caller.call('com.add', [2, 3]);
    const invocation = await callee.invocation();
    expect(invocation).toMatchObject({ request: 1, registration, details: {} });
    expect(argsOf(invocation)).toEqual([2, 3]);
    expect(router.counts().realms[0]?.calls).toBe(1);
    callee.yield(invocation.request, [5]);
    const result = await caller.result();
    expect(result).toMatchObject({ request, details: {} });
    expect(argsOf(result)).toEqual([5]);
    expect(router.counts().realms[0]?.calls).toBe(0);
  });

  test('payloads go on as they came, both ways', async () => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router);
    const caller = await TestClient.join(router);
    await callee.register('com.add');
    const payload = { args: [1], kwargs: { a: 2 } };
    caller.say(callMessage(caller.request(), {}, 'com.add', payload));
    const invocation = await callee.invocation();
    expect(invocation.payload).toBe(payload);
    caller.call('com.add');
    expect((await callee.invocation()).payload).toBeUndefined();
  });

  test('nobody has it: ERROR no_such_procedure; also where the name is the protocol’s', async () => {
    const { router } = routerAndClock();
    const caller = await TestClient.join(router);
    for (const procedure of ['com.add', 'wamp.session.dance']) {
      const request = caller.call(procedure);
      const error = await caller.error();
      expect(error).toMatchObject({ requestType: 48, request, error: 'wamp.error.no_such_procedure' });
    }
  });

  test('no URI: ERROR invalid_uri', async () => {
    const { router } = routerAndClock();
    const caller = await TestClient.join(router);
    caller.call('a..b');
    expect(await caller.error()).toMatchObject({ requestType: 48, request: 1, error: 'wamp.error.invalid_uri' });
  });

  test('INVOCATION ids count from 1 in each callee’s session', async () => {
    const { router } = routerAndClock();
    const [one, two, caller] = await Promise.all([1, 2, 3].map(() => TestClient.join(router)));
    await one?.register('com.one');
    await two?.register('com.two');
    const seen: number[][] = [[], []];
    for (let round = 0; round < 3; round++) {
      caller?.call('com.one');
      caller?.call('com.two');
      seen[0]?.push((await one?.invocation())?.request ?? 0);
      seen[1]?.push((await two?.invocation())?.request ?? 0);
    }
    expect(seen).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  test('a callee may answer in any order', async () => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router);
    const caller = await TestClient.join(router);
    await callee.register('com.add');
    const requests = ['a', 'b', 'c'].map((name) => caller.call('com.add', [name]));
    const invocations = [await callee.invocation(), await callee.invocation(), await callee.invocation()];
    expect(invocations.map(argsOf)).toEqual([['a'], ['b'], ['c']]);
    callee.yield(invocations[2]?.request ?? 0, ['C']);
    callee.fail(invocations[0]?.request ?? 0, 'com.error.a');
    callee.yield(invocations[1]?.request ?? 0, ['B']);
    expect(await caller.result()).toMatchObject({ request: requests[2], payload: { args: ['C'] } });
    expect(await caller.error()).toMatchObject({ request: requests[0], error: 'com.error.a' });
    expect(await caller.result()).toMatchObject({ request: requests[1], payload: { args: ['B'] } });
  });

  test('a callee can call its own procedure', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    await client.register('com.add');
    const request = client.call('com.add', [1]);
    const invocation = await client.invocation();
    client.yield(invocation.request, [2]);
    expect(await client.result()).toMatchObject({ request, payload: { args: [2] } });
  });

  test('callers with the same request id do not meet', async () => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router);
    const one = await TestClient.join(router);
    const two = await TestClient.join(router);
    await callee.register('com.echo');
    expect(one.call('com.echo', ['one'])).toBe(two.call('com.echo', ['two']));
    for (const _ of [one, two]) {
      const invocation = await callee.invocation();
      callee.yield(invocation.request, argsOf(invocation) as string[]);
    }
    expect(argsOf(await one.result())).toEqual(['one']);
    expect(argsOf(await two.result())).toEqual(['two']);
  });
});

describe('a callee’s answer', () => {
  test('ERROR reaches the caller with its URI and arguments', async () => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router);
    const caller = await TestClient.join(router);
    await callee.register('com.add');
    const request = caller.call('com.add');
    callee.fail((await callee.invocation()).request, 'com.error.refused', ['why', 1]);
    const error = await caller.error();
    expect(error).toMatchObject({ requestType: 48, request, error: 'com.error.refused', details: {} });
    expect(argsOf(error)).toEqual(['why', 1]);
    expect(router.counts().realms[0]?.calls).toBe(0);
  });

  test('an ERROR that is no URI does not get to the caller as it is', async () => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router);
    const caller = await TestClient.join(router);
    await callee.register('com.add');
    caller.call('com.add');
    callee.fail((await callee.invocation()).request, 'out of tea');
    const error = await caller.error();
    expect(error.error).toBe('wamp.error.invalid_uri');
    expect(argsOf(error)).toEqual([expect.stringContaining('"out of tea"')]);
  });

  test('V6: a second answer for a finished call is dropped, and not a violation', async () => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router);
    const caller = await TestClient.join(router);
    await callee.register('com.add');
    caller.call('com.add');
    callee.yield(1, ['first']);
    callee.yield(1, ['second']);
    callee.fail(1, 'com.error.third');
    expect(argsOf(await caller.result())).toEqual(['first']);
    await caller.hearsNothing();
    await callee.invocation();
    await callee.hearsNothing();
  });

  test('V6: one id further than the last that was issued is a violation', async () => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router);
    const caller = await TestClient.join(router);
    await callee.register('com.add');
    caller.call('com.add');
    await callee.invocation();
    callee.yield(2);
    expect((await callee.aborted()).message).toBe('YIELD request id 2: no such invocation in this session');
    expect((await caller.error()).error).toBe('wamp.error.canceled');
  });

  test('V6: the ids of another session’s invocations are not one’s own', async () => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router);
    const thief = await TestClient.join(router);
    const caller = await TestClient.join(router);
    await callee.register('com.add');
    caller.call('com.add');
    const invocation = await callee.invocation();
    thief.yield(invocation.request, ['stolen']);
    await thief.aborted();
    callee.yield(invocation.request, ['honest']);
    expect(argsOf(await caller.result())).toEqual(['honest']);
  });

  test('comes too late for a caller that has left: dropped', async () => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router);
    const caller = await TestClient.join(router);
    await callee.register('com.add');
    caller.call('com.add');
    const invocation = await callee.invocation();
    caller.peer.drop();
    await routed();
    callee.yield(invocation.request, ['too late']);
    await routed();
    expect(callee.peer.hungUp).toBe(false);
    expect(router.counts().realms[0]).toMatchObject({ sessions: 1, calls: 0 });
  });
});
