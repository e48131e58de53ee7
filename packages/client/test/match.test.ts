import {
  ERROR_URIS,
  errorMessage,
  eventMessage,
  invocationMessage,
  MessageType,
  registeredMessage,
  subscribedMessage,
  unsubscribedMessage,
} from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import type { EventHandler, SubscribeOptions } from '../src/index.js';
import { failure, type Joined, joined, raw, settle } from './scripted.js';

/** Subscribes, with the router agreeing. */
async function subscribed(
  { session, peer }: Joined,
  asked: { topic?: string; handler?: EventHandler; options?: SubscribeOptions; id?: number },
) {
  const subscribing = session.subscribe(asked.topic ?? 'com.t', asked.handler ?? (() => {}), asked.options);
  const { request, options } = await peer.expect(MessageType.SUBSCRIBE);
  peer.say(subscribedMessage(request, asked.id ?? 300));
  return { subscription: await subscribing, options };
}

describe('match', () => {
  test('two subscriptions on one topic with different match are different subscriptions', async () => {
    const one = await joined();
    const seen: string[] = [];
    const hear = (name: string) => () => seen.push(name);
    const exact = await subscribed(one, { handler: hear('exact'), id: 1 });
    const prefix = await subscribed(one, { handler: hear('prefix'), options: { match: 'prefix' }, id: 2 });
    expect([exact.options, prefix.options]).toEqual([{}, { match: 'prefix' }]);
    one.peer.say(eventMessage(2, 5, { topic: 'com.t.more' }));
    await settle();
    expect(seen).toEqual(['prefix']);
    void prefix.subscription.unsubscribe();
    expect((await one.peer.expect(MessageType.UNSUBSCRIBE)).subscription).toBe(2);
    expect([exact.subscription.active, prefix.subscription.active]).toEqual([true, false]);
  });

  test('those with the same match share one', async () => {
    const one = await joined();
    await subscribed(one, { options: { match: 'prefix' } });
    expect(await one.session.subscribe('com.t', () => {}, { match: 'prefix' })).toMatchObject({ id: 300 });
    expect(one.peer.heard).toEqual([]);
  });

  test('allows the empty parts that it means, and no others', async () => {
    const { session, peer } = await joined();
    for (const [topic, match] of [
      ['com..x', 'exact'],
      ['com..x', 'prefix'],
      ['com.', 'exact'],
    ] as const) {
      expect(await failure(session.subscribe(topic, () => {}, { match }))).toMatchObject({ code: 'WAMP_INVALID_URI' });
      expect(await failure(session.register(topic, () => {}, { match }))).toMatchObject({ code: 'WAMP_INVALID_URI' });
    }
    expect(peer.heard).toEqual([]);
    void session.subscribe('com..x', () => {}, { match: 'wildcard' }).catch(() => {});
    expect(await peer.expect(MessageType.SUBSCRIBE)).toMatchObject({ topic: 'com..x', options: { match: 'wildcard' } });
  });

  test('the handler of a pattern learns which procedure was called', async () => {
    const { session, peer } = await joined();
    const seen: unknown[] = [];
    const handler = (_args: unknown, _kwargs: unknown, { procedure }: { procedure: string }) => {
      seen.push(procedure);
    };
    const registering = session.register('com.p', handler, { match: 'prefix' });
    const { request } = await peer.expect(MessageType.REGISTER);
    peer.say(registeredMessage(request, 200));
    await registering;
    peer.say(invocationMessage(1, 200, { procedure: 'com.p.one' }));
    await settle();
    expect(seen).toEqual(['com.p.one']);
  });
});

describe('getRetained', () => {
  test('asks anew on a topic that is subscribed, and what is retained goes to those who asked for it last', async () => {
    const one = await joined();
    const seen: string[] = [];
    const hear =
      (name: string): EventHandler =>
      ([n]) =>
        seen.push(`${name} ${n}`);
    await subscribed(one, { handler: hear('plain') });
    for (const name of ['first', 'second']) {
      const { options, subscription } = await subscribed(one, { handler: hear(name), options: { getRetained: true } });
      expect([options, subscription.id]).toEqual([{ get_retained: true }, 300]);
      one.peer.say(eventMessage(300, 1, { retained: true }, raw([`kept for ${name}`])));
      await settle();
    }
    one.peer.say(eventMessage(300, 2, {}, raw(['new'])));
    await settle();
    expect(seen).toEqual(['first kept for first', 'second kept for second', 'plain new', 'first new', 'second new']);
  });

  test('those who ask at once share one SUBSCRIBE that asks for it', async () => {
    const { session, peer } = await joined();
    const both = [
      session.subscribe('com.t', () => {}, { getRetained: true }),
      session.subscribe('com.t', () => {}),
      session.subscribe('com.t', () => {}, { getRetained: true }),
    ];
    const { request } = await peer.expect(MessageType.SUBSCRIBE);
    await settle();
    expect(peer.heard).toEqual([]);
    peer.say(subscribedMessage(request, 300));
    expect((await Promise.all(both)).map(({ id }) => id)).toEqual([300, 300, 300]);
  });

  test('the last handler that goes while another asks leaves the subscription to it', async () => {
    const one = await joined();
    const { subscription } = await subscribed(one, {});
    const asking = one.session.subscribe('com.t', () => {}, { getRetained: true });
    const { request } = await one.peer.expect(MessageType.SUBSCRIBE);
    await subscription.unsubscribe();
    one.peer.say(subscribedMessage(request, 300));
    const second = await asking;
    expect(one.peer.heard).toEqual([]);
    void second.unsubscribe();
    expect(await one.peer.expect(MessageType.UNSUBSCRIBE)).toMatchObject({ subscription: 300 });
  });

  test('where that one is refused, the router is told that nobody is left', async () => {
    const one = await joined();
    const { subscription } = await subscribed(one, {});
    const asking = one.session.subscribe('com.t', () => {}, { getRetained: true });
    const { request } = await one.peer.expect(MessageType.SUBSCRIBE);
    await subscription.unsubscribe();
    one.peer.say(errorMessage(MessageType.SUBSCRIBE, request, ERROR_URIS.optionNotAllowed));
    expect(await failure(asking)).toMatchObject({ error: ERROR_URIS.optionNotAllowed });
    const unsubscribe = await one.peer.expect(MessageType.UNSUBSCRIBE);
    one.peer.say(unsubscribedMessage(unsubscribe.request));
    await subscribed(one, {});
  });

  test('a router that gives another id for it has given another subscription', async () => {
    const one = await joined();
    const seen: string[] = [];
    const first = await subscribed(one, { handler: () => seen.push('first'), id: 1 });
    const second = await subscribed(one, { handler: () => seen.push('second'), options: { getRetained: true }, id: 2 });
    expect([first.subscription.id, second.subscription.id]).toEqual([1, 2]);
    one.peer.say(eventMessage(2, 5, {}));
    await settle();
    expect(seen).toEqual(['second']);
    void second.subscription.unsubscribe();
    expect(await one.peer.expect(MessageType.UNSUBSCRIBE)).toMatchObject({ subscription: 2 });
    one.peer.say(eventMessage(1, 6, {}));
    await settle();
    expect(seen).toEqual(['second', 'first']);
  });
});

test('the details of calls and events hold what the messages bring', async () => {
  const one = await joined();
  const via = [{ session: 7, authid: 'joe', authrole: 'user' }];
  const seen: unknown[] = [];
  await subscribed(one, { handler: (_args, _kwargs, details) => seen.push(details) });
  const registering = one.session.register('com.p', (_args, _kwargs, details) => {
    seen.push(details);
  });
  const { request } = await one.peer.expect(MessageType.REGISTER);
  one.peer.say(registeredMessage(request, 200));
  await registering;
  one.peer.say(eventMessage(300, 5, { forward_for: via, transaction_hash: '0xa' }));
  one.peer.say(invocationMessage(1, 200, { forward_for: via, transaction_hash: '0xa', timeout: 0 }));
  await settle();
  expect(seen).toMatchObject([
    { topic: 'com.t', forwardFor: via, transactionHash: '0xa' },
    { procedure: 'com.p', forwardFor: via, transactionHash: '0xa', timeout: 0 },
  ]);
});
