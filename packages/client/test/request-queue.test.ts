import {
  type Call,
  MessageType,
  nameOf,
  publishedMessage,
  registeredMessage,
  resultMessage,
  SerializationError,
  SessionNotReady,
  subscribedMessage,
  Timeout,
  TransportLost,
} from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { Client, type ClientOptions } from '../src/index.js';
import { CountedStop, failure, NO_JITTER, outcome, raw, ScriptedConnector, settle, welcome } from './scripted.js';

function make(options: Partial<ClientOptions> = {}) {
  const clock = new FakeClock();
  const connector = new ScriptedConnector();
  const client = new Client({
    connectors: [connector],
    realm: 'realm1',
    clock,
    random: NO_JITTER,
    whileDisconnected: 'queue',
    ...options,
  });
  const join = async () => {
    const peer = await connector.next();
    await welcome(peer);
    await settle();
    return peer;
  };
  return { client, session: client.session, clock, connector, join };
}

describe('requests while no session is joined', () => {
  test('wait, open the client, and go out in order once one is ready', async () => {
    const ran: string[] = [];
    const { client, session, join } = make({ hooks: { onJoin: () => ran.push('join') } });
    const settled = Promise.all([
      session.call('com.x'),
      session.register('com.p', () => {}),
      session.subscribe('com.t', () => {}),
      session.publish('com.t', [], { acknowledge: true }),
    ]);
    expect(session.publish('com.u')).toBeUndefined();
    expect(client.state).toBe('connecting');
    const peer = await join();
    expect(ran).toEqual(['join']);
    expect(peer.heard.map(nameOf)).toEqual(['CALL', 'REGISTER', 'SUBSCRIBE', 'PUBLISH', 'PUBLISH']);
    const ids = peer.heard.map((message) => (message as Call).request);
    peer.say(resultMessage(ids[0] as number, {}, raw([5])));
    peer.say(registeredMessage(ids[1] as number, 200));
    peer.say(subscribedMessage(ids[2] as number, 300));
    peer.say(publishedMessage(ids[3] as number, 400));
    expect(await settled).toMatchObject([5, { id: 200 }, { id: 300 }, { id: 400 }]);
  });

  test('wait between two joins too, and what they registered lasts', async () => {
    const { session, clock, join } = make();
    void session.publish('com.first');
    const first = await join();
    first.drop();
    await settle();
    const registering = session.register('com.p', () => {});
    expect(await outcome(registering)).toBe('pending');
    for (let i = 0; i < 2; i++) {
      clock.advance(1_000);
      const peer = await join();
      peer.say(registeredMessage((await peer.expect(MessageType.REGISTER)).request, 200 + i));
      await settle();
      expect((await registering).active).toBe(true);
      peer.drop();
      await settle();
    }
  });

  test('wait also where a lost call is made anew at once, before the client knows of the loss', async () => {
    const { session, clock, join } = make();
    const again = session.call('com.x').catch(() => session.call('com.y'));
    const first = await join();
    await first.expect(MessageType.CALL);
    first.drop();
    await settle();
    clock.advance(1_000);
    const second = await join();
    const { request, procedure } = await second.expect(MessageType.CALL);
    second.say(resultMessage(request, {}, raw([procedure])));
    expect(await again).toBe('com.y');
  });

  test('carry their arguments as they were', async () => {
    const { session, join } = make();
    const list = [1];
    const kwargs = { a: [1] };
    void session.call('com.x', [list], { kwargs }).catch(() => {});
    list.push(2);
    kwargs.a.push(2);
    const { payload } = await (await join()).expect(MessageType.CALL);
    expect(payload).toMatchObject({ args: [[1]], kwargs: { a: [1] } });
  });

  test('that can never be sent are refused at once', async () => {
    const { session } = make();
    expect(await failure(session.call('not a uri'))).toMatchObject({ name: 'InvalidUriError' });
    expect(await failure(session.call('com.x', [Number.NaN]))).toBeInstanceOf(SerializationError);
    expect(await failure(session.call('com.x', [], { timeout: -1 }))).toMatchObject({ name: 'InvalidConfiguration' });
    expect(await failure(session.publish('com.t', [() => {}], { acknowledge: true }))).toBeInstanceOf(
      SerializationError,
    );
    expect(() => session.publish('not a uri')).toThrow('not a uri');
    expect(() => session.publish('com.t', [Number.NaN])).toThrow(SerializationError);
  });

  test('are refused beyond maxQueued; what waits is not touched', async () => {
    const { session, join } = make({ maxQueued: 2 });
    session.publish('com.a');
    session.publish('com.b');
    expect(() => session.publish('com.c')).toThrow(SessionNotReady);
    expect(await failure(session.call('com.x'))).toMatchObject({ name: 'SessionNotReady', executed: 'no' });
    expect((await join()).heard).toMatchObject([{ topic: 'com.a' }, { topic: 'com.b' }]);
  });

  test('reject when the client ends, with what ended it as the cause', async () => {
    const { session, client, connector, clock } = make({ retry: false });
    const refused = new TransportLost('refused');
    connector.refuse(refused);
    const stop = new CountedStop();
    const waiting = [
      session.call('com.x', [], { timeout: 60_000, signal: stop }),
      session.subscribe('com.t', () => {}),
    ];
    session.publish('com.u');
    for (const each of waiting) {
      expect(await failure(each)).toMatchObject({ name: 'SessionNotReady', cause: refused, executed: 'no' });
    }
    expect([client.state, clock.pending, stop.listeners.size]).toEqual(['closed', 0, 0]);
    expect(await failure(session.call('com.x'))).toBeInstanceOf(SessionNotReady);
    expect(() => session.publish('com.u')).toThrow(SessionNotReady);
  });

  test('reject when the client is closed', async () => {
    const { session, client } = make();
    const waiting = session.call('com.x');
    waiting.catch(() => {});
    await client.close();
    expect(await failure(waiting)).toMatchObject({ name: 'SessionNotReady', retryable: false });
  });

  test('leave() does not wait: there is nothing to leave', async () => {
    expect(await failure(make().session.leave())).toBeInstanceOf(SessionNotReady);
  });
});

describe('the limits of a call that waits', () => {
  test('its timeout counts from the beginning: while it waits', async () => {
    const { session, clock, connector } = make();
    connector.connect = () => new Promise(() => {});
    const call = session.call('com.x', [], { timeout: 500 });
    call.catch(() => {});
    clock.advance(499);
    expect(await outcome(call)).toBe('pending');
    clock.advance(1);
    const error = await failure(call);
    expect(error).toBeInstanceOf(Timeout);
    expect([error.executed, clock.pending]).toEqual(['no', 0]);
  });

  test('and the rest of it, once it is sent', async () => {
    const { session, clock, join } = make();
    const call = session.call('com.x', [], { timeout: 500 });
    call.catch(() => {});
    clock.advance(400);
    const peer = await join();
    await peer.expect(MessageType.CALL);
    clock.advance(99);
    expect(await outcome(call)).toBe('pending');
    clock.advance(1);
    expect(await failure(call)).toMatchObject({ name: 'Timeout', executed: 'maybe' });
    expect(peer.heard.map(nameOf)).toEqual(['CANCEL']);
  });

  test('its signal ends it while it waits: nothing is sent', async () => {
    const { session, join } = make();
    const stop = new CountedStop();
    const call = session.call('com.x', [], { signal: stop });
    call.catch(() => {});
    stop.abort('why');
    expect(await failure(call)).toMatchObject({ name: 'Canceled', cause: 'why', executed: 'no' });
    expect(await failure(session.call('com.x', [], { signal: stop }))).toMatchObject({ name: 'Canceled' });
    expect(stop.listeners.size).toBe(0);
    expect((await join()).heard).toEqual([]);
  });

  test('its signal counts after that too, and is listened to once', async () => {
    const { session, join } = make();
    const stop = new CountedStop();
    const call = session.call('com.x', [], { signal: stop });
    call.catch(() => {});
    const peer = await join();
    await peer.expect(MessageType.CALL);
    expect(stop.listeners.size).toBe(1);
    stop.abort('why');
    expect(await failure(call)).toMatchObject({ name: 'Canceled', executed: 'maybe' });
    expect(stop.listeners.size).toBe(0);
  });
});

test('without being asked to, a client refuses, and stays as it is', async () => {
  const { session, client } = make({ whileDisconnected: undefined });
  expect(await failure(session.call('com.x'))).toBeInstanceOf(SessionNotReady);
  expect(client.state).toBe('idle');
});

test('an event that the session refuses after waiting is reported', async () => {
  const reported: unknown[] = [];
  const { session, client, connector } = make({
    hooks: { onUserError: (error, what) => reported.push([(error as Error).message, what]) },
  });
  const { connect } = connector;
  connector.connect = async (stop) => {
    const transport = await connect.call(connector, stop);
    const { send } = transport;
    transport.send = (message) => {
      if (message.type === MessageType.PUBLISH) throw new SerializationError('too deep');
      send.call(transport, message);
    };
    return transport;
  };
  session.publish('com.t');
  await welcome(await connector.next());
  await client.joined();
  expect(reported).toEqual([['too deep', 'publishing com.t']]);
});
