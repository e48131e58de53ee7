import { announce, goodbyeMessage, helloMessage, isId, MessageType } from '@wamp-run/protocol';
import { ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { ALL_ROLES, routerAndClock, TestClient } from './clients.js';

async function refusal(realm: string, details: Record<string, unknown>) {
  const { router } = routerAndClock();
  const peer = new ScriptedPeer();
  router.attach(peer.transport);
  peer.say(helloMessage(realm, details as never));
  const abort = await peer.expect(MessageType.ABORT);
  expect(peer.hungUp).toBe(true);
  expect(router.counts().realms[0]).toMatchObject({ sessions: 0 });
  return abort;
}

describe('HELLO', () => {
  test('WELCOME says who the client is, where it is, and what the router can', async () => {
    const { router } = routerAndClock({ realms: ['shop'], agent: 'test-router' });
    const client = await TestClient.join(router, { realm: 'shop' });
    expect(isId(client.session)).toBe(true);
    expect(client.details).toEqual({
      realm: 'shop',
      agent: 'test-router',
      authid: expect.stringMatching(/^[2-9A-Z]{4}(-[2-9A-Z]{4}){4}$/),
      authrole: 'anonymous',
      authmethod: 'anonymous',
      authprovider: 'static',
      roles: {
        broker: {
          features: {
            publisher_exclusion: true,
            publisher_identification: true,
            subscriber_blackwhite_listing: true,
            pattern_based_subscription: true,
            subscription_revocation: true,
            event_retention: true,
            payload_passthru_mode: true,
            payload_transparency: true,
            session_meta_api: true,
            subscription_meta_api: true,
          },
        },
        dealer: {
          features: expect.objectContaining({
            progressive_call_results: true,
            call_canceling: true,
            session_meta_api: true,
            registration_meta_api: true,
            testament_meta_api: true,
          }),
        },
      },
    });
  });

  test('sessions and authids differ, and session ids are drawn over the whole range', async () => {
    const { router } = routerAndClock();
    const clients = await Promise.all(Array.from({ length: 20 }, () => TestClient.join(router)));
    expect(new Set(clients.map((client) => client.session)).size).toBe(20);
    expect(new Set(clients.map((client) => client.details.authid)).size).toBe(20);
    expect(Math.max(...clients.map((client) => client.session))).toBeGreaterThan(2 ** 48);
  });

  test('a session id that is taken is drawn again', async () => {
    let draws = 0;
    const random = (n: number) => new Uint8Array(n).fill(n === 7 ? Math.max(0, draws++ - 2) : 0);
    const { router } = routerAndClock({ random });
    const first = await TestClient.join(router);
    const second = await TestClient.join(router);
    expect(second.session).not.toBe(first.session);
    expect(draws).toBe(4);
  });

  test('the id of a session that has left may be drawn again', async () => {
    const { router } = routerAndClock({ random: (n) => new Uint8Array(n) });
    const first = await TestClient.join(router);
    await first.leave();
    expect((await TestClient.join(router)).session).toBe(first.session);
  });

  test('a source of randomness that always gives the same refuses the second session and harms nobody', async () => {
    const { router } = routerAndClock({ random: (n) => new Uint8Array(n) });
    const first = await TestClient.join(router);
    const peer = new ScriptedPeer();
    router.attach(peer.transport);
    peer.say(helloMessage('realm1', { roles: ALL_ROLES }));
    expect((await peer.expect(MessageType.ABORT)).reason).toBe('wamp.error.runtime_error');
    await first.hearsNothing();
  });

  test('realm1 is there where no realm is named', async () => {
    const { router } = routerAndClock();
    expect((await TestClient.join(router)).details.realm).toBe('realm1');
  });

  test('an unknown realm is refused with no_such_realm, naming it', async () => {
    const abort = await refusal('elsewhere', { roles: ALL_ROLES });
    expect(abort.reason).toBe('wamp.error.no_such_realm');
    expect(abort.details.message).toContain('"elsewhere"');
  });

  test.each(['', 'a b', 'a..b', 'a#'])('a realm that is no URI is refused with invalid_uri: %j', async (realm) => {
    expect((await refusal(realm, { roles: ALL_ROLES })).reason).toBe('wamp.error.invalid_uri');
  });

  test('names of JavaScript objects are no realms', async () => {
    expect((await refusal('__proto__', { roles: ALL_ROLES })).reason).toBe('wamp.error.no_such_realm');
    expect((await refusal('constructor', { roles: ALL_ROLES })).reason).toBe('wamp.error.no_such_realm');
  });

  test.each([
    ['no details, as only a client in the same program can send it', undefined as never],
    ['no roles', {}],
    ['no dict', { roles: 'caller' }],
    ['an empty dict', { roles: {} }],
    ['a router’s roles', { roles: announce({ dealer: [] }) }],
  ])('HELLO without a client role is refused with no_such_role: %s', async (_, details) => {
    expect((await refusal('realm1', details)).reason).toBe('wamp.error.no_such_role');
  });

  test.each([[['ticket', 'anonymous']], [['anonymous']], [null]])(
    'authmethods %j let a client in anonymously',
    async (authmethods) => {
      const { router } = routerAndClock();
      const peer = new ScriptedPeer();
      router.attach(peer.transport);
      peer.say(helloMessage('realm1', { roles: ALL_ROLES, authmethods, authid: 'root' }));
      const { details } = await peer.expect(MessageType.WELCOME);
      expect(details.authmethod).toBe('anonymous');
      expect(details.authid).not.toBe('root');
    },
  );

  test.each([[['ticket']], [[]], ['anonymous']])('authmethods %j: no_matching_auth_method', async (authmethods) => {
    const abort = await refusal('realm1', { roles: ALL_ROLES, authmethods });
    expect(abort.reason).toBe('wamp.error.no_matching_auth_method');
  });

  test('realms are apart: same topics, same procedures, nothing in common', async () => {
    const { router } = routerAndClock({ realms: ['one', 'two'] });
    const callee = await TestClient.join(router, { realm: 'one' });
    await callee.register('com.add');
    await callee.subscribe('com.tick');
    const other = await TestClient.join(router, { realm: 'two' });
    await other.register('com.add');
    await other.acknowledged('com.tick');
    await other.unregister(1);
    other.call('com.add');
    expect((await other.error()).error).toBe('wamp.error.no_such_procedure');
    await callee.hearsNothing();
  });
});

describe('the time for HELLO', () => {
  test('a transport without HELLO is told so and closed after handshakeTimeout', async () => {
    const { router, clock } = routerAndClock({ handshakeTimeout: 3_000 });
    const peer = new ScriptedPeer();
    router.attach(peer.transport);
    clock.advance(2_999);
    expect(peer.hungUp).toBe(false);
    clock.advance(1);
    const abort = await peer.expect(MessageType.ABORT);
    expect(abort).toMatchObject({ reason: 'wamp.error.timeout', details: { message: 'no HELLO within 3000 ms' } });
    expect(peer.hungUp).toBe(true);
  });

  test('by default that is 10 s', async () => {
    const { router, clock } = routerAndClock();
    router.attach(new ScriptedPeer().transport);
    expect(clock.next).toBe(10_000);
  });

  test('a joined session has no timer', async () => {
    const { router, clock } = routerAndClock();
    await TestClient.join(router);
    expect(clock.pending).toBe(0);
  });

  test('a transport that is lost before HELLO leaves nothing behind', async () => {
    const { router, clock } = routerAndClock();
    const peer = new ScriptedPeer();
    router.attach(peer.transport);
    expect(router.counts().transports).toBe(1);
    peer.drop();
    await Promise.resolve();
    expect(router.counts().transports).toBe(0);
    expect(clock.pending).toBe(0);
  });
});

describe('GOODBYE', () => {
  test('is answered with goodbye_and_out', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    client.say(goodbyeMessage('wamp.close.normal'));
    const goodbye = await client.expect(MessageType.GOODBYE);
    expect(goodbye.reason).toBe('wamp.close.goodbye_and_out');
    expect(router.counts().realms[0]?.sessions).toBe(0);
  });

  test('the transport is closed after closeTimeout', async () => {
    const { router, clock } = routerAndClock({ closeTimeout: 1_500 });
    const client = await TestClient.join(router);
    await client.leave();
    clock.advance(1_499);
    expect(client.peer.hungUp).toBe(false);
    clock.advance(1);
    expect(client.peer.hungUp).toBe(true);
    await Promise.resolve();
    expect(router.counts().transports).toBe(0);
  });

  test('the transport may carry another session, whose counters begin again', async () => {
    const { router, clock } = routerAndClock();
    const client = await TestClient.join(router);
    await client.subscribe('com.tick');
    await client.register('com.add');
    const first = client.session;
    await client.leave();
    await client.hello();
    expect(client.session).not.toBe(first);
    expect(clock.pending).toBe(0);
    // The first session's subscription and registration are gone; request ids and invocation ids begin at 1.
    await client.register('com.add');
    client.call('com.add');
    expect((await client.invocation()).request).toBe(1);
    const publisher = await TestClient.join(router);
    await publisher.acknowledged('com.tick');
    await client.hearsNothing();
  });

  test('after it, anything but HELLO is a violation', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    await client.leave();
    client.publish('com.tick');
    expect((await client.aborted()).message).toBe('received PUBLISH while closed');
  });
});
