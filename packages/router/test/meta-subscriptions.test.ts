import { MessageType } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { argsOf, routerAndClock, TestClient } from './clients.js';

const WALL = Date.parse('2026-01-31T12:00:00.000Z');

async function two() {
  const { router, clock } = routerAndClock({ wallTime: () => WALL + clock.now() });
  return { router, clock, one: await TestClient.join(router), two: await TestClient.join(router) };
}

describe('subscription meta API', () => {
  async function subscribed() {
    const { one, two: other, router } = await two();
    const exact = await one.subscribe('com.tick');
    await other.subscribe('com.tick');
    const prefix = await one.subscribe('com.', { match: 'prefix' });
    const wildcard = await other.subscribe('.tick', { match: 'wildcard' });
    return { router, one, other, exact, prefix, wildcard };
  }

  test('wamp.subscription.list: all ids, by policy', async () => {
    const { one, exact, prefix, wildcard } = await subscribed();
    expect(await one.ask('wamp.subscription.list')).toEqual([
      { exact: [exact], prefix: [prefix], wildcard: [wildcard] },
    ]);
  });

  test('wamp.subscription.lookup: the id of that topic and policy, or null', async () => {
    const { one, exact, prefix } = await subscribed();
    expect(await one.ask('wamp.subscription.lookup', ['com.tick'])).toEqual([exact]);
    expect(await one.ask('wamp.subscription.lookup', ['com.', { match: 'prefix' }])).toEqual([prefix]);
    expect(await one.ask('wamp.subscription.lookup', ['com.tick', { match: 'prefix' }])).toEqual([null]);
    expect(await one.refused('wamp.subscription.lookup', ['com.tick', { match: 'near' }])).toBe(
      'wamp.error.invalid_argument',
    );
    expect(await one.refused('wamp.subscription.lookup', [7])).toBe('wamp.error.invalid_argument');
  });

  test('wamp.subscription.match: all ids that a topic meets, or null', async () => {
    const { one, exact, prefix, wildcard } = await subscribed();
    expect(await one.ask('wamp.subscription.match', ['com.tick'])).toEqual([[exact, prefix, wildcard]]);
    expect(await one.ask('wamp.subscription.match', ['com.tock'])).toEqual([[prefix]]);
    expect(await one.ask('wamp.subscription.match', ['org'])).toEqual([null]);
  });

  test('wamp.subscription.get: id, created, uri, match; no_such_subscription', async () => {
    const { one, prefix } = await subscribed();
    expect(await one.ask('wamp.subscription.get', [prefix])).toEqual([
      { id: prefix, created: '2026-01-31T12:00:00.000Z', uri: 'com.', match: 'prefix' },
    ]);
    expect(await one.refused('wamp.subscription.get', [99])).toBe('wamp.error.no_such_subscription');
  });

  test('wamp.subscription.list_subscribers and count_subscribers', async () => {
    const { one, other, exact, prefix } = await subscribed();
    expect(await one.ask('wamp.subscription.list_subscribers', [exact])).toEqual([[one.session, other.session]]);
    expect(await one.ask('wamp.subscription.count_subscribers', [exact])).toEqual([2]);
    expect(await one.ask('wamp.subscription.count_subscribers', [prefix])).toEqual([1]);
    for (const procedure of ['list_subscribers', 'count_subscribers']) {
      const error = await one.refused(`wamp.subscription.${procedure}`, [99]);
      expect(error).toBe('wamp.error.no_such_subscription');
    }
  });

  test('events: on_create before on_subscribe, on_unsubscribe before on_delete', async () => {
    const { one: watcher, two: client, router } = await two();
    const topics = ['on_create', 'on_subscribe', 'on_unsubscribe', 'on_delete'].map((it) => `wamp.subscription.${it}`);
    for (const topic of topics) await quietly(watcher, topic);
    const names = new Map<number, string>();
    for (const topic of topics)
      names.set(((await watcher.ask('wamp.subscription.lookup', [topic])) as [number])[0], topic);
    const next = async () => {
      const event = await watcher.event();
      return [names.get(event.subscription)?.replace('wamp.subscription.', ''), argsOf(event)];
    };
    const id = await client.subscribe('com.tick');
    const created = { id, created: '2026-01-31T12:00:00.000Z', uri: 'com.tick', match: 'exact' };
    expect(await next()).toEqual(['on_create', [client.session, created]]);
    expect(await next()).toEqual(['on_subscribe', [client.session, id]]);
    const third = await TestClient.join(router);
    await third.subscribe('com.tick');
    expect(await next()).toEqual(['on_subscribe', [third.session, id]]);
    // Again is nothing new.
    await third.subscribe('com.tick');
    await client.unsubscribe(id);
    expect(await next()).toEqual(['on_unsubscribe', [client.session, id]]);
    third.peer.drop();
    expect(await next()).toEqual(['on_unsubscribe', [third.session, id]]);
    expect(await next()).toEqual(['on_delete', [third.session, id]]);
    await watcher.hearsNothing();
  });

  /** Subscribes, past the events that this causes. */
  async function quietly(client: TestClient, topic: string): Promise<void> {
    await client.subscribe(topic);
    const request = client.call('nobody.has.this');
    for (;;) {
      const message = await client.peer.next();
      if (message.type === MessageType.ERROR && message.request === request) return;
      expect(message.type).toBe(MessageType.EVENT);
    }
  }

  test('a session hears of its own subscriptions, after SUBSCRIBED', async () => {
    const { one } = await two();
    const watching = await one.subscribe('wamp.subscription.on_subscribe');
    expect(argsOf(await one.event())).toEqual([one.session, watching]);
  });
});

describe('registration meta API', () => {
  async function registered() {
    const { one, two: other, router, clock } = await two();
    const exact = await one.register('com.add');
    clock.advance(1_500);
    const shared = await one.register('com.work', { invoke: 'roundrobin' });
    await other.register('com.work', { invoke: 'roundrobin' });
    const prefix = await one.register('com.', { match: 'prefix' });
    return { router, clock, one, other, exact, shared, prefix };
  }

  test('wamp.registration.list: all ids, by policy; the router’s own procedures are none', async () => {
    const { one, exact, shared, prefix } = await registered();
    expect(await one.ask('wamp.registration.list')).toEqual([
      { exact: [exact, shared], prefix: [prefix], wildcard: [] },
    ]);
  });

  test('wamp.registration.lookup: the id of that procedure and policy, or null', async () => {
    const { one, exact, prefix } = await registered();
    expect(await one.ask('wamp.registration.lookup', ['com.add'])).toEqual([exact]);
    expect(await one.ask('wamp.registration.lookup', ['com.', { match: 'prefix' }])).toEqual([prefix]);
    expect(await one.ask('wamp.registration.lookup', ['com.add', { match: 'wildcard' }])).toEqual([null]);
  });

  test('wamp.registration.match: the one that a call goes to, or null', async () => {
    const { one, exact, prefix } = await registered();
    expect(await one.ask('wamp.registration.match', ['com.add'])).toEqual([exact]);
    expect(await one.ask('wamp.registration.match', ['com.else'])).toEqual([prefix]);
    expect(await one.ask('wamp.registration.match', ['org.else'])).toEqual([null]);
  });

  test('wamp.registration.get: id, created, uri, match, invoke; no_such_registration', async () => {
    const { one, shared, clock } = await registered();
    clock.advance(10_000);
    expect(await one.ask('wamp.registration.get', [shared])).toEqual([
      { id: shared, created: '2026-01-31T12:00:01.500Z', uri: 'com.work', match: 'exact', invoke: 'roundrobin' },
    ]);
    expect(await one.refused('wamp.registration.get', [99])).toBe('wamp.error.no_such_registration');
  });

  test('wamp.registration.list_callees and count_callees', async () => {
    const { one, other, exact, shared } = await registered();
    expect(await one.ask('wamp.registration.list_callees', [shared])).toEqual([[one.session, other.session]]);
    expect(await one.ask('wamp.registration.count_callees', [shared])).toEqual([2]);
    expect(await one.ask('wamp.registration.count_callees', [exact])).toEqual([1]);
    for (const procedure of ['list_callees', 'count_callees']) {
      const error = await one.refused(`wamp.registration.${procedure}`, [99]);
      expect(error).toBe('wamp.error.no_such_registration');
    }
  });

  test('wamp.registration.remove_callee: UNREGISTERED with request 0 to those who announced it', async () => {
    const { one, other, exact, shared } = await registered();
    expect(await other.refused('wamp.registration.remove_callee', [exact, other.session])).toBe(
      'wamp.error.no_such_session',
    );
    expect(await other.refused('wamp.registration.remove_callee', [99, other.session])).toBe(
      'wamp.error.no_such_registration',
    );
    await other.ask('wamp.registration.remove_callee', [shared, one.session], { reason: 'com.shop.enough' });
    expect(await other.ask('wamp.registration.list_callees', [shared])).toEqual([[other.session]]);
    expect(await other.ask('wamp.registration.match', ['com.work'])).toEqual([shared]);
  });

  test('events: on_create before on_register, on_unregister before on_delete', async () => {
    const { one: watcher, two: client } = await two();
    for (const event of ['on_create', 'on_register', 'on_unregister', 'on_delete']) {
      await watcher.subscribe(`wamp.registration.${event}`);
    }
    const id = await client.register('com.add');
    const created = { id, created: '2026-01-31T12:00:00.000Z', uri: 'com.add', match: 'exact', invoke: 'single' };
    expect(argsOf(await watcher.event())).toEqual([client.session, created]);
    expect(argsOf(await watcher.event())).toEqual([client.session, id]);
    await client.unregister(id);
    expect(argsOf(await watcher.event())).toEqual([client.session, id]);
    expect(argsOf(await watcher.event())).toEqual([client.session, id]);
    await watcher.hearsNothing();
  });
});

describe('the router’s own procedures', () => {
  test('come before any registration by a pattern, and cannot be registered over', async () => {
    const { one, two: callee } = await two();
    await callee.register('', { match: 'prefix' });
    expect(await one.ask('wamp.session.count')).toEqual([2]);
    callee.say({ type: MessageType.REGISTER, request: callee.request(), options: {}, procedure: 'wamp.session.count' });
    expect((await callee.error()).error).toBe('wamp.error.invalid_uri');
  });
});
