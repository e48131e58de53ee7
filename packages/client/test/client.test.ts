import {
  abortMessage,
  CLOSE_REASONS,
  challengeMessage,
  ERROR_URIS,
  goodbyeMessage,
  InvalidConfiguration,
  InvalidUriError,
  MessageType,
  ProtocolError,
  resultMessage,
  SessionEnded,
  SessionNotReady,
  Timeout,
  TransportLost,
} from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { Client, type ClientOptions } from '../src/index.js';
import { failure, NO_JITTER, outcome, raw, ScriptedConnector, SESSION, settle, welcome } from './scripted.js';

function make(options: Partial<ClientOptions> = {}) {
  const clock = new FakeClock();
  const connector = new ScriptedConnector();
  const client = new Client({ connectors: [connector], realm: 'realm1', clock, random: NO_JITTER, ...options });
  return { client, clock, connector };
}

async function makeJoined(options: Partial<ClientOptions> = {}) {
  const made = make(options);
  const joining = made.client.joined();
  const peer = await made.connector.next();
  await welcome(peer);
  return { ...made, peer, session: await joining };
}

/** Answers the GOODBYE that comes next. */
async function letGo(peer: {
  expect(type: 6): Promise<unknown>;
  say(message: ReturnType<typeof goodbyeMessage>): void;
}) {
  await peer.expect(MessageType.GOODBYE);
  peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
}

describe('a client', () => {
  test('does nothing until it is opened', async () => {
    const { client, connector, clock } = make();
    await settle();
    expect([client.state, connector.asked, clock.pending]).toEqual(['idle', 0, 0]);
    client.open();
    client.open();
    await settle();
    expect([client.state, connector.asked]).toEqual(['joining', 1]);
  });

  test('is opened by the first joined(), which resolves to the lasting session', async () => {
    const { client, session, connector } = await makeJoined();
    expect(session).toBe(client.session);
    expect(session.details?.session).toBe(SESSION);
    expect(await client.joined()).toBe(session);
    expect([client.state, connector.asked]).toEqual(['joined', 1]);
  });

  test('walks through its states', async () => {
    const { client, connector, clock } = make();
    const states = [client.state];
    const joining = client.joined();
    states.push(client.state);
    const peer = await connector.next();
    await peer.expect(MessageType.HELLO);
    states.push(client.state);
    peer.drop();
    await settle();
    states.push(client.state);
    clock.advance(1_000);
    const second = await connector.next();
    await welcome(second);
    await joining;
    states.push(client.state);
    const closing = client.close();
    states.push(client.state);
    await letGo(second);
    await closing;
    states.push(client.state);
    expect(states).toEqual(['idle', 'connecting', 'joining', 'waiting', 'joined', 'closing', 'closed']);
  });

  test('refuses options that make no sense, before it does anything', () => {
    expect(() => make({ connectors: [] })).toThrow(InvalidConfiguration);
    expect(() => make({ realm: 'not a realm' })).toThrow(InvalidUriError);
    expect(() => make({ retry: { maxRetries: -7 } })).toThrow(InvalidConfiguration);
    expect(() => make({ joinTimeout: Number.NaN })).toThrow(InvalidConfiguration);
    expect(() => make({ leaveTimeout: -1 })).toThrow(InvalidConfiguration);
    expect(() => make({ exposeErrors: 'all' as never })).toThrow(
      'exposeErrors: expected one of none, message, traceback',
    );
  });

  test.each<[string, object]>([
    ['connectors', { connectors: [{}] }],
    ['connectors', { connectors: undefined }],
    ['realm', { realm: 7 }],
    ['clock', { clock: undefined }],
    ['random', { random: 0.5 }],
    ['retry', { retry: 5 }],
    ['retry.maxretries', { retry: { maxretries: 2 } }],
    ['retry.initialRetryDelay', { retry: { initialRetryDelay: Number.NaN } }],
    ['isFatal', { isFatal: true }],
    ['main', { main: 'main' }],
    ['whileDisconnected', { whileDisconnected: true }],
    ['maxQueued', { maxQueued: 0.5 }],
    ['onMainError', { onMainError: 'ignore' }],
    ['hooks.onjoin', { hooks: { onjoin: () => {} } }],
    ['hooks.onJoin', { hooks: { onJoin: 'yes' } }],
    ['joinTimeout', { joinTimeout: '5' }],
    ['leaveTimeout', { leaveTimeout: Number.POSITIVE_INFINITY }],
    ['exposeErrors', { exposeErrors: 'all' }],
    ['client.connector', { connector: {} }],
  ])('refuses a wrong option by the name of its key: %s', (name, wrong) => {
    expect(() => make(wrong)).toThrow(InvalidConfiguration);
    expect(() => make(wrong)).toThrow(new RegExp(`^${name.replace('.', '\\.')}: `));
  });

  test('says its agent, and keeps to joinTimeout', async () => {
    const { client, connector, clock } = make({ agent: 'a-test', joinTimeout: 50, retry: false });
    client.open();
    const hello = await (await connector.next()).expect(MessageType.HELLO);
    expect(hello.details.agent).toBe('a-test');
    clock.advance(50);
    expect((await client.closed).error).toBeInstanceOf(Timeout);
  });
});

describe('the lasting session', () => {
  test('refuses everything with SessionNotReady while nothing is joined', async () => {
    const { client } = make();
    const { session } = client;
    expect(session.details).toBeUndefined();
    for (const request of [
      session.call('com.x'),
      session.call('com.x', [], { details: true }),
      session.register('com.p', () => {}),
      session.subscribe('com.t', () => {}),
      session.publish('com.t', [], { acknowledge: true }),
      session.leave(),
    ]) {
      expect(await failure(request)).toBeInstanceOf(SessionNotReady);
    }
    expect(() => session.publish('com.t')).toThrow(SessionNotReady);
  });

  test('forwards to the session that is joined now, and to the next one after a loss', async () => {
    const { client, session, peer, connector, clock } = await makeJoined();
    const call = session.call('com.x');
    peer.say(resultMessage((await peer.expect(MessageType.CALL)).request, {}, raw(['first'])));
    expect(await call).toBe('first');
    session.publish('com.t');
    expect(await peer.expect(MessageType.PUBLISH)).toMatchObject({ request: 2 });

    peer.drop();
    await settle();
    expect(session.details).toBeUndefined();
    expect(await failure(session.call('com.x'))).toBeInstanceOf(SessionNotReady);

    clock.advance(1_000);
    const second = await connector.next();
    await welcome(second);
    await client.joined();
    const again = session.call('com.x');
    const { request } = await second.expect(MessageType.CALL);
    expect(request).toBe(1);
    second.say(resultMessage(request, {}, raw(['second'])));
    expect(await again).toBe('second');
  });

  test('leave ends the client cleanly: it does not come back', async () => {
    const { client, session, peer, connector, clock } = await makeJoined();
    const leaving = session.leave();
    await letGo(peer);
    await leaving;
    expect(await client.closed).toEqual({});
    expect([client.state, connector.asked, clock.pending]).toEqual(['closed', 1, 0]);
  });
});

describe('retrying', () => {
  test('attempts follow each other after the delays of the backoff; a join begins the count anew', async () => {
    const { client, connector, clock } = make();
    connector.refuse(...Array.from({ length: 3 }, () => new TransportLost('refused')));
    client.open();
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 3; i++) {
      await settle();
      waits.push(clock.next);
      clock.advance(clock.next ?? 0);
    }
    const peer = await connector.next();
    await welcome(peer);
    await client.joined();
    peer.drop();
    await settle();
    waits.push(clock.next);
    connector.refuse(new TransportLost('refused'));
    clock.advance(clock.next ?? 0);
    await settle();
    waits.push(clock.next);
    expect(waits).toEqual([1_000, 1_500, 2_250, 1_000, 1_500]);
    expect(connector.asked).toBe(5);
  });

  test('takes the connectors in turn, and goes on where it was', async () => {
    const connectors = [new ScriptedConnector('a'), new ScriptedConnector('b'), new ScriptedConnector('c')];
    const [a, b, c] = connectors as [ScriptedConnector, ScriptedConnector, ScriptedConnector];
    const { client, clock } = make({ connectors });
    a.refuse(new TransportLost('refused'));
    client.open();
    await settle();
    // One that has not failed yet is tried without a delay.
    clock.advance(0);
    const peer = await b.next();
    await welcome(peer);
    await client.joined();
    peer.drop();
    await settle();
    clock.advance(1_000);
    await settle();
    expect([a.asked, b.asked, c.asked]).toEqual([1, 1, 1]);
  });

  test('each connector has a count of its own: the first attempts follow at once, the others after its delays', async () => {
    const [a, b] = [new ScriptedConnector('a'), new ScriptedConnector('b')];
    const last = new TransportLost('the last');
    a.refuse(...Array.from({ length: 3 }, () => new TransportLost('a')));
    b.refuse(new TransportLost('b'), new TransportLost('b'), last);
    const { client, clock } = make({ connectors: [a, b], retry: { maxRetries: 2 } });
    client.open();
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 5; i++) {
      await settle();
      waits.push(clock.next);
      clock.advance(clock.next ?? 0);
    }
    expect(waits).toEqual([0, 1_000, 1_000, 1_500, 1_500]);
    expect((await client.closed).error).toMatchObject({ cause: last, message: expect.stringContaining('6 attempts') });
    expect([a.asked, b.asked]).toEqual([3, 3]);
  });

  test('only failures in a row count: losses after joins never use the retries up', async () => {
    const { client, connector, clock } = make({ retry: { maxRetries: 1 } });
    for (let i = 0; i < 5; i++) {
      const joining = client.joined();
      const peer = await connector.next();
      await welcome(peer);
      await joining;
      peer.drop();
      await settle();
      expect([client.state, clock.next]).toEqual(['waiting', 1_000]);
      clock.advance(1_000);
    }
  });

  test('a connector with a fatal error is not tried again; with none left the client ends with the last error', async () => {
    const [a, b] = [new ScriptedConnector('a'), new ScriptedConnector('b')];
    a.refuse(new TransportLost('fatal a'));
    b.refuse(new TransportLost('b'), new TransportLost('b'), new TransportLost('fatal b'));
    const asked: string[] = [];
    const isFatal = (error: Error) => {
      asked.push(error.message);
      return error.message.startsWith('fatal');
    };
    const { client, clock } = make({ connectors: [a, b], isFatal });
    client.open();
    for (let i = 0; i < 3; i++) {
      await settle();
      clock.advance(clock.next ?? 0);
    }
    expect((await client.closed).error).toMatchObject({ cause: { message: 'fatal b' } });
    expect([a.asked, b.asked, clock.pending]).toEqual([1, 3, 0]);
    expect(asked).toEqual(['fatal a', 'b', 'b', 'fatal b']);
  });

  test('what one router refuses for good is asked of the next connector', async () => {
    const [a, b] = [new ScriptedConnector('a'), new ScriptedConnector('b')];
    const { client, clock } = make({ connectors: [a, b] });
    const joining = client.joined();
    const peer = await a.next();
    await peer.expect(MessageType.HELLO);
    peer.say(abortMessage(ERROR_URIS.noSuchRealm));
    await settle();
    clock.advance(0);
    const second = await b.next();
    await welcome(second);
    await joining;
    second.drop();
    await settle();
    clock.advance(1_000);
    await settle();
    expect([a.asked, b.asked]).toEqual([1, 2]);
  });

  test('isFatal that throws is reported, and counts as no', async () => {
    const thrown = new Error('no');
    const reported: unknown[] = [];
    const { client, connector } = make({
      isFatal: () => {
        throw thrown;
      },
      hooks: { onUserError: (error, what) => reported.push([error, what]) },
    });
    connector.refuse(new TransportLost('refused'));
    client.open();
    await settle();
    expect(client.state).toBe('waiting');
    expect(reported).toEqual([[thrown, 'isFatal']]);
  });

  test('false is one attempt, also where a session had been joined', async () => {
    const { client, connector } = make({ retry: false });
    const lost = new TransportLost('refused');
    connector.refuse(lost);
    expect(await failure(client.joined())).toBe(lost);
    expect(await client.closed).toEqual({ error: lost });

    const second = await makeJoined({ retry: false });
    second.peer.drop();
    expect((await second.client.closed).error).toBeInstanceOf(TransportLost);
    expect(second.connector.asked).toBe(1);
  });

  test('false, with several connectors, is one attempt by each, and none after a session', async () => {
    const [a, b] = [new ScriptedConnector('a'), new ScriptedConnector('b')];
    const { client, clock } = make({ connectors: [a, b], retry: false });
    a.refuse(new TransportLost('refused'));
    const joining = client.joined();
    await settle();
    clock.advance(0);
    const peer = await b.next();
    await welcome(peer);
    await joining;
    peer.drop();
    expect((await client.closed).error).toBeInstanceOf(TransportLost);
    expect([a.asked, b.asked, clock.pending]).toEqual([1, 1, 0]);
  });

  test('that is used up ends the client, with the last error as the cause', async () => {
    const { client, connector, clock } = make({ retry: { maxRetries: 2 } });
    const last = new TransportLost('refused for the third time');
    connector.refuse(new TransportLost('1'), new TransportLost('2'), last);
    const joining = client.joined();
    joining.catch(() => {});
    for (let i = 0; i < 2; i++) {
      await settle();
      clock.advance(clock.next ?? 0);
    }
    const { error } = await client.closed;
    expect(error).toBeInstanceOf(TransportLost);
    expect(error).toMatchObject({ cause: last, message: expect.stringContaining('3 attempts') });
    expect(await failure(joining)).toBe(error);
    expect([client.state, clock.pending]).toEqual(['closed', 0]);
  });

  test('an error of a connector that is none of ours is TransportLost, with the address and the cause', async () => {
    const { client, connector } = make({ retry: false });
    const cause = new Error('ECONNREFUSED');
    connector.refuse(cause);
    client.open();
    expect((await client.closed).error).toMatchObject({
      name: 'TransportLost',
      message: 'cannot connect to scripted: ECONNREFUSED',
      cause,
      executed: 'no',
    });
  });

  test('a connector that throws is one that fails', async () => {
    const connect = () => {
      throw new Error('no');
    };
    const { client } = make({ connectors: [{ address: 'nowhere', connect }], retry: false });
    client.open();
    expect((await client.closed).error).toMatchObject({ message: 'cannot connect to nowhere: no' });
  });
});

describe('what ends a handshake for good', () => {
  test.each([
    ERROR_URIS.noSuchRealm,
    ERROR_URIS.noSuchRole,
    ERROR_URIS.notAuthorized,
    ERROR_URIS.authenticationDenied,
    ERROR_URIS.authenticationFailed,
    ERROR_URIS.noMatchingAuthMethod,
    ERROR_URIS.protocolViolation,
    ERROR_URIS.cannotAuthenticate,
    'wamp.error.no_auth_method',
  ])('ABORT %s: closed resolves and joined() rejects with it', async (reason) => {
    const { client, connector, clock } = make();
    const joining = client.joined();
    joining.catch(() => {});
    const peer = await connector.next();
    await peer.expect(MessageType.HELLO);
    peer.say(abortMessage(reason));
    const { error } = await client.closed;
    expect(error).toBeInstanceOf(SessionEnded);
    expect(await failure(joining)).toBe(error);
    expect(await failure(client.joined())).toBe(error);
    expect([client.state, connector.asked, clock.pending]).toEqual(['closed', 1, 0]);
  });

  test('CHALLENGE, as there is no login', async () => {
    const { client, connector } = make();
    client.open();
    const peer = await connector.next();
    await peer.expect(MessageType.HELLO);
    peer.say(challengeMessage('ticket', {}));
    expect((await client.closed).error).toMatchObject({ reason: ERROR_URIS.cannotAuthenticate });
  });

  test('an error that says the configuration is wrong', async () => {
    const { client, connector } = make();
    const wrong = new InvalidConfiguration('url: no such scheme');
    connector.refuse(wrong);
    client.open();
    expect(await client.closed).toEqual({ error: wrong });
  });
});

describe('what is tried again', () => {
  test.each([
    ['ABORT system_shutdown before WELCOME', abortMessage(CLOSE_REASONS.systemShutdown)],
    ['ABORT network_failure before WELCOME', abortMessage('wamp.error.network_failure')],
    ['a violation by the router before WELCOME', resultMessage(1, {})],
  ])('%s', async (_, message) => {
    const { client, connector, clock } = make();
    client.open();
    const peer = await connector.next();
    await peer.expect(MessageType.HELLO);
    peer.say(message);
    await settle();
    expect(client.state).toBe('waiting');
    clock.advance(1_000);
    await connector.next();
  });

  test.each([
    ['GOODBYE system_shutdown', goodbyeMessage(CLOSE_REASONS.systemShutdown)],
    ['GOODBYE normal', goodbyeMessage(CLOSE_REASONS.normal)],
    ['ABORT not_authorized', abortMessage(ERROR_URIS.notAuthorized)],
    ['a violation by the router', resultMessage(1, {})],
  ])('%s, once there was a session: what is wrong for good shows in the next handshake', async (_, message) => {
    const { client, connector, clock, peer } = await makeJoined();
    peer.say(message);
    await settle();
    expect([client.state, clock.next]).toEqual(['waiting', 1_000]);
    clock.advance(1_000);
    await welcome(await connector.next());
    await client.joined();
    expect(client.state).toBe('joined');
  });
});

describe('joined()', () => {
  test('waits for the next join after a loss', async () => {
    const { client, connector, clock, peer } = await makeJoined();
    peer.drop();
    await settle();
    const again = client.joined();
    expect(await outcome(again)).toBe('pending');
    clock.advance(1_000);
    await welcome(await connector.next());
    expect(await again).toBe(client.session);
  });

  test('does not hand out a session that this side is leaving', async () => {
    const { client, session, peer } = await makeJoined();
    void session.leave();
    const joining = client.joined();
    joining.catch(() => {});
    await letGo(peer);
    expect(await failure(joining)).toBeInstanceOf(SessionNotReady);
  });

  test('and open() are refused once the client is closed', async () => {
    const { client } = make();
    await client.close();
    expect(await failure(client.joined())).toBeInstanceOf(SessionNotReady);
    expect(() => client.open()).toThrow(SessionNotReady);
  });
});

describe('closing', () => {
  test('a client that was never opened', async () => {
    const { client, connector, clock } = make();
    await client.close();
    expect(await client.closed).toEqual({});
    expect([client.state, connector.asked, clock.pending]).toEqual(['closed', 0, 0]);
  });

  test('while a connector is at work: it is told to stop, and not waited for', async () => {
    let stopped: unknown;
    const connector = new ScriptedConnector();
    connector.connect = (stop) => {
      stop.addEventListener('abort', () => {
        stopped = stop.reason;
      });
      return new Promise(() => {});
    };
    const { client, clock } = make({ connectors: [connector] });
    const joining = client.joined();
    joining.catch(() => {});
    await settle();
    await client.close();
    expect(stopped).toMatchObject({ name: 'Canceled' });
    expect(await failure(joining)).toBeInstanceOf(SessionNotReady);
    expect(await client.closed).toEqual({});
    expect(clock.pending).toBe(0);
  });

  test('a transport that a connector opens too late is closed', async () => {
    const source = new ScriptedConnector();
    let deliver = () => {};
    const late = new Promise<void>((resolve) => {
      deliver = resolve;
    });
    const connect = async (stop: Parameters<ScriptedConnector['connect']>[0]) => {
      await late;
      return source.connect(stop);
    };
    const { client } = make({ connectors: [{ address: 'late', connect }] });
    client.open();
    await client.close();
    deliver();
    const peer = await source.next();
    await settle();
    expect(peer.hungUp).toBe(true);
    expect(peer.heard).toEqual([]);
  });

  test('in the moment after the transport opened', async () => {
    const { client, connector } = make();
    client.open();
    const peer = await connector.next();
    const closing = client.close();
    await closing;
    expect(peer.hungUp).toBe(true);
    expect(await client.closed).toEqual({});
  });

  test('between HELLO and WELCOME: ABORT, and the transport is closed', async () => {
    const { client, connector, clock } = make();
    const joining = client.joined();
    joining.catch(() => {});
    const peer = await connector.next();
    await peer.expect(MessageType.HELLO);
    await client.close();
    expect(peer.heard).toMatchObject([{ type: MessageType.ABORT, reason: CLOSE_REASONS.normal }]);
    expect(peer.hungUp).toBe(true);
    expect(await failure(joining)).toBeInstanceOf(SessionNotReady);
    expect(clock.pending).toBe(0);
  });

  test.each(Array.from({ length: 16 }, (_, moments) => moments))('%i moments after WELCOME', async (moments) => {
    const ran: string[] = [];
    const hooks = { onJoin: () => ran.push('join'), onLeave: () => ran.push('leave') };
    const { client, connector, clock } = make({ hooks });
    client.open();
    const peer = await connector.next();
    await welcome(peer);
    for (let i = 0; i < moments; i++) await Promise.resolve();
    const closing = client.close();
    await settle();
    // Whether it had joined by then or not, the router is told.
    const [farewell] = peer.heard;
    expect([MessageType.ABORT, MessageType.GOODBYE]).toContain(farewell?.type);
    if (farewell?.type === MessageType.GOODBYE) peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
    await closing;
    expect(await client.closed).toEqual({});
    expect([[], ['join', 'leave']]).toContainEqual(ran);
    expect([peer.hungUp, clock.pending]).toEqual([true, 0]);
  });

  test('a joined session: GOODBYE, and then the transport', async () => {
    const { client, peer, clock, connector } = await makeJoined();
    const closing = client.close();
    await peer.expect(MessageType.GOODBYE);
    expect([peer.hungUp, client.state]).toEqual([false, 'closing']);
    peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
    await closing;
    expect(peer.hungUp).toBe(true);
    expect(await client.closed).toEqual({});
    expect([connector.asked, clock.pending]).toEqual([1, 0]);
  });

  test('a router that does not answer GOODBYE is waited for no longer than leaveTimeout', async () => {
    const { client, peer, clock } = await makeJoined({ leaveTimeout: 400 });
    const closing = client.close();
    await peer.expect(MessageType.GOODBYE);
    clock.advance(399);
    expect(await outcome(closing)).toBe('pending');
    clock.advance(1);
    await closing;
    expect([peer.hungUp, clock.pending]).toEqual([true, 0]);
  });

  test('while it waits for the next attempt', async () => {
    const { client, peer, clock } = await makeJoined();
    peer.drop();
    await settle();
    expect(client.state).toBe('waiting');
    await client.close();
    expect(await client.closed).toEqual({});
    expect(clock.pending).toBe(0);
  });

  test('a client whose session is lost at the same time ends without an error all the same', async () => {
    const { client, peer } = await makeJoined();
    const closing = client.close();
    peer.drop();
    await closing;
    expect(await client.closed).toEqual({});
  });

  test('any number of times', async () => {
    const { client, peer } = await makeJoined();
    const all = [client.close(), client.close()];
    await letGo(peer);
    await Promise.all(all);
    await client.close();
    expect(peer.heard).toEqual([]);
  });

  test('a violation by the router does not keep it from ending', async () => {
    const { client, peer } = await makeJoined();
    const closing = client.close();
    await peer.expect(MessageType.GOODBYE);
    peer.say(challengeMessage('ticket', {}));
    await closing;
    expect(await client.closed).toEqual({});
  });
});

test('a request in flight when the session is lost rejects, and is not sent again after the next join', async () => {
  const { session, client, peer, connector, clock } = await makeJoined();
  const call = session.call('com.x');
  await peer.expect(MessageType.CALL);
  peer.drop();
  expect(await failure(call)).toMatchObject({ name: 'TransportLost', executed: 'maybe', retryable: true });
  await settle();
  clock.advance(1_000);
  const second = await connector.next();
  await welcome(second);
  await client.joined();
  await settle();
  expect(second.heard).toEqual([]);
});

test('a clock or a randomness that fails ends the client, and whoever waits hears of it', async () => {
  const cause = new Error('no entropy');
  const random = () => {
    throw cause;
  };
  const { client, connector } = make({ random });
  connector.refuse(new TransportLost('refused'));
  const error = await failure(client.joined());
  expect(error).toMatchObject({ name: 'ProtocolError', side: 'local', cause });
  expect(await client.closed).toEqual({ error });
  expect(client.state).toBe('closed');
});

test('a client never becomes an unhandled rejection when nobody asks it anything', async () => {
  const { client, connector } = make({ retry: false });
  connector.refuse(new ProtocolError('no'));
  client.open();
  await settle();
  expect(client.state).toBe('closed');
});
