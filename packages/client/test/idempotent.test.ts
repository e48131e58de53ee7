import {
  ApplicationError,
  abortMessage,
  Canceled,
  type Dict,
  ERROR_URIS,
  errorMessage,
  goodbyeMessage,
  InvalidConfiguration,
  MessageType,
  resultMessage,
  Timeout,
  TransportLost,
} from '@wamp-run/protocol';
import { FakeClock, type ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { type CallResult, Client, type ClientOptions, type Interceptor } from '../src/index.js';
import { CountedStop, failure, NO_JITTER, outcome, ROUTER, ScriptedConnector, settle, welcome } from './scripted.js';

/** A client that has joined, and the routers that it meets. */
async function client(options: Partial<ClientOptions> = {}, details: Dict = ROUTER) {
  const clock = new FakeClock();
  const connector = new ScriptedConnector();
  const made = new Client({ connectors: [connector], realm: 'realm1', clock, random: NO_JITTER, ...options });
  const join = async (): Promise<ScriptedPeer> => {
    const peer = await connector.next();
    await welcome(peer, details);
    await made.joined();
    return peer;
  };
  /** The connection is lost; the client joins the next router one second later. */
  const rejoin = async (peer: ScriptedPeer): Promise<ScriptedPeer> => {
    peer.drop();
    await settle();
    clock.advance(1_000);
    return join();
  };
  made.open();
  return { client: made, session: made.session, clock, connector, join, rejoin, peer: await join() };
}

/** A promise whose rejection is looked at later. */
function watched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

const ONCE_MORE = { idempotent: true } as const;

/** The router refuses the call that came last with this. */
async function refuse(peer: ScriptedPeer, error: string): Promise<void> {
  const { request } = await peer.expect(MessageType.CALL);
  peer.say(errorMessage(MessageType.CALL, request, error));
  await settle();
}

describe('a call that is under way when its session is lost', () => {
  test('rejects where nothing is said of it, and says that it may have been executed', async () => {
    const { session, peer, rejoin } = await client();
    const call = watched(session.call('com.x'));
    const second = await rejoin(peer);
    const error = await failure(call);
    expect(error).toBeInstanceOf(TransportLost);
    expect(error.executed).toBe('maybe');
    await settle();
    expect(second.heard).toEqual([]);
  });

  test('is made again at the next session where it is idempotent, with the arguments that it was made with', async () => {
    const { session, peer, rejoin } = await client();
    const list = [1];
    const call = watched(session.call('com.x', [list], { ...ONCE_MORE, kwargs: { a: 1 }, discloseMe: true }));
    await peer.expect(MessageType.CALL);
    list.push(2);
    const second = await rejoin(peer);
    expect(await second.expect(MessageType.CALL)).toMatchObject({
      request: 1,
      procedure: 'com.x',
      options: { disclose_me: true },
      payload: { args: [[1]], kwargs: { a: 1 } },
    });
    second.say(resultMessage(1, {}, { args: ['done'], kwargs: {} }));
    expect(await call).toBe('done');
  });

  test.each<[string, (peer: ScriptedPeer) => void]>([
    ['the router says goodbye', (peer) => peer.say(goodbyeMessage('wamp.close.system_shutdown'))],
    ['the router aborts it', (peer) => peer.say(abortMessage('wamp.error.protocol_violation'))],
    ['the router breaks the protocol', (peer) => peer.say(resultMessage(99, {}))],
  ])('also where %s', async (_, end) => {
    const { session, peer, join, clock } = await client();
    const call = watched(session.call('com.x', [], ONCE_MORE));
    await peer.expect(MessageType.CALL);
    end(peer);
    await settle();
    clock.advance(1_000);
    const second = await join();
    await second.expect(MessageType.CALL);
    second.say(resultMessage(1, {}, { args: [1], kwargs: {} }));
    expect(await call).toBe(1);
  });

  test('goes on as soon as there is a session, and not before; what it waits by is let go', async () => {
    const { session, peer, join, clock } = await client({ callRetry: { initialRetryDelay: 5_000 } });
    const stop = new CountedStop();
    const call = watched(session.call('com.x', [], { ...ONCE_MORE, signal: stop }));
    await peer.expect(MessageType.CALL);
    peer.drop();
    await settle();
    expect(stop.listeners.size).toBe(1);
    clock.advance(1_000);
    const second = await join();
    await second.expect(MessageType.CALL);
    second.say(resultMessage(1, {}, { args: [1], kwargs: {} }));
    expect(await call).toBe(1);
    expect(stop.listeners.size).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('is not made again where progress has come, and is where none has', async () => {
    const { session, peer, rejoin } = await client();
    const parts: unknown[] = [];
    const onProgress = (part: CallResult) => parts.push(part.results[0]);
    const begun = watched(session.call('com.x', [], { ...ONCE_MORE, onProgress }));
    const silent = watched(session.call('com.y', [], { ...ONCE_MORE, onProgress }));
    peer.say(resultMessage(1, { progress: true }, { args: [1], kwargs: {} }));
    await settle();
    const second = await rejoin(peer);
    expect(await failure(begun)).toMatchObject({ code: 'WAMP_TRANSPORT_LOST', executed: 'maybe' });
    expect(await second.expect(MessageType.CALL)).toMatchObject({
      procedure: 'com.y',
      options: { receive_progress: true },
    });
    second.say(resultMessage(1, { progress: true }, { args: [2], kwargs: {} }));
    second.say(resultMessage(1, {}));
    await silent;
    expect(parts).toEqual([1, 2]);
  });

  test('is not made again where its arguments come one list after another', async () => {
    const takesLists = { roles: { broker: {}, dealer: { features: { progressive_call_invocations: true } } } };
    const { session, peer } = await client({}, takesLists);
    async function* lists() {
      yield [1];
      await new Promise(() => {});
    }
    const call = watched(session.call('com.x', lists(), ONCE_MORE));
    await settle();
    peer.drop();
    expect(await failure(call)).toMatchObject({ executed: 'maybe' });
  });
});

describe('an idempotent call that nobody takes', () => {
  test.each([
    ERROR_URIS.noAvailableCallee,
    ERROR_URIS.unavailable,
    ERROR_URIS.noSuchProcedure,
    ERROR_URIS.canceled,
    ERROR_URIS.authorizationFailed,
    'wamp.error.network_failure',
  ])('is made again after %s, each time later', async (uri) => {
    const { session, peer, clock } = await client();
    const call = watched(session.call('com.x', [], ONCE_MORE));
    for (const delay of [100, 200, 400]) {
      await refuse(peer, uri);
      clock.advance(delay - 1);
      await settle();
      expect(peer.heard).toEqual([]);
      clock.advance(1);
    }
    const { request } = await peer.expect(MessageType.CALL);
    peer.say(resultMessage(request, {}, { args: [1], kwargs: {} }));
    expect(await call).toBe(1);
    expect(clock.pending).toBe(0);
  });

  test.each([
    'com.app.error.out_of_stock',
    ERROR_URIS.typeCheckError,
    ERROR_URIS.invalidArgument,
    ERROR_URIS.runtimeError,
    ERROR_URIS.notAuthorized,
    ERROR_URIS.timeout,
  ])('is not made again after %s', async (uri) => {
    const { session, peer, clock } = await client();
    const call = watched(session.call('com.x', [], ONCE_MORE));
    await refuse(peer, uri);
    expect(await failure(call)).toMatchObject({ error: uri });
    expect(clock.pending).toBe(0);
  });

  test('an error class of the application stands for the same answers', async () => {
    class Busy extends Error {}
    class Sold extends Error {}
    const { session, peer, clock } = await client();
    session.define(Busy, ERROR_URIS.unavailable);
    session.define(Sold, 'com.app.error.sold');
    const call = watched(session.call('com.x', [], ONCE_MORE));
    await refuse(peer, ERROR_URIS.unavailable);
    clock.advance(100);
    await refuse(peer, 'com.app.error.sold');
    expect(await failure(call)).toBeInstanceOf(Sold);
    expect(clock.pending).toBe(0);
  });

  test('is given up after as many attempts as the policy says, with the last error', async () => {
    const { session, peer, clock } = await client({ callRetry: { maxRetries: 2, initialRetryDelay: 10 } });
    const call = watched(session.call('com.x', [], ONCE_MORE));
    await refuse(peer, ERROR_URIS.unavailable);
    clock.advance(10);
    await refuse(peer, ERROR_URIS.unavailable);
    clock.advance(20);
    await refuse(peer, ERROR_URIS.noAvailableCallee);
    expect(await failure(call)).toMatchObject({ error: ERROR_URIS.noAvailableCallee, executed: 'no' });
    const never = watched(session.call('com.x', [], { ...ONCE_MORE, retry: false }));
    await refuse(peer, ERROR_URIS.unavailable);
    expect(await failure(never)).toBeInstanceOf(ApplicationError);
    const own = watched(session.call('com.x', [], { ...ONCE_MORE, retry: { initialRetryDelay: 7 } }));
    await refuse(peer, ERROR_URIS.unavailable);
    clock.advance(7);
    await peer.expect(MessageType.CALL);
    expect(await outcome(own)).toBe('pending');
  });

  test('delays are spread at random', async () => {
    const { session, peer, clock } = await client({ random: (n) => new Uint8Array(n) });
    const call = watched(session.call('com.x', [], ONCE_MORE));
    await refuse(peer, ERROR_URIS.unavailable);
    expect(clock.next).toBe(clock.now() + 50);
    clock.advance(50);
    await peer.expect(MessageType.CALL);
    expect(await outcome(call)).toBe('pending');
  });
});

describe('the time of an idempotent call', () => {
  test('is for all attempts together: each has what is left', async () => {
    const keeps = { roles: { broker: {}, dealer: { features: { call_timeout: true } } } };
    const { session, peer, clock } = await client({ callTimeout: 1_000 }, keeps);
    const call = watched(session.call('com.x', [], ONCE_MORE));
    clock.advance(300);
    const first = await peer.expect(MessageType.CALL);
    expect(first.options).toEqual({ timeout: 1_000 });
    peer.say(errorMessage(MessageType.CALL, 1, ERROR_URIS.unavailable));
    await settle();
    clock.advance(100);
    const second = await peer.expect(MessageType.CALL);
    expect(second.options).toEqual({ timeout: 600 });
    clock.advance(600);
    const error = await failure(call);
    expect(error).toBeInstanceOf(Timeout);
    expect(error).toMatchObject({ message: 'com.x did not answer within 1000 ms, in 2 attempts', executed: 'maybe' });
    await settle();
    expect(peer.heard.filter(({ type }) => type === MessageType.CALL)).toEqual([]);
  });

  test('does not begin an attempt that it has no time for', async () => {
    const { session, peer, clock } = await client();
    const call = watched(session.call('com.x', [], { ...ONCE_MORE, timeout: 90 }));
    await refuse(peer, ERROR_URIS.unavailable);
    expect(await failure(call)).toMatchObject({ error: ERROR_URIS.unavailable });
    expect(clock.pending).toBe(0);
  });

  test('ends the wait for a session; what an earlier attempt may have done is not forgotten', async () => {
    const { session, peer, clock, connector } = await client();
    connector.refuse(...Array.from({ length: 9 }, () => new TransportLost('refused')));
    const call = watched(session.call('com.x', [], { ...ONCE_MORE, timeout: 2_000 }));
    await peer.expect(MessageType.CALL);
    peer.drop();
    for (let waited = 0; waited < 2_000; waited += 50) {
      expect(await outcome(call)).toBe('pending');
      clock.advance(50);
      await settle();
    }
    expect(await failure(call)).toMatchObject({ code: 'WAMP_TIMEOUT', executed: 'maybe' });
  });

  test('without one, the number of attempts is the end: executed says how far any of them came', async () => {
    const { session, peer, clock, connector } = await client({ callRetry: { maxRetries: 2, initialRetryDelay: 10 } });
    connector.refuse(...Array.from({ length: 9 }, () => new TransportLost('refused')));
    const sent = watched(session.call('com.x', [], ONCE_MORE));
    await peer.expect(MessageType.CALL);
    peer.drop();
    await settle();
    const unsent = watched(session.call('com.x', [], ONCE_MORE));
    for (let waited = 0; waited < 60; waited += 10) {
      clock.advance(10);
      await settle();
    }
    const error = await failure(sent);
    expect(error).toMatchObject({ code: 'WAMP_SESSION_NOT_READY', executed: 'maybe' });
    expect(error).toBeInstanceOf(Error);
    expect(await failure(unsent)).toMatchObject({ code: 'WAMP_SESSION_NOT_READY', executed: 'no' });
  });
});

describe('what ends an idempotent call between two attempts', () => {
  test('its signal', async () => {
    const { session, peer, clock } = await client();
    const stop = new CountedStop();
    const call = watched(session.call('com.x', [], { ...ONCE_MORE, signal: stop }));
    await refuse(peer, ERROR_URIS.canceled);
    stop.abort('enough');
    const error = await failure(call);
    expect(error).toBeInstanceOf(Canceled);
    expect(error).toMatchObject({ cause: 'enough', executed: 'maybe' });
    expect(clock.pending).toBe(0);
    expect(stop.listeners.size).toBe(0);
  });

  test('the end of the client', async () => {
    const { client: made, session, peer, clock } = await client();
    const call = watched(session.call('com.x', [], { ...ONCE_MORE, timeout: 60_000 }));
    await peer.expect(MessageType.CALL);
    const closing = made.close();
    await peer.expect(MessageType.GOODBYE);
    peer.say(goodbyeMessage('wamp.close.goodbye_and_out'));
    await closing;
    expect(await failure(call)).toMatchObject({ executed: 'maybe' });
    expect(clock.pending).toBe(0);
    expect(await failure(session.call('com.x', [], ONCE_MORE))).toMatchObject({ code: 'WAMP_SESSION_NOT_READY' });
    expect(clock.pending).toBe(0);
  });
});

describe('beside interceptors and the queue', () => {
  test('an interceptor sees the call once, however many attempts there are, also where it had to wait', async () => {
    const seen: string[] = [];
    const counting: Interceptor = {
      call: (call, next) => {
        seen.push(call.procedure);
        return next();
      },
      publication: (publication, next) => {
        seen.push(publication.topic);
        return next();
      },
    };
    const { session, peer, rejoin } = await client({ interceptors: [counting], whileDisconnected: 'queue' });
    const call = watched(session.call('com.x', [], ONCE_MORE));
    await peer.expect(MessageType.CALL);
    peer.drop();
    await settle();
    const queued = watched(session.call('com.y'));
    session.publish('com.t');
    const second = await rejoin(peer);
    const sent = [await second.next(), await second.next(), await second.next()];
    expect(sent.map(({ type }) => type)).toEqual([MessageType.CALL, MessageType.PUBLISH, MessageType.CALL]);
    expect(seen).toEqual(['com.x', 'com.y', 'com.t']);
    for (const { type, ...message } of sent) {
      if (type === MessageType.CALL) second.say(resultMessage((message as { request: number }).request, {}));
    }
    await Promise.all([call, queued]);
  });
});

describe('who says that a procedure is idempotent', () => {
  interface Shop {
    list(): string[];
    buy(what: string): number;
  }

  test('whoever calls, for all methods or by their names', async () => {
    const { session, peer, clock } = await client();
    const named = session.remote<Shop>('com.shop', { idempotent: { list: true }, retry: { initialRetryDelay: 5 } });
    const list = watched(named.list());
    await refuse(peer, ERROR_URIS.unavailable);
    clock.advance(5);
    await refuse(peer, ERROR_URIS.unavailable);
    expect(await outcome(list)).toBe('pending');
    const buy = watched(named.buy('tea'));
    await refuse(peer, ERROR_URIS.unavailable);
    expect(await failure(buy)).toBeInstanceOf(ApplicationError);
    const all = watched(session.remote<Shop>('com.shop', { idempotent: true }).buy('tea'));
    await refuse(peer, ERROR_URIS.unavailable);
    expect(await outcome(all)).toBe('pending');
  });

  test('retry without it is refused, and what is no policy too', async () => {
    const { session } = await client();
    const error = await failure(session.call('com.x', [], { retry: { maxRetries: 1 } }));
    expect(error).toBeInstanceOf(InvalidConfiguration);
    expect(error.message).toContain('say idempotent: true');
    expect(await failure(session.call('com.x', [], { ...ONCE_MORE, retry: { maxRetry: 1 } as never }))).toMatchObject({
      message: 'callRetry.maxRetry: there is no such option; did you mean maxRetries?',
    });
    expect(await failure(session.call('com.x', [], { idempotent: 1 as never }))).toBeInstanceOf(InvalidConfiguration);
    const clock = new FakeClock();
    const options = { connectors: [new ScriptedConnector()], realm: 'realm1', clock, random: NO_JITTER };
    expect(() => new Client({ ...options, callRetry: { retryDelayGrowth: 0 } })).toThrow(/callRetry\.retryDelayGrowth/);
  });
});
