import {
  abortMessage,
  authenticateMessage,
  callMessage,
  type Dict,
  goodbyeMessage,
  helloMessage,
  type LoginRequest,
  MessageType,
  type ProofVerdict,
  type RouterAuthenticator,
  type RouterLogin,
} from '@wamp-run/protocol';
import { ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import type { Router, RouterOptions } from '../src/index.js';
import { ALL_ROLES, routed, routerAndClock, TestClient } from './clients.js';

/** Lets in whoever shows the ticket. */
function door(ticket: string, method = 'ticket'): RouterAuthenticator {
  return {
    method,
    begin: ({ realm, authid }) => ({
      onHello: () => ({ outcome: 'challenge', extra: { about: realm } }),
      onAuthenticate: ({ signature }) =>
        signature === ticket
          ? { outcome: 'accept', authid: authid ?? 'nobody', authrole: 'guest', authprovider: 'static', realm }
          : { outcome: 'deny' },
    }),
  };
}

/** An authenticator that does what a test wants, and remembers what it was asked. */
function scripted(method: string, login: (request: LoginRequest) => RouterLogin) {
  const requests: LoginRequest[] = [];
  const authenticator: RouterAuthenticator = {
    method,
    begin: (request) => {
      requests.push(request);
      return login(request);
    },
  };
  return { authenticator, requests };
}

const accept = (over: Dict = {}) =>
  ({
    outcome: 'accept',
    authid: 'joe',
    authrole: 'user',
    authprovider: 'static',
    realm: 'realm1',
    ...over,
  }) as ProofVerdict;

function hello(router: Router, details: Dict = {}, realm = 'realm1'): ScriptedPeer {
  const peer = new ScriptedPeer();
  router.attach(peer.transport);
  peer.say(helloMessage(realm, { roles: ALL_ROLES, ...details }));
  return peer;
}

const pass: RouterAuthenticator = { method: 'cookie', begin: () => ({ onHello: () => ({ outcome: 'pass' }) }) };

async function aborted(peer: ScriptedPeer) {
  const { reason, details } = await peer.expect(MessageType.ABORT);
  expect(peer.hungUp).toBe(true);
  return { reason, details };
}

function routerWith(authenticators: RouterAuthenticator[], options: Partial<RouterOptions> = {}) {
  return routerAndClock({ authenticators, ...options });
}

describe('a login', () => {
  test('HELLO, CHALLENGE, AUTHENTICATE, WELCOME; who it is comes from the authenticator alone', async () => {
    const { authenticator, requests } = scripted('ticket', () => ({
      onHello: () => ({ outcome: 'challenge', extra: { nonce: 'n' } }),
      onAuthenticate: ({ signature, extra }) =>
        accept({ authprovider: 'file', authextra: { saw: [signature, extra] } }),
    }));
    const { router } = routerWith([authenticator]);
    const claims = { authid: 'root', authrole: 'admin', authextra: { pubkey: 'k' }, authprovider: 'me' };
    const peer = hello(router, { authmethods: ['ticket'], ...claims });
    expect(await peer.expect(MessageType.CHALLENGE)).toMatchObject({ method: 'ticket', extra: { nonce: 'n' } });
    expect(router.counts().realms[0]?.sessions).toBe(0);
    peer.say(authenticateMessage('secret', { x: 1 }));
    const { session, details } = await peer.expect(MessageType.WELCOME);
    expect(details).toMatchObject({
      realm: 'realm1',
      authid: 'joe',
      authrole: 'user',
      authmethod: 'ticket',
      authprovider: 'file',
      authextra: { saw: ['secret', { x: 1 }] },
    });
    expect(requests[0]).toMatchObject({
      session,
      realm: 'realm1',
      authid: 'root',
      authrole: 'admin',
      authmethods: ['ticket'],
      authextra: { pubkey: 'k' },
      transport: { wire: 'memory' },
    });
  });

  test('what others learn of the session is what the authenticator said', async () => {
    const { router } = routerWith([door('s')]);
    const peer = hello(router, { authmethods: ['ticket'], authid: 'joe', authrole: 'admin' });
    await peer.expect(MessageType.CHALLENGE);
    peer.say(authenticateMessage('s', {}));
    const { session } = await peer.expect(MessageType.WELCOME);
    peer.say(callMessage(1, {}, 'wamp.session.get', { args: [session], kwargs: {} }));
    const { payload } = await peer.expect(MessageType.RESULT);
    expect(payload).toMatchObject({ args: [{ authid: 'joe', authrole: 'guest', authmethod: 'ticket' }] });
  });

  test('in as many rounds as the authenticator wants, each under the method that it names', async () => {
    const { authenticator } = scripted('ticket', () => {
      let round = 0;
      return {
        onHello: () => ({ outcome: 'challenge', extra: { round } }),
        onAuthenticate: async ({ signature }) => {
          if (signature !== `answer ${round}`) return { outcome: 'deny' };
          round++;
          return round === 3 ? accept() : { outcome: 'challenge', method: 'totp', extra: { round } };
        },
      };
    });
    const { router } = routerWith([authenticator]);
    const peer = hello(router, { authmethods: ['ticket'] });
    for (const [round, method] of [
      [0, 'ticket'],
      [1, 'totp'],
      [2, 'totp'],
    ] as const) {
      expect(await peer.expect(MessageType.CHALLENGE)).toMatchObject({ method, extra: { round } });
      peer.say(authenticateMessage(`answer ${round}`, {}));
    }
    expect((await peer.expect(MessageType.WELCOME)).details).toMatchObject({ authmethod: 'ticket' });
  });

  test.each([
    [['ticket', 'wampcra'], 'ticket'],
    [['wampcra', 'ticket'], 'wampcra'],
    [['scram', 'cookie', 'wampcra', 'ticket'], 'wampcra'],
    [['cookie', 'cookie', 'ticket'], 'ticket'],
  ])('of %j the first that is offered and does not pass: %s', async (authmethods, method) => {
    const { router } = routerWith([pass, door('a'), door('b', 'wampcra')]);
    const peer = hello(router, { authmethods });
    expect((await peer.expect(MessageType.CHALLENGE)).method).toBe(method);
  });

  test('the authenticator may put the client into another realm, and a realm may have its own ways in', async () => {
    const { authenticator } = scripted('ticket', () => ({ onHello: async () => accept({ realm: 'inner' }) }));
    const { router } = routerWith([door('x')], {
      realms: ['realm1', { name: 'front', authenticators: [authenticator] }, 'inner'],
    });
    const client = hello(router, { authmethods: ['ticket'] }, 'front');
    expect((await client.expect(MessageType.WELCOME)).details.realm).toBe('inner');
    expect(router.counts().realms.map(({ sessions }) => sessions)).toEqual([0, 0, 1]);
    const other = hello(router, { authmethods: ['ticket'] });
    await other.expect(MessageType.CHALLENGE);
  });

  test('a realm on demand is not made for a login that fails', async () => {
    let asked = 0;
    const { router } = routerWith([door('s')], {
      realmOnDemand: () => {
        asked++;
        return {};
      },
    });
    const peer = hello(router, { authmethods: ['ticket'] }, 'made');
    await peer.expect(MessageType.CHALLENGE);
    expect(router.counts().realms).toHaveLength(1);
    peer.say(authenticateMessage('wrong', {}));
    await aborted(peer);
    expect(router.counts().realms).toHaveLength(1);
    const right = hello(router, { authmethods: ['ticket'] }, 'made');
    await right.expect(MessageType.CHALLENGE);
    right.say(authenticateMessage('s', {}));
    await right.expect(MessageType.WELCOME);
    expect(router.counts().realms.map(({ realm }) => realm)).toEqual(['realm1', 'made']);
    // Asked once for each HELLO, and not again for WELCOME.
    expect(asked).toBe(2);
  });

  test('a second session on the same transport logs in anew', async () => {
    const { router } = routerWith([door('s')]);
    const peer = hello(router, { authmethods: ['ticket'] });
    await peer.expect(MessageType.CHALLENGE);
    peer.say(authenticateMessage('s', {}));
    await peer.expect(MessageType.WELCOME);
    const client = new TestClient(peer);
    await client.leave();
    peer.say(helloMessage('realm1', { roles: ALL_ROLES, authmethods: ['ticket'] }));
    await peer.expect(MessageType.CHALLENGE);
    peer.say(authenticateMessage('wrong', {}));
    expect((await aborted(peer)).reason).toBe('wamp.error.authentication_denied');
  });
});

describe('a login is refused', () => {
  test.each<[string, Dict]>([
    ['where none of the methods is offered', { authmethods: ['scram'] }],
    ['where there are authenticators, and HELLO names no method', {}],
    ['where all that are offered pass', { authmethods: ['cookie'] }],
    ['where the methods are none', { authmethods: 'ticket' }],
    ['where there are no methods', { authmethods: [] }],
  ])('no_matching_auth_method %s', async (_, details) => {
    const { router } = routerWith([pass, door('s')]);
    expect((await aborted(hello(router, details))).reason).toBe('wamp.error.no_matching_auth_method');
  });

  test('no_such_realm for the realm that HELLO asks for, and for one that an authenticator gives', async () => {
    const { authenticator } = scripted('ticket', () => ({ onHello: () => accept({ realm: 'nowhere' }) }));
    const { router } = routerWith([authenticator]);
    expect((await aborted(hello(router, { authmethods: ['ticket'] }, 'none'))).reason).toBe('wamp.error.no_such_realm');
    expect((await aborted(hello(router, { authmethods: ['ticket'] }))).reason).toBe('wamp.error.no_such_realm');
  });

  test('no_such_role where the realm has roles, and not this one', async () => {
    const { router } = routerAndClock({ realms: [{ name: 'realm1', roles: [{ name: 'user', rules: [] }] }] });
    const { reason, details } = await aborted(hello(router));
    expect([reason, details.message]).toEqual(['wamp.error.no_such_role', 'realm: "realm1" has no role "anonymous"']);
    expect(router.counts().realms[0]?.sessions).toBe(0);
  });

  test('with authentication_denied, unless the authenticator gives a reason and more', async () => {
    const { router } = routerWith([
      { method: 'plain', begin: () => ({ onHello: () => ({ outcome: 'deny' }) }) },
      {
        method: 'told',
        begin: () => ({
          onHello: () => ({ outcome: 'deny', reason: 'com.locked', message: 'later', details: { scram: 'e=x' } }),
        }),
      },
    ]);
    expect(await aborted(hello(router, { authmethods: ['plain'] }))).toEqual({
      reason: 'wamp.error.authentication_denied',
      details: { message: 'the login was refused' },
    });
    expect(await aborted(hello(router, { authmethods: ['told'] }))).toEqual({
      reason: 'com.locked',
      details: { message: 'later', scram: 'e=x' },
    });
  });

  const secret = 'the database at db7 is down';
  test.each<[string, (request: LoginRequest) => RouterLogin]>([
    [
      'begin throws',
      () => {
        throw new Error(secret);
      },
    ],
    [
      'onHello throws',
      () => ({
        onHello: () => {
          throw new Error(secret);
        },
      }),
    ],
    ['onHello rejects', () => ({ onHello: () => Promise.reject(new Error(secret)) })],
    ['it gives nothing', () => ({ onHello: () => undefined as never })],
    ['it gives what is no verdict', () => ({ onHello: () => ({ outcome: secret }) as never })],
    ['it gives no authid', () => ({ onHello: () => accept({ authid: '' }) })],
    ['it gives an authrole that is none', () => ({ onHello: () => accept({ authrole: 7 }) })],
    ['it gives a reason that is none', () => ({ onHello: () => ({ outcome: 'deny', reason: secret }) })],
  ])('with authentication_failed where %s, and the reason stays inside', async (_, login) => {
    const { router } = routerWith([scripted('ticket', login).authenticator]);
    const { reason, details } = await aborted(hello(router, { authmethods: ['ticket'] }));
    expect([reason, details]).toEqual([
      'wamp.error.authentication_failed',
      { message: 'the login failed inside the router' },
    ]);
    await TestClient.join(routerAndClock().router);
  });

  test.each<[string, RouterLogin]>([
    [
      'onAuthenticate throws',
      {
        onHello: () => ({ outcome: 'challenge', extra: {} }),
        onAuthenticate: () => {
          throw new Error(secret);
        },
      },
    ],
    [
      'onAuthenticate rejects',
      {
        onHello: () => ({ outcome: 'challenge', extra: {} }),
        onAuthenticate: () => Promise.reject(new Error(secret)),
      },
    ],
    ['there is no onAuthenticate', { onHello: () => ({ outcome: 'challenge', extra: {} }) }],
  ])('with authentication_failed after the challenge where %s', async (_, login) => {
    const { router } = routerWith([scripted('ticket', () => login).authenticator]);
    const peer = hello(router, { authmethods: ['ticket'] });
    await peer.expect(MessageType.CHALLENGE);
    peer.say(authenticateMessage('x', {}));
    expect((await aborted(peer)).reason).toBe('wamp.error.authentication_failed');
  });

  test('with protocol_violation: anything but AUTHENTICATE after CHALLENGE, and anything while a verdict is made up', async () => {
    const { authenticator } = scripted('slow', () => ({ onHello: () => new Promise(() => {}) }));
    const { router } = routerWith([door('s'), authenticator]);
    const early = hello(router, { authmethods: ['ticket'] });
    await early.expect(MessageType.CHALLENGE);
    early.say(callMessage(1, {}, 'com.add'));
    expect((await aborted(early)).reason).toBe('wamp.error.protocol_violation');
    const hasty = hello(router, { authmethods: ['slow'] });
    hasty.say(authenticateMessage('s', {}));
    expect((await aborted(hasty)).reason).toBe('wamp.error.protocol_violation');
    const twice = hello(router, { authmethods: ['slow'] });
    twice.say(helloMessage('realm1', { roles: ALL_ROLES }));
    expect((await aborted(twice)).reason).toBe('wamp.error.protocol_violation');
  });
});

describe('a verdict that comes too late', () => {
  function waiting() {
    const verdicts: ((verdict: ProofVerdict) => void)[] = [];
    const { authenticator, requests } = scripted('slow', () => ({
      onHello: () => new Promise<ProofVerdict>((resolve) => verdicts.push(resolve)),
    }));
    return { ...routerWith([authenticator]), verdicts, requests };
  }

  test.each<[string, (peer: ScriptedPeer) => void]>([
    ['the client hung up', (peer) => peer.drop()],
    ['the client said ABORT', (peer) => peer.say(abortMessage('wamp.error.cannot_authenticate'))],
  ])('counts for nothing where %s', async (_, goes) => {
    const { router, verdicts, clock } = waiting();
    const peer = hello(router, { authmethods: ['slow'] });
    await routed();
    goes(peer);
    await routed();
    verdicts[0]?.(accept());
    await routed();
    expect(peer.heard).toEqual([]);
    expect(router.counts()).toMatchObject({ transports: 0, realms: [{ sessions: 0 }] });
    expect(clock.pending).toBe(0);
  });

  test('does not begin another login where the client has hung up', async () => {
    let verdict: (verdict: { outcome: 'pass' }) => void = () => {};
    const first = scripted('slow', () => ({
      onHello: () =>
        new Promise<{ outcome: 'pass' }>((resolve) => {
          verdict = resolve;
        }),
    }));
    const second = scripted('next', () => ({ onHello: () => accept() }));
    const { router } = routerWith([first.authenticator, second.authenticator]);
    const peer = hello(router, { authmethods: ['slow', 'next'] });
    await routed();
    peer.drop();
    await routed();
    verdict({ outcome: 'pass' });
    await routed();
    expect([first.requests.length, second.requests.length]).toEqual([1, 0]);
  });

  test('counts for nothing after the router has closed, which says so', async () => {
    const { router, verdicts, clock } = waiting();
    const peer = hello(router, { authmethods: ['slow'] });
    await routed();
    const closed = router.close();
    expect((await aborted(peer)).reason).toBe('wamp.close.system_shutdown');
    verdicts[0]?.(accept());
    await closed;
    expect(router.counts()).toMatchObject({ transports: 0, realms: [{ sessions: 0 }] });
    expect(clock.pending).toBe(0);
  });

  test('is not waited for: ABORT timeout after loginTimeout, over all rounds together', async () => {
    const { router, clock } = routerWith([door('s')], { loginTimeout: 2_000 });
    const peer = hello(router, { authmethods: ['ticket'] });
    await peer.expect(MessageType.CHALLENGE);
    clock.advance(1_999);
    expect(peer.hungUp).toBe(false);
    clock.advance(1);
    expect(await aborted(peer)).toMatchObject({
      reason: 'wamp.error.timeout',
      details: { message: 'no login within 2000 ms' },
    });
    expect(clock.pending).toBe(0);
  });
});

describe('half-open handshakes', () => {
  test('are bounded in total, and free a place when they join or go', async () => {
    const { router } = routerWith([door('s')], { limits: { handshakes: 3 } });
    const peers = [1, 2, 3].map(() => hello(router, { authmethods: ['ticket'] }));
    for (const peer of peers) await peer.expect(MessageType.CHALLENGE);
    const { reason, details } = await aborted(hello(router, { authmethods: ['ticket'] }));
    expect(reason).toBe('wamp.error.limit_exceeded');
    expect(details.message).toBe('this router has 3 clients that have not joined yet, and takes no more (handshakes)');
    peers[0]?.say(authenticateMessage('s', {}));
    await peers[0]?.expect(MessageType.WELCOME);
    await hello(router, { authmethods: ['ticket'] }).expect(MessageType.CHALLENGE);
    peers[1]?.drop();
    await routed();
    await hello(router, { authmethods: ['ticket'] }).expect(MessageType.CHALLENGE);
    expect((await aborted(hello(router))).reason).toBe('wamp.error.limit_exceeded');
  });

  test('are bounded for each address: a flood from one leaves room for others', async () => {
    const { router, clock } = routerWith([door('s')], { limits: { handshakesPerAddress: 5 } });
    const from = (address: string) => {
      const peer = new ScriptedPeer({ address });
      router.attach(peer.transport);
      return peer;
    };
    const flood = Array.from({ length: 50 }, () => from('192.0.2.1'));
    await routed();
    expect(flood.filter(({ hungUp }) => hungUp)).toHaveLength(45);
    const other = from('192.0.2.2');
    other.say(helloMessage('realm1', { roles: ALL_ROLES, authmethods: ['ticket'] }));
    await other.expect(MessageType.CHALLENGE);
    // Those that say nothing are cut, and make room.
    clock.advance(10_000);
    await routed();
    expect(flood.every(({ hungUp }) => hungUp)).toBe(true);
    const again = from('192.0.2.1');
    again.say(helloMessage('realm1', { roles: ALL_ROLES, authmethods: ['ticket'] }));
    await again.expect(MessageType.CHALLENGE);
  });
});

describe('options', () => {
  test.each([
    [[], /^authenticators: expected a list with at least one authenticator/],
    [[{ method: 'x' }], /^authenticators\[0\]: expected an authenticator/],
    [[door('a'), door('b')], /^authenticators\[1\]: the method "ticket" is there twice/],
    [undefined, /^loginTimeout: expected 1 to/],
  ])('%j: %s', (authenticators, text) => {
    const wrong = { authenticators, loginTimeout: authenticators === undefined ? 0 : 1_000 };
    expect(() => routerAndClock(wrong as Partial<RouterOptions>)).toThrow(text);
  });

  test('a slip is met with the right name', () => {
    expect(() => routerAndClock({ authenticator: [] } as Partial<RouterOptions>)).toThrow(
      /^authenticator: there is no such option; did you mean authenticators\?/,
    );
  });
});

describe('whoever let a client in', () => {
  test.each<[string, (client: ScriptedPeer, router: Router) => void, string]>([
    ['GOODBYE', (client) => client.say(goodbyeMessage('wamp.close.logout')), 'wamp.close.logout'],
    ['ABORT', (client) => client.say(abortMessage('com.gone')), 'com.gone'],
    ['the end of the router', (_, router) => void router.close(), 'wamp.close.system_shutdown'],
  ])('is told of its end, once: by %s', async (_, ends, reason) => {
    const reasons: string[] = [];
    const { authenticator } = scripted('ticket', () => ({
      onHello: () => accept({ onLeave: (why: string) => reasons.push(why) } as never),
    }));
    const { router, clock } = routerWith([authenticator]);
    const client = hello(router, { authmethods: ['ticket'] });
    const welcome = await client.expect(MessageType.WELCOME);
    expect(welcome.details).not.toHaveProperty('onLeave');
    expect(reasons).toEqual([]);
    ends(client, router);
    await new Promise((resolve) => setImmediate(resolve));
    expect(reasons).toEqual([reason]);
    const closing = router.close();
    clock.advance(2_000);
    await closing;
    expect(reasons).toEqual([reason]);
  });

  test('and what it throws then is its own matter', async () => {
    const { authenticator } = scripted('ticket', () => ({
      onHello: () =>
        accept({
          onLeave: () => {
            throw new Error('out of luck');
          },
        } as never),
    }));
    const { router } = routerWith([authenticator]);
    const client = hello(router, { authmethods: ['ticket'] });
    await client.expect(MessageType.WELCOME);
    client.say(goodbyeMessage('wamp.close.normal'));
    expect((await client.expect(MessageType.GOODBYE)).reason).toBe('wamp.close.goodbye_and_out');
    expect(router.counts().realms[0]?.sessions).toBe(0);
  });
});
