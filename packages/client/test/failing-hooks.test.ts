import {
  ApplicationError,
  CLOSE_REASONS,
  challengeMessage,
  ERROR_URIS,
  eventMessage,
  goodbyeMessage,
  invocationMessage,
  MessageType,
  payloadOf,
  registeredMessage,
  resultMessage,
  subscribedMessage,
  welcomeMessage,
} from '@wamp-run/protocol';
import { FakeClock, ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { Client, type Hooks, joinSession, type Session } from '../src/index.js';
import { failure, joined, NO_JITTER, ROUTER, ScriptedConnector, SESSION, settle } from './scripted.js';

/** What must never reach a router. */
const SECRET = 'hunter2';

/** The two ways in which a function fails. */
const WAYS: [string, () => Promise<never>][] = [
  [
    'throws',
    () => {
      throw new Error(SECRET);
    },
  ],
  ['rejects', () => Promise.reject(new Error(SECRET))],
];

const EVENTS = ['connect', 'join', 'ready', 'leave', 'disconnect'] as const;

/** A client with all hooks and listeners, which note that they ran; the hook or listener called `culprit` fails, too. */
function make(culprit: string, fail: () => unknown, more: Hooks = {}) {
  const ran: string[] = [];
  const reported: [string, unknown][] = [];
  const noting = (name: string, note = name) => {
    ran.push(note);
    return name === culprit ? fail() : undefined;
  };
  const clock = new FakeClock();
  const connector = new ScriptedConnector();
  const client = new Client({
    connectors: [connector],
    realm: 'realm1',
    clock,
    random: NO_JITTER,
    hooks: {
      onConnect: () => noting('onConnect'),
      onWelcome: () => noting('onWelcome'),
      onJoin: () => noting('onJoin'),
      onReady: () => noting('onReady'),
      onLeave: ({ reason, message }) =>
        noting('onLeave', `onLeave ${reason}${message === undefined ? '' : `: ${message}`}`),
      onDisconnect: () => noting('onDisconnect'),
      onRetry: ({ code }) => noting('onRetry', `onRetry ${code}`),
      onUserError: (error, what) => reported.push([what, (error as Error).message]),
      ...more,
    },
  });
  for (const event of EVENTS) client.on(event, () => noting(event));
  client.open();
  return { client, clock, connector, ran, reported };
}

type Made = ReturnType<typeof make>;

/** The router's part up to WELCOME. */
async function welcomed({ connector }: Made): Promise<ScriptedPeer> {
  const peer = await connector.next();
  await peer.expect(MessageType.HELLO);
  peer.say(welcomeMessage(SESSION, ROUTER));
  await settle();
  return peer;
}

/** Up to the lost connection, and the wait for the next attempt. */
async function wholeLife(made: Made): Promise<void> {
  const peer = await welcomed(made);
  peer.drop();
  await settle();
}

const LIFE = [
  'connect',
  'onConnect',
  'onWelcome',
  'join',
  'onJoin',
  'ready',
  'onReady',
  `onLeave ${CLOSE_REASONS.transportLost}: the connection to scripted is gone: dropped by the test`,
  'leave',
  'onDisconnect',
  'disconnect',
  'onRetry WAMP_TRANSPORT_LOST',
];

/** The router got this, and not a word of the exception. */
async function expectAbort(peer: ScriptedPeer, message: string): Promise<void> {
  const abort = await peer.expect(MessageType.ABORT);
  expect([abort.reason, abort.details]).toEqual([ERROR_URIS.cannotAuthenticate, { message }]);
  expect(JSON.stringify([abort, peer.heard])).not.toContain(SECRET);
}

test('where nothing fails, everything runs once, in this order', async () => {
  const made = make('nobody', () => {});
  await wholeLife(made);
  expect(made.ran).toEqual(LIFE);
  expect(made.reported).toEqual([]);
});

describe.each(WAYS)('that %s', (_, fail) => {
  test.each([...EVENTS])('a %s listener: reported, and everything goes on', async (event) => {
    const made = make(event, fail);
    await wholeLife(made);
    expect(made.ran).toEqual(LIFE);
    expect(made.reported).toEqual([[`listener of ${event}`, SECRET]]);
    expect(made.clock.next).toBe(1_000);
  });

  test.each(['onReady', 'onLeave', 'onDisconnect', 'onRetry'])('%s: reported, and everything goes on', async (hook) => {
    const made = make(hook, fail);
    await wholeLife(made);
    expect(made.ran).toEqual(LIFE);
    expect(made.reported).toEqual([[hook, SECRET]]);
    expect(made.clock.next).toBe(1_000);
  });

  test('onLeave: what was pending has rejected before, whatever it does', async () => {
    const order: string[] = [];
    const onLeave = () => {
      order.push('onLeave');
      return fail();
    };
    const made = make('nobody', fail, { onLeave });
    const peer = await welcomed(made);
    made.client.session.call('com.x').catch(() => order.push('rejected'));
    await peer.expect(MessageType.CALL);
    peer.drop();
    await settle();
    expect(order).toEqual(['rejected', 'onLeave']);
    expect(made.ran.slice(-4)).toEqual(['leave', 'onDisconnect', 'disconnect', 'onRetry WAMP_TRANSPORT_LOST']);
  });

  test('onConnect: reported, no HELLO, the transport is closed, and the attempt has failed', async () => {
    const made = make('onConnect', fail);
    const peer = await made.connector.next();
    await settle();
    expect([peer.heard, peer.hungUp]).toEqual([[], true]);
    expect(made.ran).toEqual(['connect', 'onConnect', 'onDisconnect', 'disconnect', 'onRetry WAMP_SESSION_ENDED']);
    expect(made.reported).toEqual([['onConnect', SECRET]]);
    expect(made.clock.next).toBe(1_000);
  });

  test('onConnect of joinSession: it rejects with the error, and the transport is closed', async () => {
    const peer = new ScriptedPeer();
    const joining = joinSession(peer.transport, { realm: 'realm1', clock: new FakeClock(), onConnect: fail });
    expect((await failure(joining)).message).toBe(SECRET);
    expect([peer.heard, peer.hungUp]).toEqual([[], true]);
  });

  test('onChallenge: reported, ABORT without its text, onLeave and leave, and another attempt', async () => {
    const made = make('nobody', fail, { onChallenge: fail });
    const peer = await made.connector.next();
    await peer.expect(MessageType.HELLO);
    peer.say(challengeMessage('ticket', {}));
    await expectAbort(peer, 'the challenge could not be answered');
    await settle();
    expect(peer.hungUp).toBe(true);
    expect(made.ran).toEqual([
      'connect',
      'onConnect',
      `onLeave ${ERROR_URIS.cannotAuthenticate}: the challenge could not be answered`,
      'leave',
      'onDisconnect',
      'disconnect',
      'onRetry WAMP_SESSION_ENDED',
    ]);
    expect(made.reported).toEqual([['onChallenge', SECRET]]);
    expect(made.clock.next).toBe(1_000);
  });

  test('onChallenge of joinSession, and of an authenticator: reported, ABORT without its text, SessionEnded', async () => {
    const authenticator = { method: 'ticket', begin: () => ({ onChallenge: fail }) };
    for (const options of [{ onChallenge: fail }, { authenticators: [authenticator] }]) {
      const peer = new ScriptedPeer();
      const reported: string[] = [];
      const onUserError = (error: unknown, what: string) => reported.push(`${what}: ${(error as Error).message}`);
      const clock = new FakeClock();
      const joining = joinSession(peer.transport, { realm: 'realm1', clock, onUserError, ...options });
      joining.catch(() => {});
      await peer.expect(MessageType.HELLO);
      peer.say(challengeMessage('ticket', {}));
      await expectAbort(peer, 'the challenge could not be answered');
      expect(await failure(joining)).toMatchObject({
        code: 'WAMP_SESSION_ENDED',
        reason: ERROR_URIS.cannotAuthenticate,
        retryable: true,
        cause: { message: SECRET },
      });
      expect(reported).toEqual([`onChallenge${'onChallenge' in options ? '' : ' of ticket'}: ${SECRET}`]);
      expect([peer.hungUp, clock.pending]).toEqual([true, 0]);
    }
  });

  test('onWelcome: reported, ABORT without its text, onLeave and leave, closed, and another attempt', async () => {
    const made = make('onWelcome', fail);
    const peer = await welcomed(made);
    await expectAbort(peer, 'WELCOME could not be verified');
    await settle();
    expect(peer.hungUp).toBe(true);
    expect(made.ran).toEqual([
      'connect',
      'onConnect',
      'onWelcome',
      `onLeave ${ERROR_URIS.cannotAuthenticate}: WELCOME could not be verified`,
      'leave',
      'onDisconnect',
      'disconnect',
      'onRetry WAMP_SESSION_ENDED',
    ]);
    expect(made.reported).toEqual([['onWelcome', SECRET]]);
    expect(made.clock.next).toBe(1_000);
  });

  test('onWelcome of joinSession, and of an authenticator: reported, ABORT without its text, SessionEnded', async () => {
    const authenticator = { method: 'ticket', begin: () => ({ onWelcome: fail }) };
    for (const options of [{ onWelcome: fail }, { authenticators: [authenticator] }]) {
      const peer = new ScriptedPeer();
      const reported: string[] = [];
      const onUserError = (error: unknown, what: string) => reported.push(`${what}: ${(error as Error).message}`);
      const clock = new FakeClock();
      const joining = joinSession(peer.transport, { realm: 'realm1', clock, onUserError, ...options });
      joining.catch(() => {});
      await peer.expect(MessageType.HELLO);
      peer.say(welcomeMessage(SESSION, { ...ROUTER, authmethod: 'ticket' }));
      await expectAbort(peer, 'WELCOME could not be verified');
      expect(await failure(joining)).toMatchObject({
        reason: ERROR_URIS.cannotAuthenticate,
        retryable: true,
        cause: { message: SECRET },
      });
      expect(reported).toEqual([`onWelcome${'onWelcome' in options ? '' : ' of ticket'}: ${SECRET}`]);
      expect([peer.hungUp, clock.pending]).toEqual([true, 0]);
    }
  });

  test('onJoin: reported, no ready, the session leaves, and the attempt has failed', async () => {
    const made = make('onJoin', fail);
    const peer = await welcomed(made);
    const goodbye = await peer.expect(MessageType.GOODBYE);
    expect(JSON.stringify(goodbye)).not.toContain(SECRET);
    peer.say(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
    await settle();
    expect(made.ran).toEqual([
      'connect',
      'onConnect',
      'onWelcome',
      'join',
      'onJoin',
      `onLeave ${CLOSE_REASONS.normal}`,
      'leave',
      'onDisconnect',
      'disconnect',
      'onRetry WAMP_SESSION_ENDED',
    ]);
    expect(made.reported).toEqual([['onJoin', SECRET]]);
    expect(made.clock.next).toBe(1_000);
  });
});

describe('that is no exception', () => {
  test.each([undefined, null, 7, new Uint8Array(1)])(
    'onChallenge answering %s: ABORT, onLeave, leave, and the end',
    async (answer) => {
      const made = make('nobody', () => {}, { onChallenge: () => answer as never });
      const peer = await made.connector.next();
      await peer.expect(MessageType.HELLO);
      peer.say(challengeMessage('ticket', {}));
      await expectAbort(peer, 'the challenge could not be answered');
      expect((await made.client.closed).error).toMatchObject({
        reason: ERROR_URIS.cannotAuthenticate,
        retryable: false,
      });
      expect(made.ran.slice(2)).toEqual([
        `onLeave ${ERROR_URIS.cannotAuthenticate}: the challenge could not be answered`,
        'leave',
        'onDisconnect',
        'disconnect',
      ]);
      expect(made.reported).toEqual([['onChallenge', expect.stringContaining('expected a signature')]]);
    },
  );

  test.each([
    ['the router is an impostor', 'the router is an impostor'],
    [false, 'WELCOME was refused'],
  ])('onWelcome answering %s: ABORT, onLeave, leave, and the end', async (answer, text) => {
    const made = make('nobody', () => {}, { onWelcome: () => answer });
    const peer = await welcomed(made);
    await expectAbort(peer, text);
    expect((await made.client.closed).error).toMatchObject({ reason: ERROR_URIS.cannotAuthenticate, retryable: false });
    expect(peer.hungUp).toBe(true);
    expect(made.ran.slice(2)).toEqual([
      `onLeave ${ERROR_URIS.cannotAuthenticate}: ${text}`,
      'leave',
      'onDisconnect',
      'disconnect',
    ]);
    expect(made.reported).toEqual([]);
  });

  test('a WampError that is not retryable, thrown in onChallenge: the end', async () => {
    const made = make('nobody', () => {}, {
      onChallenge: () => {
        throw new ApplicationError('com.shop.error.no_such_key', [SECRET]);
      },
    });
    const peer = await made.connector.next();
    await peer.expect(MessageType.HELLO);
    peer.say(challengeMessage('ticket', {}));
    await expectAbort(peer, 'the challenge could not be answered');
    expect((await made.client.closed).error).toMatchObject({ cause: { error: 'com.shop.error.no_such_key' } });
  });
});

/** A session, and the router at its other end: of joinSession, and of a client. */
const SESSIONS: [string, () => Promise<{ session: Session; peer: ScriptedPeer; reported: unknown[] }>][] = [
  [
    'of joinSession',
    async () => {
      const { session, peer, reported } = await joined();
      return { session, peer, reported };
    },
  ],
  [
    'of a client',
    async () => {
      const made = make('nobody', () => {});
      const peer = await welcomed(made);
      return { session: made.client.session, peer, reported: made.reported };
    },
  ],
];

describe.each(SESSIONS)('on the session %s', (_, begin) => {
  test.each(WAYS)('an event handler that %s: reported, and further events come', async (_, fail) => {
    const { session, peer, reported } = await begin();
    let calls = 0;
    const subscribing = session.subscribe('com.t', () => {
      calls++;
      return fail();
    });
    peer.say(subscribedMessage((await peer.expect(MessageType.SUBSCRIBE)).request, 300));
    await subscribing;
    for (const publication of [1, 2]) peer.say(eventMessage(300, publication, {}));
    await settle();
    expect([calls, reported.length, session.isAttached, peer.heard]).toEqual([2, 2, true, []]);
  });

  test.each(WAYS)('a procedure that %s: reported, and the caller gets ERROR without its text', async (_, fail) => {
    const { session, peer, reported } = await begin();
    const registering = session.register('com.p', fail);
    peer.say(registeredMessage((await peer.expect(MessageType.REGISTER)).request, 200));
    await registering;
    peer.say(invocationMessage(1, 200, {}));
    const error = await peer.expect(MessageType.ERROR);
    expect(error.error).toBe(ERROR_URIS.runtimeError);
    expect(JSON.stringify(error)).not.toContain(SECRET);
    expect([reported.length, session.isAttached]).toEqual([1, true]);
  });

  test.each(WAYS)('onProgress that %s: reported, and the call goes on', async (_, fail) => {
    const { session, peer, reported } = await begin();
    const calling = session.call('com.x', [], { onProgress: fail });
    const { request } = await peer.expect(MessageType.CALL);
    peer.say(resultMessage(request, { progress: true }, payloadOf([1], {})));
    peer.say(resultMessage(request, {}, payloadOf([2], {})));
    expect(await calling).toBe(2);
    await settle();
    expect([reported.length, session.isAttached]).toEqual([1, true]);
  });
});
