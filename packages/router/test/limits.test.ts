import { helloMessage, InvalidConfiguration, MessageType, subscribeMessage, type Transport } from '@wamp-run/protocol';
import { ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import type { RouterLimits, RouterOptions } from '../src/index.js';
import { ALL_ROLES, argsOf, routed, routerAndClock, TestClient } from './clients.js';

describe('limits', () => {
  test.each<[string, unknown, string]>([
    ['a name that is none', { sesions: 1 }, 'limits.sesions: there is no such limit; did you mean sessions?'],
    ['a number below the least', { sessions: 0 }, 'limits.sessions: expected a whole number of at least 1'],
    ['a fraction', { subscriptions: 1.5 }, 'limits.subscriptions: '],
    ['a text', { testaments: '3' }, 'limits.testaments: '],
    ['a negative number', { queuedBytes: -1 }, 'limits.queuedBytes: '],
    ['NaN', { realms: Number.NaN }, 'limits.realms: '],
    ['less for all than for events', { queuedBytes: 100, queuedBytesInAll: 99 }, 'limits.queuedBytesInAll: '],
  ])('%s: InvalidConfiguration names it', (_, limits, text) => {
    const make = () => routerAndClock({ limits: limits as Partial<RouterLimits> });
    expect(make).toThrow(InvalidConfiguration);
    expect(make).toThrow(text);
  });

  test('Infinity is no bound, and undefined the default', () => {
    routerAndClock({ limits: { sessions: Number.POSITIVE_INFINITY, queuedBytesInAll: Number.POSITIVE_INFINITY } });
    routerAndClock({ limits: { sessions: undefined } as never });
  });
});

describe('clients', () => {
  /** A connection from an address, that says nothing. */
  function connect(router: ReturnType<typeof routerAndClock>['router'], address?: string): ScriptedPeer {
    const peer = new ScriptedPeer({ address });
    router.attach(peer.transport);
    return peer;
  }

  test('one too many is turned away with limit_exceeded, joined or not, and takes no place', async () => {
    const { router } = routerAndClock({ limits: { sessions: 2 } });
    const first = await TestClient.join(router);
    const halfOpen = connect(router);
    for (let attempt = 0; attempt < 3; attempt++) {
      const third = connect(router);
      expect(await third.expect(MessageType.ABORT)).toMatchObject({ reason: 'wamp.error.limit_exceeded' });
      expect(third.hungUp).toBe(true);
      await routed();
    }
    await first.hearsNothing();
    halfOpen.drop();
    await routed();
    await TestClient.join(router);
  });

  test('half-open connections meet the bound of their address; other addresses are not touched', async () => {
    const { router, clock } = routerAndClock({ limits: { sessionsPerAddress: 3 } });
    const flood = [1, 2, 3].map(() => connect(router, '10.0.0.1'));
    const refused = connect(router, '10.0.0.1');
    expect((await refused.expect(MessageType.ABORT)).details.message).toContain('sessionsPerAddress');
    const elsewhere = connect(router, '10.0.0.2');
    elsewhere.say(helloMessage('realm1', { roles: ALL_ROLES }));
    await elsewhere.expect(MessageType.WELCOME);
    // In this process there are no addresses to count.
    for (let n = 0; n < 5; n++) await TestClient.join(router);
    clock.advance(10_000);
    for (const peer of flood) expect((await peer.expect(MessageType.ABORT)).reason).toBe('wamp.error.timeout');
    await routed();
    const later = connect(router, '10.0.0.1');
    later.say(helloMessage('realm1', { roles: ALL_ROLES }));
    await later.expect(MessageType.WELCOME);
  });
});

describe('what one session may have', () => {
  test('subscriptions: limit_exceeded; one that it has already is no further one', async () => {
    const { router } = routerAndClock({ limits: { subscriptions: 2 } });
    const [client, other] = [await TestClient.join(router), await TestClient.join(router)];
    const first = await client.subscribe('com.one');
    await client.subscribe('com.two', { match: 'prefix' });
    client.say(subscribeMessage(client.request(), {}, 'com.three'));
    expect((await client.error()).error).toBe('wamp.error.limit_exceeded');
    expect(await client.subscribe('com.one')).toBe(first);
    await other.subscribe('com.three');
    await client.unsubscribe(first);
    await client.subscribe('com.three');
  });

  test('registrations and calls under way: limit_exceeded', async () => {
    const { router } = routerAndClock({ limits: { registrations: 1, pendingCalls: 2 } });
    const client = await TestClient.join(router);
    await client.register('com.work');
    client.say({ type: MessageType.REGISTER, request: client.request(), options: {}, procedure: 'com.rest' });
    expect((await client.error()).error).toBe('wamp.error.limit_exceeded');
    const caller = await TestClient.join(router);
    for (let n = 0; n < 3; n++) caller.call('com.work');
    expect((await caller.error()).error).toBe('wamp.error.limit_exceeded');
  });
});

describe('idleTimeout', () => {
  test('a client from which nothing comes is told GOODBYE wamp.close.idle; one that says something is not', async () => {
    const { router, clock } = routerAndClock({ idleTimeout: 1_000 });
    const [silent, talking] = [await TestClient.join(router), await TestClient.join(router)];
    clock.advance(999);
    await talking.hearsNothing();
    clock.advance(1);
    expect(await silent.expect(MessageType.GOODBYE)).toMatchObject({ reason: 'wamp.close.idle' });
    await talking.hearsNothing();
    clock.advance(1_000);
    await talking.hearsNothing();
    expect(router.counts().realms[0]?.sessions).toBe(1);
    clock.advance(2_000);
    await talking.expect(MessageType.GOODBYE);
  });

  test('there is none by default, and none is left when the session ends', async () => {
    expect((await lonely({})).pending).toBe(0);
    const clock = await lonely({ idleTimeout: 1_000 });
    expect(clock.pending).toBe(0);
  });

  async function lonely(options: Partial<RouterOptions>) {
    const { router, clock } = routerAndClock(options);
    const client = await TestClient.join(router);
    client.peer.drop();
    await routed();
    return clock;
  }
});

describe('a client that does not read', () => {
  /** A wire on which so many bytes wait as the test says. */
  function slow(): { through: (transport: Transport) => Transport; queued: { bytes: number } } {
    const queued = { bytes: 0 };
    const through = (transport: Transport): Transport => ({
      ...transport,
      get queuedBytes() {
        return queued.bytes;
      },
    });
    return { through, queued };
  }

  async function slowAndQuick(options: Partial<RouterOptions> = {}) {
    const { router } = routerAndClock({ limits: { queuedBytes: 1_000, queuedBytesInAll: 5_000 }, ...options });
    const { through, queued } = slow();
    const sleeper = await TestClient.join(router, { through });
    const quick = await TestClient.join(router);
    const publisher = await TestClient.join(router);
    await sleeper.subscribe('com.tick');
    await quick.subscribe('com.tick');
    return { router, sleeper, quick, publisher, queued };
  }

  test('drop: its events are dropped and counted until it reads again; others miss nothing', async () => {
    const { router, sleeper, quick, publisher, queued } = await slowAndQuick();
    await publisher.acknowledged('com.tick', [1]);
    queued.bytes = 1_001;
    for (const n of [2, 3, 4]) await publisher.acknowledged('com.tick', [n]);
    expect(router.counts().realms[0]?.dropped).toBe(3);
    queued.bytes = 1_000;
    await publisher.acknowledged('com.tick', [5]);
    for (const n of [1, 5]) expect(argsOf(await sleeper.event())).toEqual([n]);
    for (const n of [1, 2, 3, 4, 5]) expect(argsOf(await quick.event())).toEqual([n]);
    await sleeper.hearsNothing();
    expect(router.counts().realms[0]).toMatchObject({ sessions: 3, dropped: 3 });
  });

  test('drop: answers are never dropped', async () => {
    const { sleeper, quick, queued } = await slowAndQuick();
    await quick.register('com.work');
    queued.bytes = 4_000;
    sleeper.call('com.work');
    quick.yield((await quick.invocation()).request, ['done']);
    expect(argsOf(await sleeper.result())).toEqual(['done']);
    expect(await sleeper.ask('wamp.session.count')).toEqual([3]);
    await sleeper.subscribe('com.more');
    await sleeper.acknowledged('com.tack');
  });

  test('close: it gets ABORT wamp.close.queue_exceeded, all it had is gone, others miss nothing', async () => {
    const { router, sleeper, quick, publisher, queued } = await slowAndQuick({ slowSubscribers: 'close' });
    queued.bytes = 1_001;
    for (const n of [1, 2]) await publisher.acknowledged('com.tick', [n]);
    const abort = await sleeper.aborted();
    expect(abort).toMatchObject({ reason: 'wamp.close.queue_exceeded', hungUp: true });
    expect(abort.message).toContain('1001 bytes');
    for (const n of [1, 2]) expect(argsOf(await quick.event())).toEqual([n]);
    expect(router.counts().realms[0]).toMatchObject({ sessions: 2, subscriptions: 1 });
  });

  test('a client for which even answers and invocations pile up is closed, under either policy', async () => {
    for (const slowSubscribers of ['drop', 'close'] as const) {
      const { router, sleeper, quick, queued } = await slowAndQuick({ slowSubscribers });
      await sleeper.register('com.work');
      queued.bytes = 5_001;
      quick.call('com.work');
      expect((await sleeper.aborted()).reason).toBe('wamp.close.queue_exceeded');
      // Its caller is told, as for any callee that leaves.
      expect((await quick.error()).error).toBe('wamp.error.canceled');
      expect(router.counts().realms[0]).toMatchObject({ sessions: 2, registrations: 0, calls: 0 });
    }
  });

  test('a chain of them, each of which would hear of the end of the one before, ends in one go', async () => {
    const { router } = routerAndClock({ limits: { queuedBytes: 10, queuedBytesInAll: 20 }, slowSubscribers: 'close' });
    const { through, queued } = slow();
    const chain: TestClient[] = [];
    for (let n = 0; n < 2_000; n++) {
      const client = await TestClient.join(router, { through });
      await client.subscribe('wamp.session.on_leave');
      chain.push(client);
    }
    const publisher = await TestClient.join(router);
    await chain[0]?.subscribe('com.tick');
    queued.bytes = 15;
    await publisher.acknowledged('com.tick');
    for (const client of chain) expect((await client.aborted()).reason).toBe('wamp.close.queue_exceeded');
    expect(router.counts().realms[0]?.sessions).toBe(1);
  });

  test('a policy that is none is refused', () => {
    expect(() => routerAndClock({ slowSubscribers: 'wait' as never })).toThrow('slowSubscribers: expected one of');
  });
});
