import {
  abortMessage,
  Canceled,
  CLOSE_REASONS,
  challengeMessage,
  ERROR_URIS,
  eventMessage,
  goodbyeMessage,
  InvalidConfiguration,
  InvalidUriError,
  MessageType,
  PeerRoles,
  ProtocolError,
  SessionEnded,
  SessionNotReady,
  Timeout,
  TransportLost,
  welcomeMessage,
} from '@wamp-run/protocol';
import { FakeClock, ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { type JoinOptions, joinSession } from '../src/index.js';
import { CountedStop, failure, joined, outcome, ROUTER, SESSION, settle, welcome } from './scripted.js';

function begin(options: Partial<JoinOptions> = {}) {
  const peer = new ScriptedPeer();
  const clock = new FakeClock();
  const stop = new CountedStop();
  const joining = joinSession(peer.transport, { realm: 'realm1', clock, stop, ...options });
  joining.catch(() => {});
  return { peer, clock, stop, joining };
}

/** Nothing is left of a join that failed. */
function expectNothingLeft({ peer, clock, stop }: ReturnType<typeof begin>): void {
  expect(peer.hungUp).toBe(true);
  expect(clock.pending).toBe(0);
  expect(stop.listeners.size).toBe(0);
}

describe('joining', () => {
  test('HELLO carries the realm, the agent, and the roles with what this client really does', async () => {
    const { peer } = begin({ agent: 'a-test' });
    const hello = await peer.expect(MessageType.HELLO);
    expect(hello.realm).toBe('realm1');
    expect(hello.details).toEqual({
      agent: 'a-test',
      roles: {
        caller: {
          features: {
            progressive_call_results: true,
            progressive_call_invocations: true,
            call_canceling: true,
            call_timeout: true,
            caller_identification: true,
            payload_passthru_mode: true,
            payload_transparency: true,
          },
        },
        callee: {
          features: {
            progressive_call_results: true,
            progressive_call_invocations: true,
            call_canceling: true,
            call_timeout: true,
            caller_identification: true,
            pattern_based_registration: true,
            shared_registration: true,
            registration_revocation: true,
            call_reroute: true,
            call_trustlevels: true,
            payload_passthru_mode: true,
            payload_transparency: true,
          },
        },
        publisher: {
          features: {
            publisher_exclusion: true,
            publisher_identification: true,
            subscriber_blackwhite_listing: true,
            payload_passthru_mode: true,
            payload_transparency: true,
          },
        },
        subscriber: {
          features: {
            publisher_identification: true,
            pattern_based_subscription: true,
            subscription_revocation: true,
            publication_trustlevels: true,
            payload_passthru_mode: true,
            payload_transparency: true,
          },
        },
      },
    });
  });

  test('without an agent HELLO carries none', async () => {
    const { peer } = begin();
    const hello = await peer.expect(MessageType.HELLO);
    expect(Object.keys(hello.details)).toEqual(['roles']);
  });

  test('the details are what WELCOME said', async () => {
    const { session } = await joined({
      details: {
        ...ROUTER,
        realm: 'com.example.effective',
        agent: 'router/1',
        authid: 'joe',
        authrole: 'user',
        authmethod: 'ticket',
        authprovider: 'static',
        authextra: { floor: 3 },
      },
    });
    expect(session.details).toMatchObject({
      realm: 'com.example.effective',
      session: SESSION,
      agent: 'router/1',
      authid: 'joe',
      authrole: 'user',
      authmethod: 'ticket',
      authprovider: 'static',
      authextra: { floor: 3 },
      transport: { peer: 'scripted' },
    });
    expect(session.details?.router).toBeInstanceOf(PeerRoles);
    expect(session.details?.router.has('dealer', 'call_canceling')).toBe(true);
    expect(session.details?.router.plays('caller')).toBe(false);
  });

  test('where WELCOME names no realm, it is the one that was asked for; what it does not say is undefined', async () => {
    const { session } = await joined();
    expect(session.details?.realm).toBe('realm1');
    expect(session.details?.authid).toBeUndefined();
    expect(session.details?.authextra).toBeUndefined();
  });

  test('WELCOME ends the deadline and the interest in the stop signal', async () => {
    const attempt = begin();
    await welcome(attempt.peer);
    const session = await attempt.joining;
    expect(attempt.clock.pending).toBe(0);
    expect(attempt.stop.listeners.size).toBe(0);
    attempt.stop.abort('too late');
    expect(session.details).toBeDefined();
  });

  test('without WELCOME in time the attempt fails with Timeout, and the router hears ABORT', async () => {
    const attempt = begin({ joinTimeout: 700 });
    await attempt.peer.expect(MessageType.HELLO);
    attempt.clock.advance(699);
    expect(attempt.peer.hungUp).toBe(false);
    attempt.clock.advance(1);
    const error = await failure(attempt.joining);
    expect(error).toBeInstanceOf(Timeout);
    expect(error.retryable).toBe(true);
    expect(await attempt.peer.heard.map((m) => m.type)).toEqual([MessageType.ABORT]);
    expectNothingLeft(attempt);
  });

  test('the deadline is 10 seconds where nothing else is said', async () => {
    const attempt = begin();
    await attempt.peer.expect(MessageType.HELLO);
    expect(attempt.clock.next).toBe(10_000);
  });

  test('CHALLENGE is answered with ABORT cannot_authenticate: this client has no login', async () => {
    const attempt = begin();
    await attempt.peer.expect(MessageType.HELLO);
    attempt.peer.say(challengeMessage('ticket', {}));
    const abort = await attempt.peer.expect(MessageType.ABORT);
    expect(abort.reason).toBe(ERROR_URIS.cannotAuthenticate);
    const error = await failure(attempt.joining);
    expect(error).toBeInstanceOf(SessionEnded);
    expect(error).toMatchObject({ reason: ERROR_URIS.cannotAuthenticate, retryable: false });
    expectNothingLeft(attempt);
  });

  test.each([
    [CLOSE_REASONS.systemShutdown, true],
    [CLOSE_REASONS.normal, true],
    ['wamp.error.network_failure', true],
    ['wamp.error.unavailable', true],
    [ERROR_URIS.noSuchRealm, false],
    [ERROR_URIS.noSuchRole, false],
    [ERROR_URIS.notAuthorized, false],
    [ERROR_URIS.authenticationDenied, false],
    [ERROR_URIS.authenticationFailed, false],
    [ERROR_URIS.noMatchingAuthMethod, false],
    [ERROR_URIS.protocolViolation, false],
    [ERROR_URIS.cannotAuthenticate, false],
  ])('ABORT %s before WELCOME is SessionEnded with that reason; retryable: %s', async (reason, retryable) => {
    const attempt = begin();
    await attempt.peer.expect(MessageType.HELLO);
    attempt.peer.say(abortMessage(reason, { message: 'not today' }));
    const error = await failure(attempt.joining);
    expect(error).toBeInstanceOf(SessionEnded);
    expect(error).toMatchObject({ reason, retryable, message: `${reason}: not today` });
    expect(attempt.peer.heard).toEqual([]);
    expectNothingLeft(attempt);
  });

  test('an old name of a reason is understood', async () => {
    const attempt = begin();
    await attempt.peer.expect(MessageType.HELLO);
    attempt.peer.say(abortMessage('wamp.error.no_auth_method'));
    expect(await failure(attempt.joining)).toMatchObject({ reason: ERROR_URIS.noMatchingAuthMethod });
  });

  test.each([
    ['EVENT', eventMessage(1, 2, {})],
    ['GOODBYE', goodbyeMessage(CLOSE_REASONS.normal)],
  ])('%s before WELCOME is a violation: ABORT says so, and the attempt fails with it', async (name, message) => {
    const attempt = begin();
    await attempt.peer.expect(MessageType.HELLO);
    attempt.peer.say(message);
    const abort = await attempt.peer.expect(MessageType.ABORT);
    expect(abort.reason).toBe(ERROR_URIS.protocolViolation);
    expect(abort.details.message).toContain(name);
    const error = await failure(attempt.joining);
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error.side).toBe('remote');
    expectNothingLeft(attempt);
  });

  test('a message before HELLO is a violation, and nothing more is sent', async () => {
    const attempt = begin({ onConnect: () => new Promise(() => {}) });
    attempt.peer.say(welcomeMessage(1, ROUTER));
    expect(await failure(attempt.joining)).toBeInstanceOf(ProtocolError);
    expect(attempt.peer.heard).toEqual([]);
    expectNothingLeft(attempt);
  });

  test('a transport that goes away before WELCOME is TransportLost, also when it closes cleanly', async () => {
    for (const clean of [true, false]) {
      const attempt = begin();
      await attempt.peer.expect(MessageType.HELLO);
      attempt.peer.drop({ clean, reason: 'gone fishing' });
      const error = await failure(attempt.joining);
      expect(error).toBeInstanceOf(TransportLost);
      expect(error.message).toContain('gone fishing');
      expect(attempt.clock.pending).toBe(0);
      expect(attempt.stop.listeners.size).toBe(0);
    }
  });

  test('a transport that read no message ends in the ProtocolError it gave', async () => {
    const attempt = begin();
    await attempt.peer.expect(MessageType.HELLO);
    const violation = new ProtocolError('message: expected list, got string');
    attempt.peer.drop({ clean: false, reason: 'not a message', error: violation });
    expect(await failure(attempt.joining)).toBe(violation);
  });

  test('onConnect runs before HELLO and is waited for', async () => {
    let go = () => {};
    const seen: unknown[] = [];
    const { peer } = begin({
      onConnect: (transport) => {
        seen.push(transport.peer);
        return new Promise<void>((resolve) => {
          go = resolve;
        });
      },
    });
    await settle();
    expect(seen).toEqual(['scripted']);
    expect(peer.heard).toEqual([]);
    go();
    await peer.expect(MessageType.HELLO);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('onConnect that %s ends the attempt with its error; the router hears nothing', async (_, onConnect) => {
    const attempt = begin({ onConnect });
    expect(await failure(attempt.joining)).toMatchObject({ message: 'no' });
    expect(attempt.peer.heard).toEqual([]);
    expectNothingLeft(attempt);
  });

  test('a transport lost while onConnect still runs ends the attempt at once', async () => {
    const attempt = begin({ onConnect: () => new Promise(() => {}) });
    await settle();
    attempt.peer.drop();
    expect(await failure(attempt.joining)).toBeInstanceOf(TransportLost);
  });

  test('onConnect that finishes after the transport is lost changes nothing: no HELLO, no deadline', async () => {
    let go = () => {};
    const attempt = begin({
      onConnect: () =>
        new Promise<void>((resolve) => {
          go = resolve;
        }),
    });
    await settle();
    attempt.peer.drop();
    await failure(attempt.joining);
    go();
    await settle();
    expect(attempt.clock.pending).toBe(0);
  });

  test('the attempt rejects once the transport is closed', async () => {
    const attempt = begin();
    let closed = () => {};
    attempt.peer.transport.close = () =>
      new Promise((resolve) => {
        closed = resolve;
      });
    await attempt.peer.expect(MessageType.HELLO);
    attempt.peer.say(abortMessage(ERROR_URIS.noSuchRealm));
    expect(await outcome(attempt.joining)).toBe('pending');
    closed();
    expect(await failure(attempt.joining)).toBeInstanceOf(SessionEnded);
  });

  test('a deadline that is no time, or another option that is wrong, is refused, and the transport closed', async () => {
    for (const options of [{ joinTimeout: Number.NaN }, { leaveTimeout: -1 }, { exposeErrors: 'all' as never }]) {
      const attempt = begin(options);
      expect(await failure(attempt.joining)).toBeInstanceOf(InvalidConfiguration);
      expectNothingLeft(attempt);
    }
  });

  test('stopped before HELLO, between HELLO and WELCOME, or from the beginning: Canceled with the reason as cause', async () => {
    const before = begin({ onConnect: () => new Promise(() => {}) });
    await settle();
    before.stop.abort('enough');
    expect(await failure(before.joining)).toMatchObject({ name: 'Canceled', cause: 'enough', executed: 'no' });
    expect(before.peer.heard).toEqual([]);
    expectNothingLeft(before);

    const between = begin();
    await between.peer.expect(MessageType.HELLO);
    between.stop.abort('enough');
    expect(await failure(between.joining)).toBeInstanceOf(Canceled);
    expect(between.peer.heard).toMatchObject([{ type: MessageType.ABORT, reason: CLOSE_REASONS.normal }]);
    expectNothingLeft(between);

    const stop = new CountedStop();
    stop.abort('never');
    const never = { ...begin({ stop }), stop };
    expect(await failure(never.joining)).toBeInstanceOf(Canceled);
    expect(never.peer.heard).toEqual([]);
    expectNothingLeft(never);
  });

  test('a realm that is no URI is refused, and the transport closed', async () => {
    const attempt = begin({ realm: 'not a realm' });
    expect(await failure(attempt.joining)).toBeInstanceOf(InvalidUriError);
    expectNothingLeft(attempt);
  });

  test('WELCOME and GOODBYE in one breath: joined, and over', async () => {
    const { peer, joining } = begin();
    await welcome(peer);
    peer.say(goodbyeMessage(CLOSE_REASONS.systemShutdown));
    const session = await joining;
    expect(await session.ended).toMatchObject({ details: { reason: CLOSE_REASONS.systemShutdown }, own: false });
    expect(await failure(session.call('com.x'))).toBeInstanceOf(SessionNotReady);
  });
});
