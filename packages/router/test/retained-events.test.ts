import type { Dict } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { argsOf, routerAndClock, TestClient } from './clients.js';

const GET = { get_retained: true };

async function publisherAnd() {
  const { router } = routerAndClock();
  return { router, publisher: await TestClient.join(router), join: () => TestClient.join(router) };
}

describe('event retention', () => {
  test('the newest retained event comes after SUBSCRIBED, marked as retained, with its own publication id', async () => {
    const { publisher, join } = await publisherAnd();
    await publisher.acknowledged('com.state', ['old'], { retain: true });
    const publication = await publisher.acknowledged('com.state', ['new'], { retain: true, disclose_me: true });
    await publisher.acknowledged('com.state', ['passing']);
    const late = await join();
    const subscription = await late.subscribe('com.state', GET);
    const event = await late.event();
    expect(event).toMatchObject({ subscription, publication });
    expect(event.details).toEqual({
      retained: true,
      publisher: publisher.session,
      publisher_authid: publisher.details.authid,
      publisher_authrole: 'anonymous',
    });
    expect(argsOf(event)).toEqual(['new']);
    await late.hearsNothing();
  });

  test('only to those who ask for it', async () => {
    const { publisher, join } = await publisherAnd();
    await publisher.acknowledged('com.state', [1], { retain: true });
    const late = await join();
    await late.subscribe('com.state');
    await late.subscribe('com.other', GET);
    await late.hearsNothing();
  });

  test('those who were subscribed get the event as any other', async () => {
    const { publisher, join } = await publisherAnd();
    const early = await join();
    await early.subscribe('com.state', GET);
    publisher.publish('com.state', [1], { retain: true });
    expect((await early.event()).details).toEqual({});
  });

  test('a pattern gets one for each of its topics, with the topic', async () => {
    const { publisher, join } = await publisherAnd();
    for (const topic of ['com.a.state', 'com.b.state', 'org.a.state']) {
      await publisher.acknowledged(topic, [topic], { retain: true });
    }
    for (const [pattern, match] of [
      ['com.', 'prefix'],
      ['com..state', 'wildcard'],
    ] as const) {
      const late = await join();
      await late.subscribe(pattern, { ...GET, match });
      const events = [await late.event(), await late.event()];
      expect(events.map(({ details }) => details)).toEqual([
        { retained: true, topic: 'com.a.state' },
        { retained: true, topic: 'com.b.state' },
      ]);
      await late.hearsNothing();
    }
  });

  test('each gets the newest event that it would have been eligible for', async () => {
    const { publisher, join } = await publisherAnd();
    const [one, two] = [await join(), await join()];
    const secret: Dict = { retain: true, eligible: [one.session] };
    await publisher.acknowledged('com.state', ['for all'], { retain: true });
    await publisher.acknowledged('com.state', ['for one'], secret);
    await publisher.acknowledged('com.state', ['not for two'], {
      retain: true,
      exclude_authid: [two.details.authid as string],
      eligible: [],
    });
    await one.subscribe('com.state', GET);
    await two.subscribe('com.state', GET);
    expect(argsOf(await one.event())).toEqual(['for one']);
    expect(argsOf(await two.event())).toEqual(['for all']);
    // What is for everybody takes the place of all that came before.
    await publisher.acknowledged('com.state', ['again for all'], { retain: true, exclude: [one.session, two.session] });
    await publisher.acknowledged('com.state', ['final'], { retain: true });
    await one.event();
    await two.event();
    await one.unsubscribe(await one.subscribe('com.state'));
    await one.subscribe('com.state', GET);
    expect(argsOf(await one.event())).toEqual(['final']);
  });

  test('outlives its publisher, and goes with the realm only', async () => {
    const { publisher, join, router } = await publisherAnd();
    await publisher.acknowledged('com.state', ['last will'], { retain: true });
    await publisher.leave();
    expect(router.counts().realms[0]?.retained).toBe(1);
    const late = await join();
    await late.subscribe('com.state', GET);
    expect(argsOf(await late.event())).toEqual(['last will']);
  });

  test('what a receiver does to its event does not change what is retained', async () => {
    const { publisher, join } = await publisherAnd();
    const early = await join();
    await early.subscribe('com.state');
    publisher.publish('com.state', [['x']], { retain: true });
    ((argsOf(await early.event()) as string[][])[0] as string[]).push('spoiled');
    const late = await join();
    await late.subscribe('com.state', GET);
    expect(argsOf(await late.event())).toEqual([['x']]);
  });

  test('beyond retainedEvents PUBLISH is refused with limit_exceeded, and what is there can still be replaced', async () => {
    const { router } = routerAndClock({ limits: { retainedEvents: 2 } });
    const [publisher, early] = [await TestClient.join(router), await TestClient.join(router)];
    await early.subscribe('com.three');
    await publisher.acknowledged('com.one', [], { retain: true });
    await publisher.acknowledged('com.two', [], { retain: true });
    publisher.publish('com.three', [], { retain: true, acknowledge: true });
    expect((await publisher.error()).error).toBe('wamp.error.limit_exceeded');
    await early.hearsNothing();
    await publisher.acknowledged('com.two', [], { retain: true });
    expect(router.counts().realms[0]?.retained).toBe(2);
  });

  test('beyond retainedBytes, too', async () => {
    const { router } = routerAndClock({ limits: { retainedBytes: 10_000 } });
    const publisher = await TestClient.join(router);
    await publisher.acknowledged('com.one', ['x'.repeat(1_000)], { retain: true });
    publisher.publish('com.two', ['x'.repeat(5_000)], { retain: true, acknowledge: true });
    expect((await publisher.error()).error).toBe('wamp.error.limit_exceeded');
    await publisher.acknowledged('com.one', ['x'], { retain: true });
    await publisher.acknowledged('com.two', ['x'.repeat(1_000)], { retain: true });
  });

  test('of events for some, a topic retains no more than the newest 8', async () => {
    const { publisher, join, router } = await publisherAnd();
    const first = await join();
    await publisher.acknowledged('com.state', [0], { retain: true, eligible: [first.session] });
    for (let n = 1; n <= 8; n++) {
      await publisher.acknowledged('com.state', [n], { retain: true, eligible: [] });
    }
    expect(router.counts().realms[0]?.retained).toBe(8);
    await first.subscribe('com.state', GET);
    await first.hearsNothing();
  });
});
