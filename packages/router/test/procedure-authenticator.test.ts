import {
  authenticateMessage,
  type Dict,
  helloMessage,
  MessageType,
  type RouterAuthenticator,
} from '@wamp-run/protocol';
import { ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import type { AuthenticatorProcedure, Router } from '../src/index.js';
import { ALL_ROLES, argsOf, routerAndClock, TestClient } from './clients.js';

/** How the service itself gets in. */
const service: RouterAuthenticator = {
  method: 'service',
  begin: ({ realm }) => ({
    onHello: () => ({ outcome: 'accept', authid: 'auth', authrole: 'service', authprovider: 'static', realm }),
  }),
};

async function withService(authenticator: Partial<AuthenticatorProcedure> = {}) {
  const { router, clock } = routerAndClock({
    realms: [{ name: 'realm1', authenticator: { procedure: 'com.auth', ...authenticator } }, 'inner'],
    authenticators: [service],
  });
  const client = new TestClient(await hello(router, { authmethods: ['service'] }));
  client.session = (await client.expect(MessageType.WELCOME)).session;
  await client.register('com.auth');
  return { router, clock, client };
}

async function hello(router: Router, details: Dict): Promise<ScriptedPeer> {
  const peer = new ScriptedPeer();
  router.attach(peer.transport);
  peer.say(helloMessage('realm1', { roles: ALL_ROLES, ...details }));
  return peer;
}

/** A client that asks to come in with this ticket, and the call that the service has of it. */
async function asked(router: Router, client: TestClient, ticket: string) {
  const peer = await hello(router, { authmethods: ['ticket'], authid: 'joe', authrole: 'boss', authextra: { a: 1 } });
  expect(await peer.expect(MessageType.CHALLENGE)).toMatchObject({ method: 'ticket', extra: {} });
  peer.say(authenticateMessage(ticket, {}));
  return { peer, invocation: await client.invocation() };
}

describe('a procedure that decides who may join', () => {
  test('is called with realm, authid and details, and answers with a principal', async () => {
    const { router, client } = await withService();
    const { peer, invocation } = await asked(router, client, 'sesame');
    const details = {
      authmethod: 'ticket',
      authrole: 'boss',
      authextra: { a: 1 },
      ticket: 'sesame',
      session: 0,
      transport: { wire: 'memory', peer: 'scripted', secure: true },
    };
    client.yield(invocation.request, [{ authrole: 'user', authextra: { b: 2 } }]);
    const welcome = await peer.expect(MessageType.WELCOME);
    expect(welcome.details).toMatchObject({
      authid: 'joe',
      authrole: 'user',
      authmethod: 'ticket',
      authprovider: 'dynamic',
      authextra: { b: 2 },
      realm: 'realm1',
    });
    details.session = welcome.session;
    expect(argsOf(invocation)).toEqual(['realm1', 'joe', details]);
  });

  test('may give another authid and another realm', async () => {
    const { router, client } = await withService();
    const { peer, invocation } = await asked(router, client, 'x');
    client.yield(invocation.request, [{ authid: 'jo', authrole: 'user', authprovider: 'ldap', realm: 'inner' }]);
    const { details } = await peer.expect(MessageType.WELCOME);
    expect(details).toMatchObject({ authid: 'jo', authprovider: 'ldap', realm: 'inner' });
  });

  test.each<[string, (client: TestClient, request: number) => void, string]>([
    ['null', (client, request) => client.yield(request, [null]), 'authentication_denied'],
    ['nothing', (client, request) => client.yield(request), 'authentication_denied'],
    [
      'the error not_authorized',
      (client, request) => client.fail(request, 'wamp.error.not_authorized'),
      'authentication_denied',
    ],
    [
      'the error no_such_principal',
      (client, request) => client.fail(request, 'wamp.error.no_such_principal'),
      'authentication_denied',
    ],
    ['another error', (client, request) => client.fail(request, 'com.database_down', ['db7']), 'authentication_failed'],
    ['what is no dict', (client, request) => client.yield(request, ['user']), 'authentication_failed'],
    ['no role', (client, request) => client.yield(request, [{}]), 'authentication_failed'],
    ['a role that is none', (client, request) => client.yield(request, [{ authrole: 7 }]), 'authentication_failed'],
    [
      'an authextra that is none',
      (client, request) => client.yield(request, [{ authrole: 'u', authextra: 1 }]),
      'authentication_failed',
    ],
  ])('that answers with %s refuses', async (_, answer, reason) => {
    const { router, client } = await withService();
    const { peer, invocation } = await asked(router, client, 'x');
    answer(client, invocation.request);
    const abort = await peer.expect(MessageType.ABORT);
    expect(abort.reason).toBe(`wamp.error.${reason}`);
    expect(JSON.stringify(abort.details)).not.toContain('db7');
  });

  test('that does not answer in time refuses, and its call is canceled', async () => {
    const { router, client, clock } = await withService({ timeout: 300 });
    const { peer, invocation } = await asked(router, client, 'x');
    clock.advance(300);
    expect((await peer.expect(MessageType.ABORT)).reason).toBe('wamp.error.authentication_failed');
    expect(await client.expect(MessageType.INTERRUPT)).toMatchObject({ request: invocation.request });
    expect(router.counts().realms[0]).toMatchObject({ sessions: 1, calls: 0 });
  });

  test('that nobody has registered refuses', async () => {
    const { router, client } = await withService();
    await client.leave();
    const peer = await hello(router, { authmethods: ['ticket'], authid: 'joe' });
    await peer.expect(MessageType.CHALLENGE);
    peer.say(authenticateMessage('x', {}));
    expect((await peer.expect(MessageType.ABORT)).reason).toBe('wamp.error.authentication_failed');
  });

  test('is not asked where HELLO says no authid', async () => {
    const { router, client } = await withService();
    const peer = await hello(router, { authmethods: ['ticket'] });
    expect((await peer.expect(MessageType.ABORT)).reason).toBe('wamp.error.authentication_failed');
    await client.hearsNothing();
  });

  test('may take anonymous clients, without a challenge, and says who they are', async () => {
    const { router, client } = await withService({ methods: ['anonymous'] });
    const peer = await hello(router, {});
    const invocation = await client.invocation();
    expect(argsOf(invocation)).toMatchObject(['realm1', null, { authmethod: 'anonymous' }]);
    client.yield(invocation.request, [{ authid: 'visitor 7', authrole: 'guest' }]);
    expect((await peer.expect(MessageType.WELCOME)).details).toMatchObject({ authid: 'visitor 7', authrole: 'guest' });
  });

  test('may be in another realm', async () => {
    const { router } = routerAndClock({
      realms: ['backstage', { name: 'realm1', authenticator: { procedure: 'com.auth', realm: 'backstage' } }],
    });
    const client = await TestClient.join(router, { realm: 'backstage' });
    await client.register('com.auth');
    const { peer, invocation } = await asked(router, client, 'x');
    client.yield(invocation.request, [{ authrole: 'user' }]);
    expect((await peer.expect(MessageType.WELCOME)).details.realm).toBe('realm1');
    // Nobody comes in past it.
    const anonymous = await hello(router, {});
    expect((await anonymous.expect(MessageType.ABORT)).reason).toBe('wamp.error.no_matching_auth_method');
  });
});

describe('router.ask', () => {
  test('calls a procedure as the router itself', async () => {
    const { router } = routerAndClock({ realms: [{ name: 'realm1', disclosure: 'always' }] });
    const client = await TestClient.join(router);
    await client.register('com.add');
    const answer = router.ask('realm1', 'com.add', { args: [1, 2] });
    const { request, details } = await client.invocation();
    expect(details).toMatchObject({ caller_authid: 'router', caller_authrole: 'router' });
    client.yield(request, [3]);
    expect((await answer).args).toEqual([3]);
  });

  test('rejects with what was answered, and where there is nobody to ask', async () => {
    const { router, clock } = routerAndClock();
    const client = await TestClient.join(router);
    await client.register('com.add');
    const failed = router.ask('realm1', 'com.add');
    client.fail((await client.invocation()).request, 'com.error', ['why']);
    await expect(failed).rejects.toMatchObject({ code: 'WAMP_APPLICATION_ERROR', error: 'com.error', args: ['why'] });
    await expect(router.ask('realm1', 'com.none')).rejects.toMatchObject({ error: 'wamp.error.no_such_procedure' });
    await expect(router.ask('nowhere', 'com.add')).rejects.toThrow('there is no "nowhere" here');
    await expect(router.ask('realm1', 'com.add', { timeout: 0 })).rejects.toThrow(/^timeout: expected 1 to/);
    expect(clock.pending).toBe(0);
  });

  test('does not wait for a callee that has left', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    await client.register('com.add');
    const answer = router.ask('realm1', 'com.add');
    await client.invocation();
    client.peer.drop();
    await expect(answer).rejects.toMatchObject({ error: 'wamp.error.canceled' });
  });
});
