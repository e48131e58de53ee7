import {
  goodbyeMessage,
  helloMessage,
  InvalidConfiguration,
  type Listener,
  type Listening,
  MessageType,
  nameOf,
  type Transport,
} from '@wamp-run/protocol';
import { ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import type { RouterOptions } from '../src/index.js';
import { ALL_ROLES, routed, routerAndClock, TestClient } from './clients.js';
import { StubbornTransport } from './stubborn-transport.js';

describe('options', () => {
  test.each<[string, Partial<RouterOptions>, string]>([
    ['an empty list of realms', { realms: [] }, 'realms: '],
    ['realms that are no list', { realms: 'realm1' as never }, 'realms: '],
    ['a realm that is no URI', { realms: ['fine', 'not fine'] }, 'realms[1]: "not fine"'],
    ['a realm that is no string', { realms: [7 as never] }, 'realms[0]: '],
    ['a realm against the strict rule', { realms: ['Shop'], uriRule: 'strict' }, 'realms[0]: "Shop"'],
    ['a realm listed twice', { realms: ['a', 'b', 'a'] }, 'realms[2]: "a"'],
    ['an unknown rule', { uriRule: 'lax' as never }, 'uriRule: '],
    ['no time for HELLO', { handshakeTimeout: 0 }, 'handshakeTimeout: '],
    ['endless time for HELLO', { handshakeTimeout: Number.POSITIVE_INFINITY }, 'handshakeTimeout: '],
    ['negative time to close', { closeTimeout: -1 }, 'closeTimeout: '],
    ['a time that is no number', { closeTimeout: '5' as never }, 'closeTimeout: '],
  ])('%s: InvalidConfiguration names it', (_, options, text) => {
    const make = () => routerAndClock(options);
    expect(make).toThrow(InvalidConfiguration);
    expect(make).toThrow(text);
  });

  test('changing the list of realms afterwards changes nothing', async () => {
    const realms = ['one'];
    const { router } = routerAndClock({ realms });
    realms.push('two');
    expect(router.counts().realms.map(({ realm }) => realm)).toEqual(['one']);
  });
});

describe('counts', () => {
  test('say what there is in each realm', async () => {
    const { router } = routerAndClock({ realms: ['one', 'two'] });
    const callee = await TestClient.join(router, { realm: 'two' });
    const caller = await TestClient.join(router, { realm: 'two' });
    router.attach(new ScriptedPeer().transport);
    await callee.register('com.work');
    await callee.register('com.rest');
    await callee.subscribe('com.tick');
    await caller.subscribe('com.tick');
    for (let i = 0; i < 3; i++) caller.call('com.work');
    await routed();
    expect(router.counts()).toEqual({
      transports: 3,
      realms: [
        { realm: 'one', sessions: 0, subscriptions: 0, registrations: 0, calls: 0, retained: 0, dropped: 0 },
        { realm: 'two', sessions: 2, subscriptions: 1, registrations: 2, calls: 3, retained: 0, dropped: 0 },
      ],
    });
  });
});

describe('close', () => {
  test('tells every session GOODBYE, waits for theirs, and closes the transports', async () => {
    const { router, clock } = routerAndClock();
    const clients = [await TestClient.join(router), await TestClient.join(router)];
    let closed = false;
    const closing = router.close().then(() => {
      closed = true;
    });
    for (const client of clients) {
      const goodbye = await client.expect(MessageType.GOODBYE);
      expect(goodbye.reason).toBe('wamp.close.system_shutdown');
      expect([client.peer.hungUp, closed]).toEqual([false, false]);
      client.say(goodbyeMessage('wamp.close.goodbye_and_out'));
    }
    await closing;
    expect(clients.map(({ peer }) => peer.hungUp)).toEqual([true, true]);
    expect(router.counts()).toMatchObject({ transports: 0, realms: [{ sessions: 0 }] });
    expect(clock.pending).toBe(0);
  });

  test('a client that does not answer is hung up on after closeTimeout', async () => {
    const { router, clock } = routerAndClock({ closeTimeout: 1_000 });
    const client = await TestClient.join(router);
    const closing = router.close();
    clock.advance(999);
    expect(client.peer.hungUp).toBe(false);
    clock.advance(1);
    expect(client.peer.hungUp).toBe(true);
    await closing;
    expect(clock.pending).toBe(0);
  });

  test('by default that is 2 s', async () => {
    const { router, clock } = routerAndClock();
    await TestClient.join(router);
    void router.close();
    expect(clock.next).toBe(2_000);
  });

  test('GOODBYEs that cross are each the other’s answer', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    client.say(goodbyeMessage('wamp.close.normal'));
    const closing = router.close();
    await client.expect(MessageType.GOODBYE);
    await closing;
    expect(client.peer.heard).toEqual([]);
  });

  test('what a client has on its way after GOODBYE is let past and not processed', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    const closing = router.close();
    client.call('com.add');
    client.yield(99);
    await routed();
    expect(client.peer.heard.map(nameOf)).toEqual(['GOODBYE']);
    client.say(goodbyeMessage('wamp.close.goodbye_and_out'));
    await closing;
    expect(client.peer.heard.map(nameOf)).toEqual(['GOODBYE']);
  });

  test('sessions are gone at once, while their GOODBYE is awaited', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    await client.register('com.work');
    await client.subscribe('com.tick');
    void router.close();
    expect(router.counts()).toMatchObject({
      transports: 1,
      realms: [{ sessions: 0, registrations: 0, subscriptions: 0 }],
    });
  });

  test('a transport without HELLO gets ABORT; one that has said GOODBYE is just closed', async () => {
    const { router, clock } = routerAndClock();
    const early = new ScriptedPeer();
    router.attach(early.transport);
    const late = await TestClient.join(router);
    await late.leave();
    await router.close();
    expect((await early.expect(MessageType.ABORT)).reason).toBe('wamp.close.system_shutdown');
    expect([early.hungUp, late.peer.hungUp, late.peer.heard]).toEqual([true, true, []]);
    expect(clock.pending).toBe(0);
  });

  test('any number of times, one end', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    const first = router.close();
    expect(router.close()).toBe(first);
    client.peer.drop();
    await first;
    await router.close();
    expect(client.peer.heard.map(nameOf)).toEqual(['GOODBYE']);
  });

  test('waits for a transport that takes its time to close', async () => {
    const { router, clock } = routerAndClock({ closeTimeout: 1_000 });
    const transport = new StubbornTransport();
    router.attach(transport);
    transport.deliver(helloMessage('realm1', { roles: ALL_ROLES }));
    let closed = false;
    const closing = router.close().then(() => {
      closed = true;
    });
    clock.advance(1_000);
    await routed();
    expect([transport.closing, closed]).toEqual([1, false]);
    transport.end();
    await closing;
  });

  test('a transport that cannot be closed does not hold it up', async () => {
    const { router } = routerAndClock();
    const transport = new StubbornTransport();
    transport.close = () => Promise.reject(new Error('stuck'));
    router.attach(transport);
    await router.close();
    expect(router.counts().transports).toBe(0);
    // Should the transport report its end after all, that is nothing new.
    transport.end();
  });

  test('a transport attached afterwards is refused', async () => {
    const { router } = routerAndClock();
    await router.close();
    const peer = new ScriptedPeer();
    router.attach(peer.transport);
    expect((await peer.expect(MessageType.ABORT)).reason).toBe('wamp.close.system_shutdown');
    expect(peer.hungUp).toBe(true);
  });
});

/** Hands out transports when the test says so. */
class TestListener implements Listener {
  attach: ((transport: Transport) => void) | undefined;
  closed = 0;
  listen(attach: (transport: Transport) => void): Promise<Listening> {
    this.attach = attach;
    const close = async () => {
      this.closed += 1;
    };
    return Promise.resolve({ url: 'test://here', close });
  }
}

describe('listen', () => {
  test('attaches what comes in, and closes the listener with the router', async () => {
    const { router } = routerAndClock();
    const listener = new TestListener();
    const listening = await router.listen(listener);
    expect(listening.url).toBe('test://here');
    const peer = new ScriptedPeer();
    listener.attach?.(peer.transport);
    peer.say(helloMessage('realm1', { roles: ALL_ROLES }));
    await peer.expect(MessageType.WELCOME);
    peer.drop();
    await router.close();
    expect(listener.closed).toBe(1);
  });

  test('a listening closed apart is not closed again', async () => {
    const { router } = routerAndClock();
    const listener = new TestListener();
    const listening = await router.listen(listener);
    await listening.close();
    await listening.close();
    await router.close();
    expect(listener.closed).toBe(1);
  });

  test('one that is still being opened when the router closes is closed, too', async () => {
    const { router } = routerAndClock();
    const listener = new TestListener();
    const listening = router.listen(listener);
    const closing = router.close();
    await expect(listening).rejects.toThrow(InvalidConfiguration);
    await closing;
    expect(listener.closed).toBe(1);
  });

  test('after close: InvalidConfiguration', async () => {
    const { router } = routerAndClock();
    await router.close();
    await expect(router.listen(new TestListener())).rejects.toThrow(InvalidConfiguration);
  });

  test('rejects with what the listener rejects with, and the router goes on', async () => {
    const { router } = routerAndClock();
    const refusing: Listener = { listen: () => Promise.reject(new Error('EADDRINUSE')) };
    await expect(router.listen(refusing)).rejects.toThrow('EADDRINUSE');
    await TestClient.join(router);
  });

  test('a listener that fails to close does not keep the router open', async () => {
    const { router } = routerAndClock();
    const close = () => Promise.reject(new Error('stuck'));
    await router.listen({ listen: () => Promise.resolve({ url: 'test://stuck', close }) });
    await router.close();
  });

  test('close resolves when the port of one that was still being opened is free', async () => {
    const { router } = routerAndClock();
    let free = () => {};
    const close = () =>
      new Promise<void>((resolve) => {
        free = resolve;
      });
    const refused = router
      .listen({ listen: () => Promise.resolve({ url: 'test://slow', close }) })
      .catch(() => 'refused');
    let closed = false;
    const closing = router.close().then(() => {
      closed = true;
    });
    for (let i = 0; i < 4; i++) await routed();
    expect(closed).toBe(false);
    free();
    await closing;
    expect(await refused).toBe('refused');
  });

  test('a transport that comes in while the router closes is refused, and closed before close resolves', async () => {
    const { router } = routerAndClock();
    const late = new StubbornTransport();
    const listen = (attach: (transport: Transport) => void) => {
      const close = async () => {
        await routed();
        attach(late);
      };
      return Promise.resolve({ url: 'test://late', close });
    };
    await router.listen({ listen });
    let closed = false;
    const closing = router.close().then(() => {
      closed = true;
    });
    for (let i = 0; i < 8; i++) await routed();
    expect(late.sent.map(nameOf)).toEqual(['ABORT']);
    expect([late.closing, closed]).toEqual([1, false]);
    late.end();
    await closing;
    expect(router.counts().transports).toBe(0);
  });
});
