import {
  type Event,
  frameOf,
  isId,
  type Message,
  publishMessage,
  RawPayload,
  type Serializer,
  subscribeMessage,
  unsubscribeMessage,
} from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { argsOf, routerAndClock, TestClient } from './clients.js';

describe('SUBSCRIBE', () => {
  test('all subscribers of a topic share its subscription id', async () => {
    const { router } = routerAndClock();
    const one = await TestClient.join(router);
    const two = await TestClient.join(router);
    const tick = await one.subscribe('com.tick');
    expect(await two.subscribe('com.tock')).not.toBe(tick);
    expect(await two.subscribe('com.tick')).toBe(tick);
  });

  test('again on the same topic gives the same subscription id, and one EVENT', async () => {
    const { router } = routerAndClock();
    const subscriber = await TestClient.join(router);
    const publisher = await TestClient.join(router);
    const first = await subscriber.subscribe('com.tick');
    expect(await subscriber.subscribe('com.tick')).toBe(first);
    publisher.publish('com.tick', [1]);
    expect(argsOf(await subscriber.event())).toEqual([1]);
    await subscriber.hearsNothing();
    // One UNSUBSCRIBE ends it.
    await subscriber.unsubscribe(first);
    await publisher.acknowledged('com.tick', [2]);
    await subscriber.hearsNothing();
  });

  test.each(['', 'a..b', 'a b', '#', 'a.'])('a topic that is no URI: ERROR invalid_uri: %j', async (topic) => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    client.say(subscribeMessage(client.request(), {}, topic));
    const error = await client.error();
    expect(error).toMatchObject({ requestType: 32, request: 1, error: 'wamp.error.invalid_uri' });
    expect(argsOf(error)).toEqual([expect.stringContaining('topic')]);
    expect(router.counts().realms[0]?.subscriptions).toBe(0);
  });

  test('topics of the protocol can be subscribed to', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    expect(isId(await client.subscribe('wamp.session.on_join'))).toBe(true);
  });

  test('uriRule strict refuses what loose takes', async () => {
    const { router } = routerAndClock({ uriRule: 'strict' });
    const client = await TestClient.join(router);
    client.say(subscribeMessage(client.request(), {}, 'com.Tick'));
    expect((await client.error()).error).toBe('wamp.error.invalid_uri');
    await client.subscribe('com.tick');
  });

  test('names of JavaScript objects are topics like any other', async () => {
    const { router } = routerAndClock();
    const subscriber = await TestClient.join(router);
    const publisher = await TestClient.join(router);
    for (const topic of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      await subscriber.subscribe(topic);
      await publisher.acknowledged(topic, [topic]);
      expect(argsOf(await subscriber.event())).toEqual([topic]);
    }
    expect(router.counts().realms[0]?.subscriptions).toBe(4);
  });
});

describe('UNSUBSCRIBE', () => {
  test('ends the events', async () => {
    const { router } = routerAndClock();
    const subscriber = await TestClient.join(router);
    const publisher = await TestClient.join(router);
    await subscriber.unsubscribe(await subscriber.subscribe('com.tick'));
    await publisher.acknowledged('com.tick');
    await subscriber.hearsNothing();
    expect(router.counts().realms[0]?.subscriptions).toBe(0);
  });

  test('of one subscriber leaves the others theirs', async () => {
    const { router } = routerAndClock();
    const [stays, unsubscribes, leaves] = [
      await TestClient.join(router),
      await TestClient.join(router),
      await TestClient.join(router),
    ];
    const subscription = await stays.subscribe('com.tick');
    await unsubscribes.unsubscribe(await unsubscribes.subscribe('com.tick'));
    await leaves.subscribe('com.tick');
    await leaves.leave();
    unsubscribes.publish('com.tick', [1]);
    const event = await stays.event();
    expect([event.subscription, argsOf(event)]).toEqual([subscription, [1]]);
  });

  test('unknown: ERROR no_such_subscription', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    client.say(unsubscribeMessage(client.request(), 99));
    const error = await client.error();
    expect(error).toMatchObject({ requestType: 34, request: 1, error: 'wamp.error.no_such_subscription' });
  });

  test('of somebody else’s subscription: ERROR no_such_subscription, and theirs goes on', async () => {
    const { router } = routerAndClock();
    const subscriber = await TestClient.join(router);
    const other = await TestClient.join(router);
    const id = await subscriber.subscribe('com.tick');
    other.say(unsubscribeMessage(other.request(), id));
    expect((await other.error()).error).toBe('wamp.error.no_such_subscription');
    other.publish('com.tick');
    await subscriber.event();
  });

  test('twice: the second is refused', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    const id = await client.subscribe('com.tick');
    await client.unsubscribe(id);
    client.say(unsubscribeMessage(client.request(), id));
    expect((await client.error()).error).toBe('wamp.error.no_such_subscription');
  });
});

describe('PUBLISH', () => {
  test('without acknowledge is never answered, whatever is wrong with it', async () => {
    const { router } = routerAndClock();
    const publisher = await TestClient.join(router);
    publisher.publish('com.tick');
    publisher.publish('not a uri');
    publisher.publish('wamp.session.on_join');
    publisher.publish('com.tick', [], { acknowledge: false });
    publisher.publish('com.tick', [], { eligible: [1] });
    publisher.publish('com.tick', [], { disclose_me: true });
    await publisher.hearsNothing();
  });

  test('acknowledged: PUBLISHED has the publication id that the subscribers see', async () => {
    const { router } = routerAndClock();
    const subscriber = await TestClient.join(router);
    const publisher = await TestClient.join(router);
    const subscription = await subscriber.subscribe('com.tick');
    const publication = await publisher.acknowledged('com.tick', ['a', 1]);
    const event = await subscriber.event();
    expect(isId(publication)).toBe(true);
    expect(event).toMatchObject({ subscription, publication, details: {} });
    expect(argsOf(event)).toEqual(['a', 1]);
  });

  test('acknowledged without subscribers: PUBLISHED all the same, each time with another id', async () => {
    const { router } = routerAndClock();
    const publisher = await TestClient.join(router);
    const ids = [await publisher.acknowledged('com.tick'), await publisher.acknowledged('com.tick')];
    expect(new Set(ids).size).toBe(2);
    expect(router.counts().realms[0]?.subscriptions).toBe(0);
  });

  test('acknowledged, on what is no URI: ERROR invalid_uri', async () => {
    const { router } = routerAndClock();
    const publisher = await TestClient.join(router);
    publisher.publish('a..b', [], { acknowledge: true });
    expect(await publisher.error()).toMatchObject({ requestType: 16, request: 1, error: 'wamp.error.invalid_uri' });
  });

  test.each(['wamp', 'wamp.session.on_join'])(
    'on the protocol’s %s: refused, and no subscriber hears it',
    async (topic) => {
      const { router } = routerAndClock();
      const subscriber = await TestClient.join(router);
      const publisher = await TestClient.join(router);
      await subscriber.subscribe(topic);
      publisher.publish(topic, ['forged']);
      publisher.publish(topic, ['forged'], { acknowledge: true });
      expect((await publisher.error()).error).toBe('wamp.error.invalid_uri');
      await subscriber.hearsNothing();
      await publisher.acknowledged('wampfoo.bar');
    },
  );

  test('publisher_exclusion: the publisher does not hear itself, unless exclude_me is false', async () => {
    const { router } = routerAndClock();
    const publisher = await TestClient.join(router);
    const other = await TestClient.join(router);
    await publisher.subscribe('com.tick');
    await other.subscribe('com.tick');
    await publisher.acknowledged('com.tick', ['silent']);
    await publisher.acknowledged('com.tick', ['silent too'], { exclude_me: true });
    publisher.publish('com.tick', ['loud'], { exclude_me: false });
    expect(argsOf(await publisher.event())).toEqual(['loud']);
    for (const args of [['silent'], ['silent too'], ['loud']]) expect(argsOf(await other.event())).toEqual(args);
  });

  test('a publisher that is the only subscriber, and excluded, costs no publication', async () => {
    let draws = 0;
    const random = (n: number) => {
      draws += 1;
      return new Uint8Array(n).fill(draws);
    };
    const { router } = routerAndClock({ random });
    const client = await TestClient.join(router);
    await client.subscribe('com.tick');
    const before = draws;
    client.publish('com.tick');
    await client.hearsNothing();
    expect(draws).toBe(before);
  });

  test('the payload goes on as it came: the router does not look into it', async () => {
    const { router } = routerAndClock();
    const subscriber = await TestClient.join(router);
    const publisher = await TestClient.join(router);
    await subscriber.subscribe('com.tick');
    const sealed: Serializer = {
      name: 'sealed',
      subprotocol: 'wamp.2.sealed',
      binary: true,
      encode: () => new Uint8Array(),
      decode: () => {
        throw new Error('opened');
      },
      decodePayload: () => {
        throw new Error('opened');
      },
    };
    const payload = new RawPayload(Uint8Array.of(1, 2, 3), 1, sealed);
    publisher.say(publishMessage(publisher.request(), {}, 'com.tick', payload));
    expect((await subscriber.event()).payload).toBe(payload);
  });

  test('an EVENT for many is one message, encoded once for each serializer', async () => {
    const { router } = routerAndClock();
    const subscribers = await Promise.all([1, 2, 3].map(() => TestClient.join(router)));
    for (const subscriber of subscribers) await subscriber.subscribe('com.tick');
    const publisher = await TestClient.join(router);
    publisher.publish('com.tick', [1]);
    const events = await Promise.all(subscribers.map((subscriber) => subscriber.event()));
    const counting = countingSerializer();
    const frames = events.map((event) => frameOf(event, counting.serializer));
    expect(new Set(events).size).toBe(1);
    expect(new Set(frames).size).toBe(1);
    expect(counting.encoded()).toBe(1);
  });

  test('an EVENT for one keeps no frames', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    const publisher = await TestClient.join(router);
    await client.subscribe('com.tick');
    await publisher.subscribe('com.tick');
    publisher.publish('com.tick');
    const event: Event = await client.event();
    expect(event.frames).toBeUndefined();
  });
});

function countingSerializer(): { serializer: Serializer; encoded: () => number } {
  let count = 0;
  const refuse = (): never => {
    throw new Error('only encodes');
  };
  const encode = (_: Message) => {
    count += 1;
    return new Uint8Array(1);
  };
  const serializer = {
    name: 'counting',
    subprotocol: 'none',
    binary: true,
    encode,
    decode: refuse,
    decodePayload: refuse,
  };
  return { serializer, encoded: () => count };
}
