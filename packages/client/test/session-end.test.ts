import {
  abortMessage,
  CLOSE_REASONS,
  ERROR_URIS,
  goodbyeMessage,
  InvalidUriError,
  invocationMessage,
  MessageType,
  ProtocolError,
  registeredMessage,
  resultMessage,
  SessionEnded,
  SessionNotReady,
  subscribedMessage,
  TransportLost,
} from '@wamp-run/protocol';
import { FakeClock, type ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { type CallDetails, Client, type CloseDetails, type RegisterOptions, Session } from '../src/index.js';
import {
  CountedStop,
  failure,
  joined,
  NO_JITTER,
  outcome,
  ROUTER,
  ScriptedConnector,
  settle,
  welcome,
} from './scripted.js';

/** A session in the middle of its work, with the router at its other end. */
interface Busy {
  readonly session: Session;
  readonly peer: ScriptedPeer;
  readonly clock: FakeClock;
  readonly stop: CountedStop;
  /** Ends the client; undefined for a session without one. */
  readonly client: Client | undefined;
  ended(): Promise<CloseDetails>;
}

type Begin = () => Promise<Busy>;

const alone: Begin = async () => {
  const { session, peer, clock } = await joined();
  const ended = async () => (await session.ended).details;
  return { session, peer, clock, stop: new CountedStop(), client: undefined, ended };
};

const ofClient: Begin = async () => {
  const clock = new FakeClock();
  const connector = new ScriptedConnector();
  let left: (details: CloseDetails) => void = () => {};
  const leaving = new Promise<CloseDetails>((resolve) => {
    left = resolve;
  });
  const hooks = { onLeave: (details: CloseDetails) => left(details) };
  const client = new Client({
    connectors: [connector],
    realm: 'realm1',
    clock,
    random: NO_JITTER,
    retry: false,
    hooks,
  });
  const joining = client.joined();
  const peer = await connector.next();
  await welcome(peer, ROUTER);
  return { session: await joining, peer, clock, stop: new CountedStop(), client, ended: () => leaving };
};

/** Wrapped, so that awaiting the way there does not await the request itself. */
interface Pending {
  readonly request: Promise<unknown>;
}

/** What can be under way when a session ends: each gives the promise that has to settle. */
const PENDING: Record<string, (busy: Busy) => Promise<Pending>> = {
  'a call': async ({ session }) => ({ request: session.call('com.x') }),
  'a call with a timeout and a signal': async ({ session, stop }) => ({
    request: session.call('com.x', [], { signal: stop, timeout: 1e6 }),
  }),
  'a call that has had progress': async ({ session, stop, peer }) => {
    const options = { signal: stop, timeout: 1e6, onProgress: () => {} };
    const request = session.call('com.x', [], options);
    peer.say(resultMessage((await peer.expect(MessageType.CALL)).request, { progress: true }));
    await settle();
    return { request };
  },
  'a publication': async ({ session }) => ({ request: session.publish('com.t', [], { acknowledge: true }) }),
  'a registration': async ({ session }) => ({ request: session.register('com.p', () => {}) }),
  'a subscription': async ({ session }) => ({ request: session.subscribe('com.t', () => {}) }),
  'the second handler of a subscription': async ({ session }) => {
    session.subscribe('com.t', () => {}).catch(() => {});
    return { request: session.subscribe('com.t', () => {}) };
  },
  'an unregistration': async ({ session, peer }) => {
    const registering = session.register('com.p', () => {});
    peer.say(registeredMessage((await peer.expect(MessageType.REGISTER)).request, 200));
    const registration = await registering;
    return { request: registration.unregister() };
  },
  'an unsubscription': async ({ session, peer }) => {
    const subscribing = session.subscribe('com.t', () => {});
    peer.say(subscribedMessage((await peer.expect(MessageType.SUBSCRIBE)).request, 300));
    const subscription = await subscribing;
    return { request: subscription.unsubscribe() };
  },
  'an invocation': async ({ session, peer }) => {
    let request: Promise<never> | undefined;
    const handler = (_args: unknown, _kwargs: unknown, { signal }: CallDetails) => {
      request = new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
      return request;
    };
    const registering = session.register('com.p', handler);
    peer.say(registeredMessage((await peer.expect(MessageType.REGISTER)).request, 200));
    await registering;
    peer.say(invocationMessage(1, 200, {}));
    await settle();
    return { request: request as Promise<never> };
  },
};

interface Ending {
  run(busy: Busy): Promise<void> | void;
  readonly error: new (...args: never[]) => Error;
  /** The reason of the error (where it has one), and of the close details. */
  readonly reason: string;
}

const garbage = new ProtocolError('message: expected list, got string');

/** All the ways in which a session ends. */
const ENDINGS: Record<string, Ending> = {
  'the connection breaks': {
    run: ({ peer }) => peer.drop(),
    error: TransportLost,
    reason: CLOSE_REASONS.transportLost,
  },
  'the connection is closed without GOODBYE': {
    run: ({ peer }) => peer.drop({ clean: true, reason: 'closed by the peer' }),
    error: TransportLost,
    reason: CLOSE_REASONS.transportLost,
  },
  'what arrives is no message': {
    run: ({ peer }) => peer.drop({ clean: false, reason: 'no message', error: garbage }),
    error: ProtocolError,
    reason: ERROR_URIS.protocolViolation,
  },
  'the router says GOODBYE': {
    run: ({ peer }) => peer.say(goodbyeMessage(CLOSE_REASONS.systemShutdown)),
    error: SessionEnded,
    reason: CLOSE_REASONS.systemShutdown,
  },
  'the router says GOODBYE in old words': {
    run: ({ peer }) => peer.say(goodbyeMessage('wamp.error.close_realm')),
    error: SessionEnded,
    reason: CLOSE_REASONS.closeRealm,
  },
  'the router says ABORT': {
    run: ({ peer }) => peer.say(abortMessage(ERROR_URIS.protocolViolation)),
    error: SessionEnded,
    reason: ERROR_URIS.protocolViolation,
  },
  'the router breaks the protocol': {
    run: ({ peer }) => peer.say(resultMessage(99, {})),
    error: ProtocolError,
    reason: ERROR_URIS.protocolViolation,
  },
  'this side leaves': {
    run: async ({ session, peer }) => {
      session.leave().catch(() => {});
      await settle();
      peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
    },
    error: SessionEnded,
    reason: CLOSE_REASONS.normal,
  },
  'this side leaves, and the router does not answer': {
    run: async ({ session, clock }) => {
      session.leave().catch(() => {});
      clock.advance(5_000);
    },
    error: SessionEnded,
    reason: CLOSE_REASONS.normal,
  },
  'this side disconnects': {
    run: ({ session }) => session.disconnect(),
    error: TransportLost,
    reason: CLOSE_REASONS.transportLost,
  },
  'this side leaves, and disconnects without waiting': {
    run: ({ session }) => {
      session.leave().catch(() => {});
      return session.disconnect();
    },
    error: SessionEnded,
    reason: CLOSE_REASONS.normal,
  },
  'this side leaves, and the connection breaks': {
    run: ({ session, peer }) => {
      session.leave().catch(() => {});
      peer.drop();
    },
    error: SessionEnded,
    reason: CLOSE_REASONS.normal,
  },
};

const CLOSING: Record<string, Ending> = {
  ...ENDINGS,
  'the client is closed': {
    run: async ({ client, peer }) => {
      void client?.close();
      await settle();
      peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
    },
    error: SessionEnded,
    reason: CLOSE_REASONS.normal,
  },
};

/** The suite: throws where something is left over when a session has ended in this way with this under way. */
async function checkEnding(begin: Begin, kind: string, ending: Ending): Promise<void> {
  const busy = await begin();
  const start = PENDING[kind] as (busy: Busy) => Promise<Pending>;
  const pending = (await start(busy)).request;
  expect(await outcome(pending)).toBe('pending');
  await ending.run(busy);
  const error = await failure(pending);
  expect(error).toBeInstanceOf(ending.error);
  expect(error.executed).toBe('maybe');
  if (error instanceof SessionEnded) expect(error.reason).toBe(ending.reason);
  expect((await busy.ended()).reason).toBe(ending.reason);
  expect(busy.session.details).toBeUndefined();
  expect(await failure(busy.session.call('com.x'))).toBeInstanceOf(SessionNotReady);
  expect(() => busy.session.publish('com.t')).toThrow(SessionNotReady);
  await settle();
  expect(busy.peer.hungUp).toBe(true);
  expect(busy.stop.listeners.size).toBe(0);
  expect(busy.clock.pending).toBe(0);
}

describe.each(Object.keys(PENDING))('with %s pending, everything settles and nothing is left when', (kind) => {
  test.each(Object.keys(ENDINGS))('%s', (how) => checkEnding(alone, kind, ENDINGS[how] as Ending));
  test.each(Object.keys(CLOSING))('%s (through a client)', (how) =>
    checkEnding(ofClient, kind, CLOSING[how] as Ending),
  );
});

/** A session that forgets its requests when it ends, as Autobahn's does. */
class Forgetful extends Session {
  constructor(private readonly real: Session) {
    super();
  }
  get details() {
    return this.real.details;
  }
  get isConnected() {
    return this.real.isConnected;
  }
  get isAttached() {
    return this.real.isAttached;
  }
  #forget<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve) => {
      promise.then(resolve, () => {});
    });
  }
  call(...args: Parameters<Session['call']>) {
    return this.#forget<never>(this.real.call(...args));
  }
  register(procedure: string, handler: never, options?: RegisterOptions) {
    return this.#forget(this.real.register(procedure, handler, options));
  }
  subscribe(...args: Parameters<Session['subscribe']>) {
    return this.#forget(this.real.subscribe(...args));
  }
  publish(topic: string) {
    return this.#forget(this.real.publish(topic, [], { acknowledge: true }));
  }
  define(...args: Parameters<Session['define']>) {
    this.real.define(...args);
  }
  setPayloadCodec(...args: Parameters<Session['setPayloadCodec']>) {
    this.real.setPayloadCodec(...args);
  }
  getPayloadCodec() {
    return this.real.getPayloadCodec();
  }
  leave() {
    return this.real.leave();
  }
  disconnect() {
    return this.real.disconnect();
  }
}

describe('the suite above rejects', () => {
  test.each(['a call', 'a publication', 'a registration', 'a subscription'])(
    'a session that forgets %s',
    async (kind) => {
      const forgetful: Begin = async () => {
        const busy = await alone();
        return { ...busy, session: new Forgetful(busy.session) };
      };
      for (const ending of Object.values(ENDINGS)) {
        await expect(checkEnding(forgetful, kind, ending)).rejects.toThrow('expected a rejection');
      }
    },
  );
});

describe('the end of a session', () => {
  test('GOODBYE is answered, and then this side closes the transport', async () => {
    const { session, peer } = await joined();
    peer.say(goodbyeMessage(CLOSE_REASONS.systemShutdown, { message: 'back at six' }));
    expect(await peer.expect(MessageType.GOODBYE)).toMatchObject({ reason: CLOSE_REASONS.goodbyeAndOut });
    expect(await session.ended).toMatchObject({
      details: { reason: CLOSE_REASONS.systemShutdown, message: 'back at six' },
      error: { retryable: true },
      own: false,
    });
    await session.disconnected;
    expect(peer.hungUp).toBe(true);
  });

  test('ABORT is not answered', async () => {
    const { session, peer } = await joined();
    peer.say(abortMessage('wamp.close.killed'));
    await session.ended;
    expect(peer.heard).toEqual([]);
  });

  test('a violation is answered with ABORT that says what it was', async () => {
    const { peer } = await joined();
    peer.say(resultMessage(99, {}));
    const abort = await peer.expect(MessageType.ABORT);
    expect(abort.reason).toBe(ERROR_URIS.protocolViolation);
    expect(abort.details.message).toBe('received RESULT for request 99, which does not wait for one');
  });

  test('leave sends GOODBYE with the reason and the message, and resolves with the answer', async () => {
    const { session, peer } = await joined();
    const leaving = session.leave('com.example.moving', 'to another town');
    expect(await peer.expect(MessageType.GOODBYE)).toEqual({
      type: MessageType.GOODBYE,
      reason: 'com.example.moving',
      details: { message: 'to another town' },
    });
    expect(await outcome(leaving)).toBe('pending');
    expect(peer.hungUp).toBe(false);
    peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
    await leaving;
    expect(await session.ended).toMatchObject({ details: { reason: 'com.example.moving' }, own: true });
    expect(peer.heard).toEqual([]);
  });

  test('leaving twice, or after the end, is harmless; a reason that is no URI is refused', async () => {
    const { session, peer } = await joined();
    expect(await failure(session.leave('not a uri'))).toBeInstanceOf(InvalidUriError);
    const both = [session.leave(), session.leave()];
    await peer.expect(MessageType.GOODBYE);
    peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
    await Promise.all(both);
    await session.leave();
    expect(peer.heard).toEqual([]);
  });

  test('when both say GOODBYE, each is the answer to the other', async () => {
    const { session, peer } = await joined();
    peer.say(goodbyeMessage(CLOSE_REASONS.systemShutdown));
    const leaving = session.leave();
    await leaving;
    expect(peer.heard).toMatchObject([{ type: MessageType.GOODBYE, reason: CLOSE_REASONS.normal }]);
  });

  test('after GOODBYE what still comes is let past', async () => {
    const { session, peer } = await joined();
    const call = session.call('com.x');
    await peer.expect(MessageType.CALL);
    const leaving = session.leave();
    await peer.expect(MessageType.GOODBYE);
    expect(await failure(call)).toBeInstanceOf(SessionEnded);
    peer.say(resultMessage(1, {}));
    peer.say(invocationMessage(1, 200, {}));
    peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
    await leaving;
    expect(peer.heard).toEqual([]);
  });

  test('leaveTimeout is what the router has to answer, and the transport to close', async () => {
    const { session, peer, clock } = await joined({ leaveTimeout: 800 });
    peer.transport.close = () => new Promise(() => {});
    const leaving = session.leave();
    clock.advance(799);
    expect(await outcome(leaving)).toBe('pending');
    clock.advance(1);
    await leaving;
    expect(await outcome(session.disconnected)).toBe('pending');
    clock.advance(800);
    await session.disconnected;
    expect(clock.pending).toBe(0);
  });

  test.each([
    ['rejects', () => Promise.reject(new Error('no'))],
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
  ])('a transport whose close %s counts as closed', async (_, close) => {
    const { session, peer, clock } = await joined();
    peer.transport.close = close;
    peer.say(abortMessage('wamp.close.killed'));
    await session.disconnected;
    expect(clock.pending).toBe(0);
  });

  test('a GOODBYE that cannot be sent is not waited for', async () => {
    const { session, peer, clock } = await joined();
    peer.transport.send = () => {
      throw new Error('too long');
    };
    await session.leave(`com.${'x'.repeat(1_000)}`);
    await session.disconnected;
    expect(await session.ended).toMatchObject({ own: true });
    expect([peer.hungUp, clock.pending]).toEqual([true, 0]);
  });

  test('registrations and subscriptions are no longer active', async () => {
    const { session, peer } = await joined();
    const registering = session.register('com.p', () => {});
    peer.say(registeredMessage((await peer.expect(MessageType.REGISTER)).request, 200));
    const subscribing = session.subscribe('com.t', () => {});
    peer.say(subscribedMessage((await peer.expect(MessageType.SUBSCRIBE)).request, 300));
    const [registration, subscription] = [await registering, await subscribing];
    peer.drop();
    await session.ended;
    expect([registration.active, subscription.active]).toEqual([false, false]);
    await registration.unregister();
    await subscription.unsubscribe();
    expect(peer.heard).toEqual([]);
  });
});
