import { MessageType, subscribeMessage } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { argsOf, routerAndClock, TestClient } from './clients.js';

async function pair() {
  const { router } = routerAndClock();
  return { router, subscriber: await TestClient.join(router), publisher: await TestClient.join(router) };
}

describe('pattern-based subscription', () => {
  test('prefix: a plain string prefix, not part by part; EVENT.Details.topic says which topic', async () => {
    const { subscriber, publisher } = await pair();
    const subscription = await subscriber.subscribe('com.app.emergency', { match: 'prefix' });
    for (const topic of ['com.app.emergency', 'com.app.emergency-low', 'com.app.emergency.fire']) {
      const publication = await publisher.acknowledged(topic, [topic]);
      expect(await subscriber.event()).toMatchObject({ subscription, publication, details: { topic } });
    }
    await publisher.acknowledged('com.app.emergenc');
    await publisher.acknowledged('com.application');
    await subscriber.hearsNothing();
  });

  test('wildcard: an empty part stands for exactly one part', async () => {
    const { subscriber, publisher } = await pair();
    await subscriber.subscribe('com..created', { match: 'wildcard' });
    await publisher.acknowledged('com.order.created', [1]);
    const event = await subscriber.event();
    expect([event.details, argsOf(event)]).toEqual([{ topic: 'com.order.created' }, [1]]);
    for (const topic of ['com.created', 'com.a.b.created', 'com.order.created.now', 'org.order.created']) {
      await publisher.acknowledged(topic);
    }
    await subscriber.hearsNothing();
  });

  test('the empty prefix and the empty wildcard part meet all, and all of one part', async () => {
    const { subscriber, publisher } = await pair();
    const all = await subscriber.subscribe('', { match: 'prefix' });
    const one = await subscriber.subscribe('', { match: 'wildcard' });
    await publisher.acknowledged('com');
    expect([(await subscriber.event()).subscription, (await subscriber.event()).subscription]).toEqual([all, one]);
    await publisher.acknowledged('com.tick');
    expect((await subscriber.event()).subscription).toBe(all);
    await subscriber.hearsNothing();
  });

  test('the events of the router itself meet only patterns that begin with wamp', async () => {
    const { subscriber, publisher, router } = await pair();
    await subscriber.subscribe('', { match: 'prefix' });
    await subscriber.subscribe('..', { match: 'wildcard' });
    await publisher.subscribe('com.tick');
    await subscriber.hearsNothing();
    const named = await subscriber.subscribe('wamp.session.', { match: 'prefix' });
    const newcomer = await TestClient.join(router);
    const event = await subscriber.event();
    expect(event).toMatchObject({ subscription: named, details: { topic: 'wamp.session.on_join' } });
    expect(argsOf(event)).toEqual([expect.objectContaining({ session: newcomer.session })]);
  });

  test('one EVENT for each matching subscription, all with the same publication id', async () => {
    const { subscriber, publisher } = await pair();
    const subscriptions = [
      await subscriber.subscribe('com.tick'),
      await subscriber.subscribe('com.', { match: 'prefix' }),
      await subscriber.subscribe('.tick', { match: 'wildcard' }),
    ];
    expect(new Set(subscriptions).size).toBe(3);
    const publication = await publisher.acknowledged('com.tick');
    const events = [await subscriber.event(), await subscriber.event(), await subscriber.event()];
    expect(events.map((event) => event.subscription)).toEqual(subscriptions);
    expect(new Set(events.map((event) => event.publication))).toEqual(new Set([publication]));
    expect(events.map(({ details }) => details)).toEqual([{}, { topic: 'com.tick' }, { topic: 'com.tick' }]);
    await subscriber.hearsNothing();
  });

  test('the same URI under another policy is another subscription', async () => {
    const { subscriber, router } = await pair();
    const exact = await subscriber.subscribe('com.tick');
    const prefix = await subscriber.subscribe('com.tick', { match: 'prefix' });
    const wildcard = await subscriber.subscribe('com.tick', { match: 'wildcard' });
    expect(new Set([exact, prefix, wildcard]).size).toBe(3);
    expect(await subscriber.subscribe('com.tick', { match: 'prefix' })).toBe(prefix);
    await subscriber.unsubscribe(prefix);
    expect(router.counts().realms[0]?.subscriptions).toBe(2);
  });

  test('a publisher is excluded from its patterns, too', async () => {
    const { subscriber } = await pair();
    await subscriber.subscribe('com.', { match: 'prefix' });
    await subscriber.acknowledged('com.tick');
    await subscriber.hearsNothing();
    subscriber.publish('com.tock', [], { exclude_me: false });
    expect((await subscriber.event()).details).toEqual({ topic: 'com.tock' });
  });

  test.each([
    ['prefix', 'a..b'],
    ['prefix', 'a b'],
    ['wildcard', 'a.#'],
    ['wildcard', ' '],
    ['exact', 'a.'],
  ])('%s: %j is no pattern: invalid_uri', async (match, topic) => {
    const { subscriber, router } = await pair();
    subscriber.say(subscribeMessage(subscriber.request(), { match }, topic));
    expect((await subscriber.error()).error).toBe('wamp.error.invalid_uri');
    expect(router.counts().realms[0]?.subscriptions).toBe(0);
  });

  test('topics and patterns of too many characters, and of too many parts, are refused', async () => {
    const { subscriber, publisher } = await pair();
    const long = 'x'.repeat(1_025);
    const many = Array.from({ length: 33 }, () => 'x').join('.');
    for (const [topic, match] of [
      [long, 'exact'],
      [long, 'prefix'],
      [many, 'wildcard'],
      ['.'.repeat(32), 'wildcard'],
    ] as const) {
      subscriber.say(subscribeMessage(subscriber.request(), { match }, topic));
      expect((await subscriber.error()).error).toBe('wamp.error.invalid_uri');
    }
    await subscriber.subscribe('', { match: 'prefix' });
    for (const topic of [long, many]) {
      publisher.publish(topic, [], { acknowledge: true });
      expect((await publisher.error()).error).toBe('wamp.error.invalid_uri');
    }
    await subscriber.hearsNothing();
  });

  test('names of JavaScript objects are patterns like any other', async () => {
    const { subscriber, publisher } = await pair();
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const prefix = await subscriber.subscribe(`${name}.`, { match: 'prefix' });
      const wildcard = await subscriber.subscribe(`.${name}`, { match: 'wildcard' });
      await publisher.acknowledged(`${name}.${name}`);
      expect((await subscriber.event()).subscription).toBe(prefix);
      expect((await subscriber.event()).subscription).toBe(wildcard);
      await subscriber.unsubscribe(prefix);
      await subscriber.unsubscribe(wildcard);
    }
  });

  test('a session that leaves takes its patterns along', async () => {
    const { subscriber, publisher, router } = await pair();
    await subscriber.subscribe('com.', { match: 'prefix' });
    await subscriber.subscribe('.tick', { match: 'wildcard' });
    await subscriber.leave();
    expect(router.counts().realms[0]?.subscriptions).toBe(0);
    await publisher.acknowledged('com.tick');
  });
});

describe('subscription revocation', () => {
  test('UNSUBSCRIBED with request 0 names subscription and reason, and is the end of the events', async () => {
    const { subscriber, publisher, router } = await pair();
    const subscription = await subscriber.subscribe('com.tick');
    await publisher.ask('wamp.subscription.remove_subscriber', [subscription, subscriber.session], {
      reason: 'com.shop.enough',
    });
    const revoked = await subscriber.expect(MessageType.UNSUBSCRIBED);
    expect(revoked).toMatchObject({ request: 0, details: { subscription, reason: 'com.shop.enough' } });
    await publisher.acknowledged('com.tick');
    await subscriber.hearsNothing();
    expect(router.counts().realms[0]?.subscriptions).toBe(0);
  });

  test('is never sent to a subscriber that did not announce it; its events end all the same', async () => {
    const { router, publisher } = await pair();
    const basic = await TestClient.join(router, { roles: { subscriber: {}, caller: {} } });
    const subscription = await basic.subscribe('com.tick');
    await publisher.ask('wamp.subscription.remove_subscriber', [subscription, basic.session]);
    await publisher.acknowledged('com.tick');
    await basic.hearsNothing();
  });

  test('of somebody who is not subscribed: no_such_session; of nothing: no_such_subscription', async () => {
    const { subscriber, publisher } = await pair();
    const subscription = await subscriber.subscribe('com.tick');
    const remove = 'wamp.subscription.remove_subscriber';
    expect(await publisher.refused(remove, [subscription, publisher.session])).toBe('wamp.error.no_such_session');
    expect(await publisher.refused(remove, [99, subscriber.session])).toBe('wamp.error.no_such_subscription');
    expect(await publisher.refused(remove, [subscription])).toBe('wamp.error.invalid_argument');
  });
});
