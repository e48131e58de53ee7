import {
  ERROR_URIS,
  errorMessage,
  eventMessage,
  InvalidConfiguration,
  MessageType,
  publishedMessage,
  registeredMessage,
  resultMessage,
  subscribedMessage,
  Timeout,
  unregisteredMessage,
  unsubscribedMessage,
} from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { Client } from '../src/index.js';
import { failure, joined, NO_JITTER, outcome, ROUTER, ScriptedConnector, settle, welcome } from './scripted.js';

const KEEPS_TIMEOUTS = { roles: { broker: {}, dealer: { features: { call_timeout: true, call_canceling: true } } } };

describe('a default timeout of calls', () => {
  test('holds for a call that says nothing, is sent where the router keeps timeouts, and gives way to the call', async () => {
    const { session, peer, clock } = await joined({ callTimeout: 500, details: KEEPS_TIMEOUTS });
    const plain = session.call('com.x');
    expect((await peer.expect(MessageType.CALL)).options).toEqual({ timeout: 500 });
    const own = session.call('com.x', [], { timeout: 800 });
    expect((await peer.expect(MessageType.CALL)).options).toEqual({ timeout: 800 });
    const endless = session.call('com.x', [], { timeout: 0 });
    expect((await peer.expect(MessageType.CALL)).options).toEqual({});

    clock.advance(499);
    expect(await outcome(plain)).toBe('pending');
    clock.advance(1);
    expect(await failure(plain)).toMatchObject({ message: 'com.x did not answer within 500 ms', executed: 'maybe' });
    expect((await peer.expect(MessageType.CANCEL)).request).toBe(1);
    clock.advance(300);
    expect(await failure(own)).toBeInstanceOf(Timeout);
    clock.advance(1_000_000);
    expect(await outcome(endless)).toBe('pending');
  });

  test('what the router keeps of it comes back as the same error', async () => {
    const { session, peer } = await joined({ callTimeout: 500, details: KEEPS_TIMEOUTS });
    const call = session.call('com.x');
    const { request } = await peer.expect(MessageType.CALL);
    peer.say(errorMessage(MessageType.CALL, request, ERROR_URIS.timeout));
    const error = await failure(call);
    expect(error).toBeInstanceOf(Timeout);
    expect(error.message).toBe('com.x did not answer within 500 ms');
  });

  test('a router without timeouts is not told of it, and without the option there is no timer', async () => {
    const told = await joined({ callTimeout: 500 });
    void told.session.call('com.x').catch(() => {});
    expect((await told.peer.expect(MessageType.CALL)).options).toEqual({});
    expect(told.clock.pending).toBe(1);
    const untold = await joined({ details: KEEPS_TIMEOUTS });
    void untold.session.call('com.x').catch(() => {});
    expect((await untold.peer.expect(MessageType.CALL)).options).toEqual({});
    expect(untold.clock.pending).toBe(0);
  });

  test('counts from the beginning for a call that waits for a session', async () => {
    const clock = new FakeClock();
    const client = new Client({
      connectors: [new ScriptedConnector()],
      realm: 'realm1',
      whileDisconnected: 'queue',
      callTimeout: 200,
      clock,
      random: NO_JITTER,
    });
    const call = client.session.call('com.x');
    clock.advance(200);
    expect(await failure(call)).toMatchObject({ code: 'WAMP_TIMEOUT', executed: 'no' });
  });

  test.each([-1, Number.NaN, '5', null])('%s is none', async (callTimeout) => {
    const options = {
      connectors: [new ScriptedConnector()],
      realm: 'realm1',
      clock: new FakeClock(),
      random: NO_JITTER,
    };
    expect(() => new Client({ ...options, callTimeout: callTimeout as number })).toThrow(InvalidConfiguration);
    expect(() => new Client({ ...options, requestTimeout: callTimeout as number })).toThrow(/requestTimeout/);
  });
});

describe('a request that the router does not answer', () => {
  test('rejects when its time has passed, and says which it was', async () => {
    const { session, peer, clock } = await joined({ requestTimeout: 1_000 });
    const requests = [
      session.register('com.p', () => 1),
      session.subscribe('com.t', () => {}),
      session.publish('com.e', [], { acknowledge: true }),
    ];
    clock.advance(999);
    for (const request of requests) expect(await outcome(request)).toBe('pending');
    clock.advance(1);
    const texts = [];
    for (const request of requests) {
      const error = await failure(request);
      expect(error).toBeInstanceOf(Timeout);
      expect(error).toMatchObject({ retryable: true, executed: 'maybe' });
      texts.push(error.message);
    }
    expect(texts).toEqual([
      'the router has not answered REGISTER of com.p within 1000 ms (requestTimeout)',
      'the router has not answered SUBSCRIBE of com.t within 1000 ms (requestTimeout)',
      'the router has not answered PUBLISH of com.e within 1000 ms (requestTimeout)',
    ]);
    expect(clock.pending).toBe(0);
    expect(await outcome(session.ended)).toBe('pending');
    expect(peer.heard.map(({ type }) => type)).toEqual([
      MessageType.REGISTER,
      MessageType.SUBSCRIBE,
      MessageType.PUBLISH,
    ]);
  });

  test('30 s unless it is said otherwise; an answer in time leaves no timer; 0 is no limit', async () => {
    const usual = await joined();
    const registering = usual.session.register('com.p', () => 1);
    const { request } = await usual.peer.expect(MessageType.REGISTER);
    expect(usual.clock.pending).toBe(1);
    usual.peer.say(registeredMessage(request, 7));
    await registering;
    expect(usual.clock.pending).toBe(0);
    const subscribing = usual.session.subscribe('com.t', () => {});
    usual.clock.advance(29_999);
    expect(await outcome(subscribing)).toBe('pending');
    usual.clock.advance(1);
    expect(await failure(subscribing)).toBeInstanceOf(Timeout);

    const endless = await joined({ requestTimeout: 0 });
    const waiting = endless.session.register('com.p', () => 1);
    endless.clock.advance(1_000_000);
    expect(await outcome(waiting)).toBe('pending');
  });

  test('a registration that comes late is given back, and one that is asked for again stands', async () => {
    const { session, peer, clock } = await joined({ requestTimeout: 1_000 });
    const first = session.register('com.p', () => 1);
    clock.advance(1_000);
    expect(await failure(first)).toBeInstanceOf(Timeout);
    await peer.expect(MessageType.REGISTER);
    peer.say(registeredMessage(1, 71));
    expect(await peer.expect(MessageType.UNREGISTER)).toMatchObject({ request: 2, registration: 71 });
    peer.say(unregisteredMessage(2));
    const again = session.register('com.p', () => 2);
    await peer.expect(MessageType.REGISTER);
    peer.say(registeredMessage(3, 72));
    expect((await again).active).toBe(true);
    expect(await outcome(session.ended)).toBe('pending');
  });

  test('a refusal that comes late changes nothing; an answer to what was never asked is still a violation', async () => {
    const { session, peer, clock } = await joined({ requestTimeout: 1_000 });
    const late = session.register('com.p', () => 1);
    clock.advance(1_000);
    await failure(late);
    await peer.expect(MessageType.REGISTER);
    peer.say(errorMessage(MessageType.REGISTER, 1, ERROR_URIS.procedureAlreadyExists));
    expect(await outcome(session.ended)).toBe('pending');
    // Answered once: from now on it is as if it had never been asked.
    peer.say(errorMessage(MessageType.REGISTER, 1, ERROR_URIS.procedureAlreadyExists));
    expect((await session.ended).error.message).toBe('received ERROR for request 1, which does not wait for one');
  });

  test('a subscription that comes late is given back, unless somebody wants it again', async () => {
    const { session, peer, clock } = await joined({ requestTimeout: 1_000 });
    const first = session.subscribe('com.t', () => {});
    clock.advance(1_000);
    await failure(first);
    await peer.expect(MessageType.SUBSCRIBE);
    const events: unknown[] = [];
    const second = session.subscribe('com.t', ([n]) => events.push(n));
    expect(await peer.expect(MessageType.SUBSCRIBE)).toMatchObject({ request: 2 });
    // One topic is one subscription: the late answer is about the one that the second asks for.
    peer.say(subscribedMessage(1, 50));
    peer.say(subscribedMessage(2, 50));
    await second;
    peer.say(eventMessage(50, 1, {}, { args: [1], kwargs: {} }));
    await settle();
    expect(events).toEqual([1]);
    expect(peer.heard).toEqual([]);

    const alone = session.subscribe('com.other', () => {});
    clock.advance(1_000);
    await failure(alone);
    await peer.expect(MessageType.SUBSCRIBE);
    peer.say(subscribedMessage(3, 51));
    expect(await peer.expect(MessageType.UNSUBSCRIBE)).toMatchObject({ subscription: 51 });
    peer.say(unsubscribedMessage(4));
    expect(await outcome(session.ended)).toBe('pending');
  });

  test('UNREGISTER and UNSUBSCRIBE have the same time; a procedure that is confirmed late is gone then', async () => {
    const { session, peer, clock } = await joined({ requestTimeout: 1_000 });
    const registering = session.register('com.p', () => 1);
    const subscribing = session.subscribe('com.t', () => {});
    peer.say(registeredMessage(1, 7));
    peer.say(subscribedMessage(2, 8));
    const registration = await registering;
    const subscription = await subscribing;
    const unregistering = registration.unregister();
    const unsubscribing = subscription.unsubscribe();
    clock.advance(1_000);
    expect((await failure(unregistering)).message).toContain('UNREGISTER of com.p');
    expect((await failure(unsubscribing)).message).toContain('UNSUBSCRIBE of com.t');
    // Calls may still come: the router has not said that it is over.
    expect(registration.active).toBe(true);
    peer.say(unregisteredMessage(3));
    peer.say(unsubscribedMessage(4));
    await settle();
    expect(registration.active).toBe(false);
    expect(await outcome(session.ended)).toBe('pending');
  });

  test('a router that owes more answers than are remembered one by one may still give them', async () => {
    const { session, peer, clock } = await joined({ requestTimeout: 1_000 });
    const asked = Array.from({ length: 1_030 }, () => session.publish('com.e', [], { acknowledge: true }));
    clock.advance(1_000);
    for (const each of asked) await failure(each);
    for (const request of [1, 6, 7, 1_030]) peer.say(publishedMessage(request, 5));
    expect(await outcome(session.ended)).toBe('pending');
    const call = session.call('com.x');
    peer.say(resultMessage(1_031, {}, { args: [1], kwargs: {} }));
    expect(await call).toBe(1);
    // Of a call that nobody made there is no answer, whatever its number.
    peer.say(errorMessage(MessageType.CALL, 2, ERROR_URIS.timeout));
    expect((await session.ended).error.message).toContain('received ERROR for request 2');
  });

  test('what lasts is asked for again on the same session', async () => {
    const clock = new FakeClock();
    const connector = new ScriptedConnector();
    const reported: unknown[] = [];
    const client = new Client({
      connectors: [connector],
      realm: 'realm1',
      requestTimeout: 1_000,
      hooks: { onUserError: (error, what) => reported.push([what, (error as Error).name]) },
      clock,
      random: NO_JITTER,
    });
    client.open();
    const first = await connector.next();
    await welcome(first);
    await client.joined();
    const registering = client.session.register('com.p', () => 1);
    await first.expect(MessageType.REGISTER);
    first.say(registeredMessage(1, 7));
    await registering;
    first.drop();
    await settle();
    clock.advance(1_000);
    const second = await connector.next();
    await welcome(second, ROUTER);
    await second.expect(MessageType.REGISTER);
    clock.advance(1_000);
    expect(await second.expect(MessageType.REGISTER)).toMatchObject({ request: 2, procedure: 'com.p' });
    expect(reported).toEqual([['registering com.p again', 'Timeout']]);
    second.say(registeredMessage(2, 8));
    await settle();
    expect((await registering).active).toBe(true);
    await client.joined();
    const closing = client.close();
    second.drop();
    await closing;
  });
});

describe('an onConnect that does not return', () => {
  test('ends the attempt when joinTimeout has passed; the next one comes', async () => {
    const clock = new FakeClock();
    const connector = new ScriptedConnector();
    const retried: string[] = [];
    let stuck = true;
    const client = new Client({
      connectors: [connector],
      realm: 'realm1',
      joinTimeout: 2_000,
      hooks: {
        onConnect: () => (stuck ? new Promise(() => {}) : undefined),
        onRetry: (error) => retried.push(error.message),
      },
      clock,
      random: NO_JITTER,
    });
    client.open();
    await connector.next();
    await settle();
    clock.advance(2_000);
    await settle();
    expect(retried).toEqual(['onConnect has not finished within 2000 ms (joinTimeout)']);
    stuck = false;
    clock.advance(1_000);
    const peer = await connector.next();
    await peer.expect(MessageType.HELLO);
    // It has the whole time from HELLO, whatever onConnect took.
    clock.advance(1_999);
    await settle();
    expect(retried).toHaveLength(1);
    clock.advance(1);
    await settle();
    expect(retried[1]).toBe('no WELCOME within 2000 ms of HELLO');
    await client.close();
  });
});
