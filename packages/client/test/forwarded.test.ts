// For whom requests are forwarded, how far peers are trusted, and what is told of results that go on.
import {
  type Dict,
  errorMessage,
  eventMessage,
  InvalidConfiguration,
  MessageType,
  registeredMessage,
  resultMessage,
  SessionEnded,
  subscribedMessage,
  unregisteredMessage,
  unsubscribedMessage,
  type WampError,
} from '@wamp-run/protocol';
import { expect, test } from 'vitest';
import { type CallDetails, CallResult, type EventDetails } from '../src/index.js';
import { offered, REGISTRATION } from './offered.js';
import { failure, joined, settle } from './scripted.js';

const FORWARD_FOR = [{ session: 77, authid: 'joe', authrole: 'user' }];

test('a subscription is asked for, and given back, for whom it is forwarded', async () => {
  const { session, peer } = await joined();
  const subscribing = session.subscribe('com.t', () => {}, { forwardFor: FORWARD_FOR });
  const subscribe = await peer.expect(MessageType.SUBSCRIBE);
  expect(subscribe.options).toEqual({ forward_for: FORWARD_FOR });
  peer.say(subscribedMessage(subscribe.request, 300));
  const leaving = (await subscribing).unsubscribe();
  const unsubscribe = await peer.expect(MessageType.UNSUBSCRIBE);
  expect(unsubscribe.options).toEqual({ forward_for: FORWARD_FOR });
  peer.say(unsubscribedMessage(unsubscribe.request));
  await leaving;
});

test('so is a registration', async () => {
  const { session, peer } = await joined();
  const registering = session.register('com.p', () => {}, { forwardFor: FORWARD_FOR });
  const register = await peer.expect(MessageType.REGISTER);
  expect(register.options).toEqual({ forward_for: FORWARD_FOR });
  peer.say(registeredMessage(register.request, 200));
  const leaving = (await registering).unregister();
  const unregister = await peer.expect(MessageType.UNREGISTER);
  expect(unregister.options).toEqual({ forward_for: FORWARD_FOR });
  peer.say(unregisteredMessage(unregister.request));
  await leaving;
});

test('where nobody is named, UNSUBSCRIBE and UNREGISTER carry no options', async () => {
  const { session, peer } = await joined();
  const subscribing = session.subscribe('com.t', () => {});
  peer.say(subscribedMessage((await peer.expect(MessageType.SUBSCRIBE)).request, 300));
  const registering = session.register('com.p', () => {});
  peer.say(registeredMessage((await peer.expect(MessageType.REGISTER)).request, 200));
  void (await subscribing).unsubscribe().catch(() => {});
  void (await registering).unregister().catch(() => {});
  expect((await peer.expect(MessageType.UNSUBSCRIBE)).options).toBeUndefined();
  expect((await peer.expect(MessageType.UNREGISTER)).options).toBeUndefined();
});

test('a call is canceled for whom it was made', async () => {
  const { session, peer } = await joined();
  const controller = new AbortController();
  const calling = session.call('com.p', [], { forwardFor: FORWARD_FOR, signal: controller.signal });
  const { request, options } = await peer.expect(MessageType.CALL);
  expect(options).toEqual({ forward_for: FORWARD_FOR });
  controller.abort();
  await failure(calling);
  expect(await peer.expect(MessageType.CANCEL)).toMatchObject({
    request,
    options: { mode: 'killnowait', forward_for: FORWARD_FOR },
  });
});

test.each(['subscribe', 'register'] as const)('%s refuses a chain that is none, naming the option', async (how) => {
  const { session, peer } = await joined();
  const asking = session[how]('com.x', () => {}, { forwardFor: [{ session: 'x' }] as never });
  const error = await failure(asking);
  expect(error).toBeInstanceOf(InvalidConfiguration);
  expect(error.message).toContain(`${how} options.forwardFor`);
  expect(peer.heard).toEqual([]);
});

test('details tell how far the router trusts the caller, or the publisher', async () => {
  const calls: CallDetails[] = [];
  const events: EventDetails[] = [];
  const { session, peer, invoke } = await offered((_args, _kwargs, details) => {
    calls.push(details);
  });
  const subscribing = session.subscribe('com.t', (_args, _kwargs, details) => events.push(details));
  peer.say(subscribedMessage((await peer.expect(MessageType.SUBSCRIBE)).request, 300));
  await subscribing;
  invoke(undefined, { trustlevel: 3 });
  invoke();
  peer.say(eventMessage(300, 1, { trustlevel: 0 }));
  peer.say(eventMessage(300, 2, {}));
  await settle();
  expect(calls.map(({ trustlevel, payloadScheme }) => [trustlevel, payloadScheme])).toEqual([
    [3, undefined],
    [undefined, undefined],
  ]);
  expect(events.map(({ trustlevel, payloadScheme }) => [trustlevel, payloadScheme])).toEqual([
    [0, undefined],
    [undefined, undefined],
  ]);
});

test('a result that is passed on says where it came from, but not how it had been encoded', async () => {
  const told: Dict = { callee: 9, callee_authid: 'joe', callee_authrole: 'user', forward_for: FORWARD_FOR };
  const one = await offered(async () => one.session.call('com.inner', [], { details: true }));
  one.invoke();
  const { request } = await one.peer.expect(MessageType.CALL);
  one.peer.say(resultMessage(request, told, { args: [1], kwargs: { k: 2 } }));
  expect(await one.peer.expect(MessageType.YIELD)).toMatchObject({
    options: told,
    payload: { args: [1], kwargs: { k: 2 } },
  });
  const yielded = await offered(async function* () {
    yield new CallResult([1], {}, { callee: 9, payloadScheme: 'x_a' });
  });
  yielded.invoke(undefined, { receive_progress: true });
  expect((await yielded.peer.expect(MessageType.YIELD)).options).toEqual({ progress: true, callee: 9 });
});

test('a result with fields that are none is not sent: it would end the session', async () => {
  const { invoke, peer, reported } = await offered(() => new CallResult([1], {}, { callee: 'joe' as never }));
  invoke();
  expect(await peer.expect(MessageType.ERROR)).toMatchObject({ error: 'wamp.error.invalid_payload' });
  expect(reported).toMatchObject([{ error: { code: 'WAMP_INVALID_CONFIGURATION' } }]);
});

test('an error tells where it came from, also as one of a class of its own', async () => {
  class Sold extends Error {}
  const { session, peer } = await joined();
  session.define(Sold, 'com.sold');
  const details = { callee: 9, callee_authid: 'joe', callee_authrole: 'user', forward_for: FORWARD_FOR };
  const expected = { callee: 9, calleeAuthid: 'joe', calleeAuthrole: 'user', forwardFor: FORWARD_FOR };
  for (const uri of ['com.error', 'com.sold']) {
    const calling = session.call('com.p');
    const { request } = await peer.expect(MessageType.CALL);
    peer.say(errorMessage(MessageType.CALL, request, uri, undefined, details));
    const error = await failure(calling);
    expect(uri === 'com.sold' ? error.cause : error).toMatchObject({ error: uri, details: expected });
  }
});

test('onEnd of a registration hears of a revocation with its reason, once, and not of unregister', async () => {
  const ends: WampError[] = [];
  const { session, peer, reported } = await joined();
  const onEnd = (error: WampError) => {
    ends.push(error);
    throw new Error('from onEnd');
  };
  const registering = session.register('com.p', () => {}, { onEnd });
  const register = await peer.expect(MessageType.REGISTER);
  expect(register.options).toEqual({});
  peer.say(registeredMessage(register.request, REGISTRATION));
  const registration = await registering;
  peer.say(unregisteredMessage(0, { registration: REGISTRATION, reason: 'com.shop.closed' }));
  peer.say(unregisteredMessage(0, { registration: REGISTRATION }));
  await settle();
  expect(ends).toMatchObject([{ error: 'com.shop.closed', executed: 'no' }]);
  expect(reported).toMatchObject([{ error: { message: 'from onEnd' }, what: 'onEnd of com.p' }]);
  expect(registration.active).toBe(false);

  const second = session.register('com.q', () => {}, { onEnd });
  peer.say(registeredMessage((await peer.expect(MessageType.REGISTER)).request, 201));
  const leaving = (await second).unregister();
  peer.say(unregisteredMessage((await peer.expect(MessageType.UNREGISTER)).request));
  await leaving;
  void session.leave();
  await settle();
  expect(ends).toHaveLength(1);
});

test('onEnd of a registration hears of the end of its session', async () => {
  const ends: WampError[] = [];
  const { session, peer } = await joined();
  const registering = session.register('com.p', () => {}, { onEnd: (error) => ends.push(error) });
  peer.say(registeredMessage((await peer.expect(MessageType.REGISTER)).request, 200));
  await registering;
  void session.leave();
  await settle();
  expect(ends).toHaveLength(1);
  expect(ends[0]).toBeInstanceOf(SessionEnded);
});
