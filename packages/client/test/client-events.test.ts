import {
  abortMessage,
  CLOSE_REASONS,
  challengeMessage,
  ERROR_URIS,
  eventMessage,
  goodbyeMessage,
  InvalidConfiguration,
  MessageType,
  registeredMessage,
  SessionNotReady,
  TransportLost,
} from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { Client, type ClientEvents, type ClientOptions } from '../src/index.js';
import { failure, joined, NO_JITTER, outcome, ScriptedConnector, settle, welcome } from './scripted.js';

const EVENTS = ['connect', 'join', 'ready', 'leave', 'disconnect'] as const;

function make(options: Partial<ClientOptions> = {}) {
  const clock = new FakeClock();
  const connector = new ScriptedConnector();
  const heard: [string, ...unknown[]][] = [];
  const client = new Client({ connectors: [connector], realm: 'realm1', clock, random: NO_JITTER, ...options });
  for (const event of EVENTS) {
    client.on(event, (...args: ClientEvents[typeof event]) => void heard.push([event, ...args]));
  }
  const names = () => heard.map(([name]) => name);
  return { client, clock, connector, heard, names };
}

describe('listeners hear', () => {
  test('a life that ends well, with the lasting session and what goes with each event', async () => {
    const { client, connector, heard } = make();
    client.open();
    const peer = await connector.next();
    await welcome(peer);
    await client.joined();
    const { session } = client;
    const { details } = session;
    const closing = client.close();
    await peer.expect(MessageType.GOODBYE);
    peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
    await closing;
    expect(heard).toEqual([
      ['connect', session, peer.transport.details],
      ['join', session, details],
      ['ready', session],
      ['leave', session, { reason: CLOSE_REASONS.normal, message: undefined }],
      ['disconnect', session, { wasClean: true }],
    ]);
    expect(heard.every(([, given]) => given === session)).toBe(true);
  });

  test('a lost connection, and the next one', async () => {
    const { client, connector, clock, heard, names } = make();
    client.open();
    const peer = await connector.next();
    await welcome(peer);
    await client.joined();
    peer.drop();
    await settle();
    expect(heard.slice(3)).toEqual([
      ['leave', client.session, { reason: CLOSE_REASONS.transportLost, message: expect.any(String) }],
      ['disconnect', client.session, { wasClean: false }],
    ]);
    clock.advance(1_000);
    await welcome(await connector.next());
    await client.joined();
    expect(names().slice(5)).toEqual(['connect', 'join', 'ready']);
  });

  test('GOODBYE from the router, with its reason and message; what a transport says of its end is what counts', async () => {
    const { client, connector, heard } = make();
    client.open();
    const peer = await connector.next();
    await welcome(peer);
    await client.joined();
    const { close } = peer.transport;
    peer.transport.close = async () => {
      peer.drop({ clean: false, reason: 'no answer to the close' });
      await close.call(peer.transport);
    };
    peer.say(goodbyeMessage(CLOSE_REASONS.systemShutdown, { message: 'back at nine' }));
    await settle();
    expect(heard.slice(3)).toEqual([
      ['leave', client.session, { reason: CLOSE_REASONS.systemShutdown, message: 'back at nine' }],
      ['disconnect', client.session, { wasClean: false }],
    ]);
  });

  test('a transport that does not close in time as one that was not clean', async () => {
    const { client, connector, clock, heard, names } = make();
    client.open();
    const peer = await connector.next();
    await welcome(peer);
    await client.joined();
    peer.transport.close = () => new Promise(() => {});
    peer.say(goodbyeMessage(CLOSE_REASONS.systemShutdown));
    await settle();
    expect(names()).not.toContain('disconnect');
    expect(client.session.isConnected).toBe(true);
    clock.advance(5_000);
    await settle();
    expect(heard.at(-1)).toEqual(['disconnect', client.session, { wasClean: false }]);
    expect(client.session.isConnected).toBe(false);
  });

  test('ABORT before the join: leave with its reason, and no join', async () => {
    const { client, connector, heard } = make();
    client.open();
    const peer = await connector.next();
    await peer.expect(MessageType.HELLO);
    peer.say(abortMessage(ERROR_URIS.noSuchRealm, { message: 'not here' }));
    await client.closed;
    expect(heard).toEqual([
      ['connect', client.session, peer.transport.details],
      ['leave', client.session, { reason: ERROR_URIS.noSuchRealm, message: 'not here' }],
      ['disconnect', client.session, { wasClean: true }],
    ]);
  });

  test('a challenge that could not be answered: the same, with wamp.error.cannot_authenticate', async () => {
    const { client, connector, heard, names } = make({
      hooks: { onChallenge: () => Promise.reject(new Error('no')), onUserError: () => {} },
    });
    client.open();
    const peer = await connector.next();
    await peer.expect(MessageType.HELLO);
    peer.say(challengeMessage('ticket', {}));
    await settle();
    expect(names()).toEqual(['connect', 'leave', 'disconnect']);
    expect(heard[1]?.[2]).toMatchObject({ reason: ERROR_URIS.cannotAuthenticate });
  });

  test.each<[string, (made: ReturnType<typeof make>, peer: Awaited<ReturnType<ScriptedConnector['next']>>) => void]>([
    ['a connection lost before WELCOME', (_, peer) => peer.drop()],
    ['no WELCOME in time', ({ clock }) => clock.advance(10_000)],
    ['a violation before WELCOME', (_, peer) => peer.say(eventMessage(1, 2, {}))],
    ['close() before WELCOME', ({ client }) => void client.close()],
    ['disconnect() before WELCOME', ({ client }) => void client.session.disconnect()],
  ])('%s: no leave, there was no session', async (_, end) => {
    const made = make();
    made.client.open();
    const peer = await made.connector.next();
    await peer.expect(MessageType.HELLO);
    end(made, peer);
    await settle();
    expect(made.names()).toEqual(['connect', 'disconnect']);
  });

  test('nothing of an attempt that found no transport', async () => {
    const { client, connector, names } = make();
    connector.refuse(new TransportLost('refused'));
    client.open();
    await settle();
    expect(names()).toEqual([]);
  });

  test('connect, join and ready before their hooks, leave and disconnect after theirs, which are waited for', async () => {
    const order: string[] = [];
    const hook = (name: string) => async () => {
      order.push(`${name} begins`);
      await settle();
      order.push(`${name} ends`);
    };
    const { client, connector } = make({
      hooks: {
        onConnect: hook('onConnect'),
        onJoin: hook('onJoin'),
        onReady: hook('onReady'),
        onLeave: hook('onLeave'),
        onDisconnect: hook('onDisconnect'),
      },
      retry: false,
    });
    for (const event of EVENTS) client.on(event, () => order.push(event));
    client.open();
    const peer = await connector.next();
    await welcome(peer);
    await client.joined();
    await settle();
    peer.drop();
    await client.closed;
    expect(order).toEqual([
      'connect',
      'onConnect begins',
      'onConnect ends',
      'join',
      'onJoin begins',
      'onJoin ends',
      'ready',
      'onReady begins',
      'onReady ends',
      'onLeave begins',
      'onLeave ends',
      'leave',
      'onDisconnect begins',
      'onDisconnect ends',
      'disconnect',
    ]);
  });

  test('ready when the router has answered for everything that lasts', async () => {
    const { client, connector, clock, names } = make();
    client.open();
    const peer = await connector.next();
    await welcome(peer);
    const session = await client.joined();
    const registering = session.register('com.p', () => {});
    peer.say(registeredMessage((await peer.expect(MessageType.REGISTER)).request, 200));
    await registering;
    peer.drop();
    await settle();
    clock.advance(1_000);
    const second = await connector.next();
    await welcome(second);
    const { request } = await second.expect(MessageType.REGISTER);
    await settle();
    expect(names().slice(5)).toEqual(['connect', 'join']);
    second.say(registeredMessage(request, 201));
    await settle();
    expect(names().slice(5)).toEqual(['connect', 'join', 'ready']);
  });

  test('a hook gets how the connection ended, too', async () => {
    const seen: unknown[] = [];
    const { client, connector } = make({ hooks: { onDisconnect: (details) => seen.push(details) } });
    client.open();
    const peer = await connector.next();
    await settle();
    peer.drop({ clean: true, reason: 'closed by the peer' });
    await settle();
    expect(seen).toEqual([{ wasClean: true }]);
  });
});

describe('on', () => {
  test('takes several listeners of one event, also one function twice, and calls them in order', async () => {
    const { client, connector } = make();
    const order: number[] = [];
    const first = () => order.push(1);
    client.on('connect', first);
    client.on('connect', () => order.push(2));
    client.on('connect', first);
    client.open();
    await connector.next();
    await settle();
    expect(order).toEqual([1, 2, 1]);
  });

  test('gives back what takes that listener away, and no other; any number of times, also while it is told', async () => {
    const { client, connector, clock } = make();
    const order: string[] = [];
    const twice = () => order.push('twice');
    const off = client.on('connect', twice);
    client.on('connect', twice);
    const offSelf = client.on('connect', () => {
      order.push('once');
      offSelf();
    });
    client.on('connect', () => order.push('last'));
    off();
    off();
    client.open();
    const peer = await connector.next();
    await settle();
    expect(order).toEqual(['twice', 'once', 'last']);
    peer.drop();
    await settle();
    clock.advance(1_000);
    await connector.next();
    await settle();
    expect(order.slice(3)).toEqual(['twice', 'last']);
  });

  test.each(['foo', 'joined', 'constructor', '__proto__'])(
    'refuses the event %s, and names those that there are',
    (event) => {
      const { client } = make();
      const on = () => client.on(event as never, () => {});
      expect(on).toThrow(InvalidConfiguration);
      expect(on).toThrow(`on: there is no event "${event}"; there are connect, join, ready, leave, disconnect`);
    },
  );

  test('refuses a listener that is no function', () => {
    const { client } = make();
    expect(() => client.on('join', 'f' as never)).toThrow('on: join: expected a function, got string');
  });

  test('a listener may close the client', async () => {
    const { client, connector } = make();
    client.on('join', () => void client.close());
    client.open();
    const peer = await connector.next();
    await welcome(peer);
    await peer.expect(MessageType.GOODBYE);
    peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
    expect(await client.closed).toEqual({});
  });
});

describe('isConnected, isAttached and disconnect()', () => {
  test('of the lasting session, over its life', async () => {
    const { client, connector, clock } = make();
    const { session } = client;
    const now = () => [session.isConnected, session.isAttached];
    expect(now()).toEqual([false, false]);
    await session.disconnect();
    client.open();
    const peer = await connector.next();
    await peer.expect(MessageType.HELLO);
    expect(now()).toEqual([true, false]);
    const second = client.joined();
    peer.drop();
    await settle();
    expect(now()).toEqual([false, false]);
    await session.disconnect();
    clock.advance(1_000);
    const other = await connector.next();
    await welcome(other);
    await second;
    expect(now()).toEqual([true, true]);
    const leaving = session.leave();
    expect(now()).toEqual([true, false]);
    await other.expect(MessageType.GOODBYE);
    other.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
    await leaving;
    await client.closed;
    expect(now()).toEqual([false, false]);
  });

  test('disconnect() says no GOODBYE, rejects what is pending with TransportLost, and the client joins again', async () => {
    const { client, connector, clock, heard } = make();
    client.open();
    const peer = await connector.next();
    await welcome(peer);
    const session = await client.joined();
    const calling = session.call('com.x');
    await peer.expect(MessageType.CALL);
    await Promise.all([session.disconnect(), session.disconnect(), failure(calling)]);
    expect(await failure(calling)).toBeInstanceOf(TransportLost);
    expect(await failure(session.call('com.x'))).toBeInstanceOf(SessionNotReady);
    expect([peer.heard, peer.hungUp]).toEqual([[], true]);
    await settle();
    const reason = { reason: CLOSE_REASONS.transportLost, message: 'this side closed the connection' };
    expect(heard.slice(3)).toEqual([
      ['leave', session, reason],
      ['disconnect', session, { wasClean: true }],
    ]);
    clock.advance(1_000);
    await welcome(await connector.next());
    expect(await client.joined()).toBe(session);
  });

  test('disconnect() before WELCOME ends the attempt, and another follows', async () => {
    const { client, connector, clock } = make();
    client.open();
    const peer = await connector.next();
    await peer.expect(MessageType.HELLO);
    await client.session.disconnect();
    expect([peer.heard, peer.hungUp]).toEqual([[], true]);
    await settle();
    expect([client.state, clock.next]).toEqual(['waiting', 1_000]);
  });

  test('of a session without a client', async () => {
    const { session, peer, clock } = await joined();
    expect([session.isConnected, session.isAttached]).toEqual([true, true]);
    let closed = () => {};
    peer.transport.close = () =>
      new Promise((resolve) => {
        closed = resolve;
      });
    const disconnecting = session.disconnect();
    expect([session.isConnected, session.isAttached]).toEqual([true, false]);
    expect(await outcome(disconnecting)).toBe('pending');
    closed();
    await disconnecting;
    expect([session.isConnected, peer.heard, clock.pending]).toEqual([false, [], 0]);
    expect(await session.disconnected).toEqual({ wasClean: true });
  });
});
