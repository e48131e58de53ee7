import {
  ApplicationError,
  type Dict,
  ERROR_URIS,
  errorMessage,
  eventMessage,
  MessageType,
  PayloadExceededError,
  ProtocolError,
  SessionNotReady,
  subscribedMessage,
  unsubscribedMessage,
  type Value,
} from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { EventDetails, type EventHandler } from '../src/index.js';
import { failure, type Joined, joined, outcome, raw, settle, unreadable } from './scripted.js';

/** Subscribes, with the router agreeing. */
async function subscribed({ session, peer }: Joined, topic: string, handler: EventHandler, id = 300) {
  const subscribing = session.subscribe(topic, handler);
  const { request } = await peer.expect(MessageType.SUBSCRIBE);
  peer.say(subscribedMessage(request, id));
  return subscribing;
}

describe('subscribing', () => {
  test('SUBSCRIBE carries the topic; the subscription its id', async () => {
    const { session, peer } = await joined();
    const subscribing = session.subscribe('com.t', () => {});
    const subscribe = await peer.expect(MessageType.SUBSCRIBE);
    expect(subscribe).toEqual({ type: MessageType.SUBSCRIBE, request: 1, options: {}, topic: 'com.t' });
    peer.say(subscribedMessage(1, 300));
    expect(await subscribing).toMatchObject({ id: 300, topic: 'com.t', active: true });
  });

  test('a refusal rejects, and the topic can be asked for again', async () => {
    const one = await joined();
    const subscribing = one.session.subscribe('com.t', () => {});
    const { request } = await one.peer.expect(MessageType.SUBSCRIBE);
    one.peer.say(errorMessage(MessageType.SUBSCRIBE, request, ERROR_URIS.notAuthorized));
    expect(await failure(subscribing)).toBeInstanceOf(ApplicationError);
    expect(await subscribed(one, 'com.t', () => {})).toMatchObject({ active: true });
  });

  test('a SUBSCRIBE that cannot be sent rejects, and the topic can be asked for again', async () => {
    const one = await joined();
    const { send } = one.peer.transport;
    one.peer.transport.send = () => {
      throw new PayloadExceededError('too long');
    };
    expect(await failure(one.session.subscribe('com.t', () => {}))).toBeInstanceOf(PayloadExceededError);
    one.peer.transport.send = send;
    expect(await subscribed(one, 'com.t', () => {})).toMatchObject({ active: true });
  });

  test('two topics under one id are a violation', async () => {
    const one = await joined();
    await subscribed(one, 'com.a', () => {}, 300);
    const second = subscribed(one, 'com.b', () => {}, 300);
    expect(await failure(second)).toBeInstanceOf(ProtocolError);
    expect((await one.peer.expect(MessageType.ABORT)).reason).toBe(ERROR_URIS.protocolViolation);
  });

  test('once the session has ended there is nothing to subscribe to, not even what it had', async () => {
    const one = await joined();
    await subscribed(one, 'com.t', () => {});
    one.peer.drop();
    await one.session.ended;
    expect(await failure(one.session.subscribe('com.t', () => {}))).toBeInstanceOf(SessionNotReady);
  });
});

describe('events', () => {
  test('reach the handler with arguments and details', async () => {
    const one = await joined();
    const seen: unknown[] = [];
    await subscribed(one, 'com.t', (...all) => seen.push(all));
    const details = { publisher: 9, publisher_authid: 'joe', publisher_authrole: 'user', retained: true };
    one.peer.say(eventMessage(300, 55, details, raw([1], { a: 2 })));
    await settle();
    expect(seen).toEqual([
      [
        [1],
        { a: 2 },
        {
          subscription: 300,
          publication: 55,
          topic: 'com.t',
          params: {},
          publisher: 9,
          publisherAuthid: 'joe',
          publisherAuthrole: 'user',
          retained: true,
        },
      ],
    ]);
    expect((seen[0] as unknown[])[2]).toBeInstanceOf(EventDetails);
  });

  test('with a topic of their own keep it; without arguments the handler gets empty ones', async () => {
    const one = await joined();
    const seen: unknown[] = [];
    await subscribed(one, 'com.t', (args, kwargs, { topic, retained }) => seen.push([args, kwargs, topic, retained]));
    one.peer.say(eventMessage(300, 55, { topic: 'com.t.special' }));
    await settle();
    expect(seen).toEqual([[[], {}, 'com.t.special', undefined]]);
  });

  test('for a subscription that is unknown are ignored', async () => {
    const { session, peer } = await joined();
    peer.say(eventMessage(999, 1, {}, raw([1])));
    await settle();
    expect(session.details).toBeDefined();
  });

  test('that cannot be read are reported, and the session goes on', async () => {
    const one = await joined();
    const seen: unknown[] = [];
    await subscribed(one, 'com.t', (args) => seen.push(args));
    one.peer.say(eventMessage(300, 1, {}, unreadable()));
    one.peer.say(eventMessage(300, 2, {}, raw(['next'])));
    await settle();
    expect(one.reported).toMatchObject([{ what: 'reading an event of com.t' }]);
    expect(seen).toEqual([['next']]);
  });

  test('what a handler throws or rejects with is reported, and the others run', async () => {
    const one = await joined();
    const errors = [new Error('sync'), new Error('async')];
    const seen: unknown[] = [];
    const first = subscribed(one, 'com.t', () => {
      throw errors[0];
    });
    await first;
    await one.session.subscribe('com.t', () => Promise.reject(errors[1]));
    await one.session.subscribe('com.t', (args) => seen.push(args));
    one.peer.say(eventMessage(300, 1, {}, raw([1])));
    await settle();
    expect(one.reported).toEqual(errors.map((error) => ({ error, what: 'event handler of com.t' })));
    expect(seen).toEqual([[1]]);
  });

  test('what looks like a promise and is none, harms nobody but its handler', async () => {
    const one = await joined();
    const nasty = {
      // biome-ignore lint/suspicious/noThenProperty: it is the point of this test
      get then(): unknown {
        throw new Error('no promise');
      },
    };
    await subscribed(one, 'com.t', () => nasty);
    one.peer.say(eventMessage(300, 1, {}));
    await settle();
    expect(one.reported).toMatchObject([{ error: { message: 'no promise' }, what: 'event handler of com.t' }]);
    expect(one.session.details).toBeDefined();
  });
});

describe('several handlers on one topic', () => {
  test('share one subscription: SUBSCRIBE is sent once, whether they ask at once or later', async () => {
    const { session, peer } = await joined();
    const both = [session.subscribe('com.t', () => {}), session.subscribe('com.t', () => {})];
    const { request } = await peer.expect(MessageType.SUBSCRIBE);
    await settle();
    expect(peer.heard).toEqual([]);
    peer.say(subscribedMessage(request, 300));
    both.push(Promise.all(both).then(() => session.subscribe('com.t', () => {})));
    expect((await Promise.all(both)).map(({ id }) => id)).toEqual([300, 300, 300]);
    expect(peer.heard).toEqual([]);
  });

  test('all share its refusal', async () => {
    const { session, peer } = await joined();
    const both = [session.subscribe('com.t', () => {}), session.subscribe('com.t', () => {})];
    const { request } = await peer.expect(MessageType.SUBSCRIBE);
    peer.say(errorMessage(MessageType.SUBSCRIBE, request, ERROR_URIS.notAuthorized));
    for (const one of both) expect(await failure(one)).toBeInstanceOf(ApplicationError);
  });

  test.each([
    ['off a wire', () => raw([{ list: [1] }], { dict: { a: 1 } })],
    ['from memory', () => ({ args: [{ list: [1] }], kwargs: { dict: { a: 1 } } })],
  ])('each gets values of its own, %s', async (_, payload) => {
    const one = await joined();
    const seen: { args: Value[]; kwargs: Dict }[] = [];
    const spoil: EventHandler = (args, kwargs, details) => {
      seen.push(structuredClone({ args, kwargs }));
      (args[0] as { list: Value[] }).list.push('spoilt');
      (kwargs.dict as Dict).a = 'spoilt';
      args.push('spoilt');
      (details as { topic: string }).topic = 'spoilt';
    };
    await subscribed(one, 'com.t', spoil);
    await one.session.subscribe('com.t', spoil);
    await one.session.subscribe('com.t', spoil);
    one.peer.say(eventMessage(300, 1, {}, payload()));
    await settle();
    const whole = { args: [{ list: [1] }], kwargs: { dict: { a: 1 } } };
    expect(seen).toEqual([whole, whole, whole]);
  });

  test('run in the order in which they subscribed, and no longer once they have gone', async () => {
    const one = await joined();
    const ran: string[] = [];
    const first = await subscribed(one, 'com.t', () => ran.push('first'));
    const second = await one.session.subscribe('com.t', () => ran.push('second'));
    one.peer.say(eventMessage(300, 1, {}));
    await settle();
    expect(ran).toEqual(['first', 'second']);
    await first.unsubscribe();
    expect([first.active, second.active]).toEqual([false, true]);
    one.peer.say(eventMessage(300, 2, {}));
    await settle();
    expect(ran).toEqual(['first', 'second', 'second']);
    expect(one.peer.heard).toEqual([]);
  });

  test('one that another adds in the middle of an event gets the next one first', async () => {
    const one = await joined();
    const seen: unknown[] = [];
    await subscribed(one, 'com.t', (args) => {
      if (args[0] === 1) void one.session.subscribe('com.t', (later) => seen.push(later));
    });
    one.peer.say(eventMessage(300, 1, {}, raw([1])));
    await settle();
    one.peer.say(eventMessage(300, 2, {}, raw([2])));
    await settle();
    expect(seen).toEqual([[2]]);
  });

  test('one that another takes away in the middle of an event does not run', async () => {
    const one = await joined();
    const ran: string[] = [];
    await subscribed(one, 'com.t', () => {
      ran.push('first');
      void second.unsubscribe();
    });
    const second = await one.session.subscribe('com.t', () => ran.push('second'));
    one.peer.say(eventMessage(300, 1, {}));
    await settle();
    expect(ran).toEqual(['first']);
  });
});

describe('unsubscribing', () => {
  test('the last handler sends UNSUBSCRIBE, and gets no event from then on', async () => {
    const one = await joined();
    const seen: unknown[] = [];
    const subscription = await subscribed(one, 'com.t', (args) => seen.push(args));
    const unsubscribing = subscription.unsubscribe();
    expect(subscription.active).toBe(false);
    const { request, subscription: id } = await one.peer.expect(MessageType.UNSUBSCRIBE);
    expect(id).toBe(300);
    one.peer.say(eventMessage(300, 1, {}, raw(['late'])));
    expect(await outcome(unsubscribing)).toBe('pending');
    one.peer.say(unsubscribedMessage(request));
    await unsubscribing;
    expect(seen).toEqual([]);
  });

  test('twice is once', async () => {
    const one = await joined();
    const subscription = await subscribed(one, 'com.t', () => {});
    const both = [subscription.unsubscribe(), subscription.unsubscribe()];
    const { request } = await one.peer.expect(MessageType.UNSUBSCRIBE);
    one.peer.say(unsubscribedMessage(request));
    await Promise.all(both);
    await subscription.unsubscribe();
    expect(one.peer.heard).toEqual([]);
  });

  test('subscribing again while UNSUBSCRIBE is on its way asks anew', async () => {
    const one = await joined();
    const seen: unknown[] = [];
    const first = await subscribed(one, 'com.t', () => {});
    const gone = first.unsubscribe();
    const again = one.session.subscribe('com.t', (args) => seen.push(args));
    const unsubscribe = await one.peer.expect(MessageType.UNSUBSCRIBE);
    const subscribe = await one.peer.expect(MessageType.SUBSCRIBE);
    one.peer.say(unsubscribedMessage(unsubscribe.request));
    one.peer.say(subscribedMessage(subscribe.request, 300));
    await Promise.all([gone, again]);
    one.peer.say(eventMessage(300, 1, {}, raw([1])));
    await settle();
    expect(seen).toEqual([[1]]);
  });

  test('what the router no longer knows is unsubscribed; any other refusal rejects', async () => {
    const one = await joined();
    const subscriptions = [await subscribed(one, 'com.a', () => {}, 1), await subscribed(one, 'com.b', () => {}, 2)];
    const [first, second] = subscriptions.map((subscription) => subscription.unsubscribe());
    const requests = [await one.peer.expect(MessageType.UNSUBSCRIBE), await one.peer.expect(MessageType.UNSUBSCRIBE)];
    one.peer.say(errorMessage(MessageType.UNSUBSCRIBE, requests[0]?.request ?? 0, ERROR_URIS.noSuchSubscription));
    one.peer.say(errorMessage(MessageType.UNSUBSCRIBE, requests[1]?.request ?? 0, ERROR_URIS.notAuthorized));
    await first;
    expect(await failure(second as Promise<void>)).toMatchObject({ error: ERROR_URIS.notAuthorized });
  });

  test('a revocation takes all handlers away; one for what is unknown is ignored', async () => {
    const one = await joined();
    const seen: unknown[] = [];
    const first = await subscribed(one, 'com.t', () => seen.push(1));
    const second = await one.session.subscribe('com.t', () => seen.push(2));
    one.peer.say(unsubscribedMessage(0, { subscription: 12345 }));
    one.peer.say(unsubscribedMessage(0, { subscription: 300, reason: 'wamp.error.not_authorized' }));
    one.peer.say(eventMessage(300, 1, {}));
    await settle();
    expect([first.active, second.active, seen.length]).toEqual([false, false, 0]);
    await first.unsubscribe();
    expect(one.peer.heard).toEqual([]);
    expect(await subscribed(one, 'com.t', () => {}, 301)).toMatchObject({ id: 301 });
  });
});

describe('giving a subscription back, and finishing', () => {
  test('what comes until the router has confirmed is handled, and what waits for its turn then', async () => {
    const { session, peer } = await joined();
    const ends: (() => void)[] = [];
    const begun: number[] = [];
    const handler: EventHandler = ([n]) => {
      begun.push(n as number);
      return new Promise<void>((resolve) => ends.push(resolve));
    };
    const subscribing = session.subscribe('com.t', handler, { order: 'sequential' });
    peer.say(subscribedMessage((await peer.expect(MessageType.SUBSCRIBE)).request, 300));
    const subscription = await subscribing;
    const publish = (n: number) => peer.say(eventMessage(300, n, {}, { args: [n], kwargs: {} }));
    publish(1);
    publish(2);
    await settle();
    const given = subscription.unsubscribe({ finish: true });
    const { request } = await peer.expect(MessageType.UNSUBSCRIBE);
    publish(3);
    peer.say(unsubscribedMessage(request));
    await given;
    publish(4);
    await settle();
    expect([subscription.active, subscription.waiting, begun]).toEqual([false, 2, [1]]);
    for (let end = 0; end < 3; end++) {
      ends[end]?.();
      await settle();
    }
    expect([subscription.waiting, begun]).toEqual([0, [1, 2, 3]]);
  });

  test('who asks for the topic meanwhile asks the router', async () => {
    const one = await joined();
    const subscription = await subscribed(one, 'com.t', () => {});
    const given = subscription.unsubscribe({ finish: true });
    const { request } = await one.peer.expect(MessageType.UNSUBSCRIBE);
    const seen: Value[][] = [];
    const again = subscribed(one, 'com.t', (args) => seen.push(args), 300);
    one.peer.say(unsubscribedMessage(request));
    await given;
    expect(await again).toMatchObject({ active: true });
    one.peer.say(eventMessage(300, 1, {}, { args: [1], kwargs: {} }));
    await settle();
    expect([subscription.active, seen]).toEqual([false, [[1]]]);
  });

  test('what waits is dropped with the session', async () => {
    const { session, peer } = await joined();
    let end = () => {};
    const begun: Value[] = [];
    const subscribing = session.subscribe(
      'com.t',
      ([n]) => {
        begun.push(n as Value);
        return new Promise<void>((resolve) => {
          end = resolve;
        });
      },
      { order: 'sequential' },
    );
    peer.say(subscribedMessage((await peer.expect(MessageType.SUBSCRIBE)).request, 300));
    const subscription = await subscribing;
    for (const n of [1, 2]) peer.say(eventMessage(300, n, {}, { args: [n], kwargs: {} }));
    await settle();
    subscription.unsubscribe({ finish: true }).catch(() => {});
    peer.drop();
    await settle();
    end();
    await settle();
    expect(begun).toEqual([1]);
  });
});
