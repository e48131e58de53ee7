import {
  ApplicationError,
  Canceled,
  ERROR_URIS,
  errorMessage,
  eventMessage,
  InvalidConfiguration,
  MessageType,
  SessionNotReady,
  subscribedMessage,
  TransportLost,
  unsubscribedMessage,
} from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import type { EventsOptions, WampEvent } from '../src/index.js';
import { CountedStop, failure, type Joined, joined, outcome, raw, settle } from './scripted.js';

const DONE = { done: true, value: undefined };

type Iterator = AsyncIterableIterator<WampEvent>;

/** An iteration that has asked for its first event, with the router's agreement. */
async function iterating(options?: EventsOptions) {
  const one = await joined();
  const events = one.session.events('com.t', options)[Symbol.asyncIterator]() as Iterator;
  const first = events.next();
  const { request } = await one.peer.expect(MessageType.SUBSCRIBE);
  one.peer.say(subscribedMessage(request, 300));
  await settle();
  const say = (...values: number[]) => {
    for (const n of values) one.peer.say(eventMessage(300, n, {}, raw([n])));
    return settle();
  };
  return { ...one, events, first, say };
}

/** The router agrees that it is unsubscribed. */
async function unsubscribed({ peer }: Joined): Promise<void> {
  const { request, subscription } = await peer.expect(MessageType.UNSUBSCRIBE);
  expect(subscription).toBe(300);
  peer.say(unsubscribedMessage(request));
}

describe('events()', () => {
  test('subscribes with the first next, not before', async () => {
    const { session, peer } = await joined();
    const events = session.events('com.t')[Symbol.asyncIterator]();
    await settle();
    expect(peer.heard).toEqual([]);
    void events.next();
    expect(await peer.expect(MessageType.SUBSCRIBE)).toMatchObject({ topic: 'com.t', options: {} });
    void events.next();
    await settle();
    expect(peer.heard).toEqual([]);
  });

  test('gives arguments and details, in order, those that came before they were asked for as well', async () => {
    const { events, first, peer } = await iterating();
    peer.say(eventMessage(300, 1, { publisher: 9 }, raw([1], { a: 2 })));
    peer.say(eventMessage(300, 2, {}));
    expect(await first).toEqual({
      done: false,
      value: {
        args: [1],
        kwargs: { a: 2 },
        details: expect.objectContaining({ topic: 'com.t', publication: 1, publisher: 9 }),
        lost: 0,
      },
    });
    await settle();
    expect((await events.next()).value).toMatchObject({ args: [], kwargs: {}, details: { publication: 2 } });
  });

  test('breaking out of the loop unsubscribes, and waits for the router', async () => {
    const one = await joined();
    const loop = (async () => {
      for await (const { args } of one.session.events('com.t')) return args;
    })();
    const { request } = await one.peer.expect(MessageType.SUBSCRIBE);
    one.peer.say(subscribedMessage(request, 300));
    one.peer.say(eventMessage(300, 1, {}, raw([1])));
    const unsubscribe = await one.peer.expect(MessageType.UNSUBSCRIBE);
    expect(await outcome(loop)).toBe('pending');
    one.peer.say(unsubscribedMessage(unsubscribe.request));
    expect(await loop).toEqual([1]);
  });

  test('throw unsubscribes too, and rejects with what was thrown', async () => {
    const one = await iterating();
    const error = new Error('enough');
    const thrown = one.events.throw?.(error) as Promise<unknown>;
    await unsubscribed(one);
    expect(await failure(thrown)).toBe(error);
    expect(await one.first).toEqual(DONE);
  });

  test('return while SUBSCRIBE is on its way unsubscribes once SUBSCRIBED has come', async () => {
    const one = await joined();
    const events = one.session.events('com.t')[Symbol.asyncIterator]() as Iterator;
    const first = events.next();
    const { request } = await one.peer.expect(MessageType.SUBSCRIBE);
    const returned = events.return?.() as Promise<unknown>;
    expect(await first).toEqual(DONE);
    one.peer.say(subscribedMessage(request, 300));
    await unsubscribed(one);
    expect(await returned).toEqual(DONE);
    expect(await events.next()).toEqual(DONE);
  });

  test('return before the first next sends nothing', async () => {
    const { session, peer } = await joined();
    const events = session.events('com.t')[Symbol.asyncIterator]() as Iterator;
    expect(await events.return?.()).toEqual(DONE);
    expect(await events.next()).toEqual(DONE);
    expect(peer.heard).toEqual([]);
  });

  test('when the signal aborts, next rejects with Canceled, what waited is dropped, and it unsubscribes', async () => {
    const signal = new CountedStop();
    const one = await iterating({ signal });
    await one.say(1, 2, 3);
    expect((await one.first).value).toMatchObject({ args: [1] });
    expect(signal.listeners.size).toBe(1);
    signal.abort('enough');
    await unsubscribed(one);
    const error = await failure(one.events.next());
    expect(error).toBeInstanceOf(Canceled);
    expect(error.cause).toBe('enough');
    expect(await one.events.next()).toEqual(DONE);
    expect(signal.listeners.size).toBe(0);
  });

  test('a signal that has aborted before subscribes to nothing', async () => {
    const { session, peer } = await joined();
    const signal = new CountedStop();
    signal.abort('early');
    const events = session.events('com.t', { signal })[Symbol.asyncIterator]();
    expect(await failure(events.next())).toBeInstanceOf(Canceled);
    expect([peer.heard, signal.added]).toEqual([[], 0]);
  });

  test('a full buffer drops the oldest, and the next event says how many', async () => {
    const { events, first, say } = await iterating({ buffer: 2 });
    await say(1);
    await first;
    await say(2, 3, 4, 5, 6);
    const read = [await events.next(), await events.next()];
    await say(7);
    read.push(await events.next());
    expect(read.map(({ value }) => [value.args[0], value.lost])).toEqual([
      [5, 3],
      [6, 0],
      [7, 0],
    ]);
  });

  test.each([0, -1, 1.5, Number.NaN, '2'])('a buffer of %s is refused at once', async (buffer) => {
    const { session } = await joined();
    expect(() => session.events('com.t', { buffer: buffer as number })).toThrow(InvalidConfiguration);
    expect(() => session.events('com.t', { buffer: buffer as number })).toThrow(/buffer/);
  });

  test('a refusal rejects the first next; then it is done', async () => {
    const signal = new CountedStop();
    const { session, peer } = await joined();
    const events = session.events('com.t', { signal })[Symbol.asyncIterator]();
    const first = events.next();
    const { request } = await peer.expect(MessageType.SUBSCRIBE);
    peer.say(errorMessage(MessageType.SUBSCRIBE, request, ERROR_URIS.notAuthorized));
    expect(await failure(first)).toMatchObject({ error: ERROR_URIS.notAuthorized });
    expect(await events.next()).toEqual(DONE);
    expect(signal.listeners.size).toBe(0);
  });

  test('the end of the session comes after the events that came before it', async () => {
    const signal = new CountedStop();
    const { events, first, say, peer } = await iterating({ signal });
    await say(1, 2);
    peer.drop();
    await settle();
    expect((await first).value).toMatchObject({ args: [1] });
    expect((await events.next()).value).toMatchObject({ args: [2] });
    expect(await failure(events.next())).toBeInstanceOf(TransportLost);
    expect(await events.next()).toEqual(DONE);
    expect(signal.listeners.size).toBe(0);
  });

  test('the end of the session while it unsubscribes is no error: nothing is subscribed any more', async () => {
    const { events, peer } = await iterating();
    const returned = events.return?.() as Promise<unknown>;
    await peer.expect(MessageType.UNSUBSCRIBE);
    peer.drop();
    expect(await returned).toEqual(DONE);
  });

  test('a revocation by the router rejects next, with the reason it gave', async () => {
    const { first, peer } = await iterating();
    peer.say(unsubscribedMessage(0, { subscription: 300, reason: 'com.shop.closed' }));
    const error = await failure(first);
    expect(error).toBeInstanceOf(ApplicationError);
    expect(error.error).toBe('com.shop.closed');
  });

  test('each iteration is one of its own', async () => {
    const { session, peer } = await joined();
    const events = session.events('com.t');
    const both = [events[Symbol.asyncIterator]().next(), events[Symbol.asyncIterator]().next()];
    const { request } = await peer.expect(MessageType.SUBSCRIBE);
    peer.say(subscribedMessage(request, 300));
    await settle();
    peer.say(eventMessage(300, 1, {}, raw([1])));
    expect((await Promise.all(both)).map(({ value }) => value.args)).toEqual([[1], [1]]);
  });

  test('without a session the first next rejects', async () => {
    const { session, peer } = await joined();
    peer.drop();
    await session.ended;
    const events = session.events('com.t')[Symbol.asyncIterator]();
    expect(await failure(events.next())).toBeInstanceOf(SessionNotReady);
  });
});

describe('onEnd of a subscription', () => {
  test('is told once, by the end of the session; what it throws is reported', async () => {
    const { session, peer, reported } = await joined();
    const told: unknown[] = [];
    const subscribing = session.subscribe('com.t', () => {}, {
      onEnd: (error) => {
        told.push(error);
        throw new Error('no');
      },
    });
    const { request } = await peer.expect(MessageType.SUBSCRIBE);
    peer.say(subscribedMessage(request, 300));
    await subscribing;
    peer.drop();
    await session.ended;
    expect(told).toEqual([expect.any(TransportLost)]);
    expect(reported).toMatchObject([{ what: 'onEnd of com.t' }]);
  });

  test('is not told of unsubscribe', async () => {
    const one = await joined();
    const told: unknown[] = [];
    const subscribing = one.session.subscribe('com.t', () => {}, { onEnd: (error) => told.push(error) });
    const { request } = await one.peer.expect(MessageType.SUBSCRIBE);
    one.peer.say(subscribedMessage(request, 300));
    const gone = (await subscribing).unsubscribe();
    await unsubscribed(one);
    await gone;
    one.peer.drop();
    await one.session.ended;
    expect(told).toEqual([]);
  });
});
