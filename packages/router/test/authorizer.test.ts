import { goodbyeMessage, MessageType, publishMessage } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import type { AuthorizationAnswer, AuthorizationRequest, AuthorizerOptions, RouterOptions } from '../src/index.js';
import { argsOf, routed } from './clients.js';
import { joinAs, routerOf, tried } from './role-clients.js';

/** An authorizer that answers when and what the test says. */
function patient() {
  const asked: AuthorizationRequest[] = [];
  const answers: ((answer: AuthorizationAnswer) => void)[] = [];
  const failures: ((error: Error) => void)[] = [];
  const authorize = (request: AuthorizationRequest) => {
    asked.push(request);
    return new Promise<AuthorizationAnswer>((resolve, reject) => {
      answers.push(resolve);
      failures.push(reject);
    });
  };
  return { authorize, asked, answers, failures };
}

/** An authorizer that answers at once, and remembers the questions. */
function quick(answer: (request: AuthorizationRequest) => AuthorizationAnswer = () => true) {
  const asked: AuthorizationRequest[] = [];
  const authorize = (request: AuthorizationRequest) => {
    asked.push(request);
    return answer(request);
  };
  return { authorize, asked };
}

const withAuthorizer = (authorizer: AuthorizerOptions, options: Partial<RouterOptions> = {}) =>
  routerOf({ authorizer }, options);

describe('an authorizer', () => {
  test('is asked what a session wants to do, and for patterns how they match', async () => {
    const { authorize, asked } = quick(({ uri }) => uri !== 'com.no');
    const { router } = withAuthorizer({ authorize });
    const client = await joinAs(router, 'user', 'joe');
    expect(await tried(client, 'call', 'com.yes')).toBe('yes');
    expect(await tried(client, 'publish', 'com.no')).toBe('not_authorized');
    expect(await tried(client, 'register', 'com.', 'prefix')).toBe('yes');
    expect(await tried(client, 'subscribe', 'wamp.session.on_join')).toBe('yes');
    const who = {
      session: client.session,
      authid: 'joe',
      authrole: 'user',
      authmethod: 'believing',
      authprovider: 'test',
      realm: 'realm1',
    };
    expect(asked).toEqual([
      { ...who, action: 'call', uri: 'com.yes', match: 'exact' },
      { ...who, action: 'publish', uri: 'com.no', match: 'exact' },
      { ...who, action: 'register', uri: 'com.', match: 'prefix' },
      { ...who, action: 'subscribe', uri: 'wamp.session.on_join', match: 'exact' },
    ]);
  });

  test('is asked where the rules say nothing, and for roles that have none', async () => {
    const { authorize, asked } = quick();
    const roles = [
      {
        name: 'user',
        rules: [
          { uri: 'com.open', allow: { call: true } },
          { uri: 'com.app.closed', allow: {} },
        ],
      },
    ];
    const { router } = routerOf({ roles, authorizer: { authorize } });
    const client = await joinAs(router, 'user');
    expect(await tried(client, 'call', 'com.open')).toBe('yes');
    expect(await tried(client, 'publish', 'com.open')).toBe('not_authorized');
    // What a rule forbids within a pattern is not up to it.
    expect(await tried(client, 'register', 'com.app.', 'prefix')).toBe('not_authorized');
    expect(asked).toEqual([]);
    expect(await tried(client, 'register', 'com.other.', 'prefix')).toBe('yes');
    expect(await tried(await joinAs(router, 'stranger'), 'call', 'com.open')).toBe('yes');
    expect(asked.map(({ authrole, uri }) => [authrole, uri])).toEqual([
      ['user', 'com.other.'],
      ['stranger', 'com.open'],
    ]);
  });

  test('is not asked for what is refused in any case, nor for answers and later parts of a call', async () => {
    const { authorize, asked } = quick();
    const { router } = withAuthorizer({ authorize });
    const client = await joinAs(router, 'user');
    expect(await tried(client, 'register', 'wamp.x')).toBe('invalid_uri');
    expect(await tried(client, 'publish', 'a..b')).toBe('invalid_uri');
    expect(await tried(client, 'subscribe', 'a b', 'wildcard')).toBe('invalid_uri');
    expect(asked).toEqual([]);
    await client.register('com.add');
    client.call('com.add');
    client.yield((await client.invocation()).request, [1]);
    await client.result();
    expect(asked.map(({ action }) => action)).toEqual(['register', 'call']);
  });

  test.each<[string, () => AuthorizationAnswer | PromiseLike<AuthorizationAnswer>]>([
    [
      'throws',
      () => {
        throw new Error('db7 is down');
      },
    ],
    ['rejects', () => Promise.reject(new Error('db7 is down'))],
    ['gives nothing', () => undefined as never],
    ['gives what is no answer', () => ({ allow: 'yes' }) as never],
    ['gives what is no answer later', async () => 'yes' as never],
  ])('that %s: authorization_failed, every time anew, and the reason stays inside', async (_, authorize) => {
    const { router } = withAuthorizer({ authorize });
    const client = await joinAs(router, 'user');
    for (let time = 0; time < 2; time++) {
      client.call('com.add');
      const error = await client.error();
      expect(error.error).toBe('wamp.error.authorization_failed');
      expect(JSON.stringify(argsOf(error))).not.toContain('db7');
    }
    expect(await tried(client, 'publish', 'com.add')).toBe('authorization_failed');
  });

  test('that takes too long: authorization_failed after its timeout; what it says then counts for nothing', async () => {
    const { authorize, answers, asked } = patient();
    const { router, clock } = withAuthorizer({ authorize, timeout: 200 });
    const client = await joinAs(router, 'user');
    client.call('com.add');
    await routed();
    clock.advance(200);
    expect((await client.error()).error).toBe('wamp.error.authorization_failed');
    answers[0]?.(true);
    await routed();
    client.call('com.add');
    await routed();
    expect(asked).toHaveLength(2);
    answers[1]?.(false);
    expect((await client.error()).error).toBe('wamp.error.not_authorized');
    expect(clock.pending).toBe(0);
  });

  test('decides on a testament’s topic, too', async () => {
    const { authorize, asked } = quick(({ uri }) => uri !== 'com.no');
    const { router } = withAuthorizer({ authorize: async (request) => authorize(request) });
    const client = await joinAs(router, 'user');
    expect(await client.refused('wamp.session.add_testament', ['com.no', [], {}])).toBe('wamp.error.not_authorized');
    expect(await client.ask('wamp.session.add_testament', ['com.yes', [], {}])).toEqual([]);
    expect(asked.map(({ action, uri }) => `${action} ${uri}`)).toEqual([
      'call wamp.session.add_testament',
      'publish com.no',
      'publish com.yes',
    ]);
  });
});

describe('while an authorizer makes up its mind', () => {
  test('what its session sends waits, in its order; nobody else does', async () => {
    const { authorize, answers, asked } = patient();
    const { router } = withAuthorizer({
      authorize: (request) => (request.authrole === 'slow' ? authorize(request) : true),
    });
    const [slow, other] = [await joinAs(router, 'slow'), await joinAs(router, 'other')];
    await other.subscribe('com.tick');
    slow.publish('com.tick', [1]);
    slow.publish('com.tick', [2]);
    slow.call('nobody.has.this');
    const third = await joinAs(router, 'other');
    third.publish('com.tick', ['third']);
    expect(argsOf(await other.event())).toEqual(['third']);
    // One question at a time.
    expect(asked.map(({ action }) => action)).toEqual(['publish']);
    answers[0]?.({ allow: true, cache: false });
    expect(argsOf(await other.event())).toEqual([1]);
    await routed();
    answers[1]?.(false);
    await routed();
    answers[2]?.(true);
    expect((await slow.error()).error).toBe('wamp.error.no_such_procedure');
    await other.hearsNothing();
  });

  test('CANCEL comes after its CALL', async () => {
    const { authorize, answers } = patient();
    const { router } = withAuthorizer({
      authorize: (request) => (request.action === 'call' ? authorize(request) : true),
    });
    const [callee, caller] = [await joinAs(router, 'user'), await joinAs(router, 'user')];
    await callee.register('com.work');
    caller.cancel(caller.call('com.work'));
    await routed();
    expect(caller.peer.heard).toEqual([]);
    answers[0]?.(true);
    await callee.invocation();
    await callee.expect(MessageType.INTERRUPT);
    expect((await caller.error()).error).toBe('wamp.error.canceled');
  });

  test('GOODBYE comes after what was sent before it', async () => {
    const { authorize, answers } = patient();
    const { router, clock } = withAuthorizer({
      authorize: (request) => (request.authrole === 'slow' ? authorize(request) : true),
    });
    const [slow, other] = [await joinAs(router, 'slow'), await joinAs(router, 'other')];
    await other.subscribe('com.tick');
    slow.publish('com.tick', [1]);
    slow.publish('com.tick', [2], { acknowledge: true });
    slow.say(goodbyeMessage('wamp.close.normal'));
    await routed();
    answers[0]?.(true);
    expect(argsOf(await other.event())).toEqual([1]);
    await routed();
    answers[1]?.(true);
    expect(argsOf(await other.event())).toEqual([2]);
    expect((await slow.expect(MessageType.GOODBYE)).reason).toBe('wamp.close.goodbye_and_out');
    expect(router.counts().realms[0]?.sessions).toBe(1);
    slow.peer.drop();
    await routed();
    expect(clock.pending).toBe(0);
  });

  test('GOODBYE does not wait for ever', async () => {
    const { authorize, answers } = patient();
    const { router, clock } = withAuthorizer({ authorize }, { closeTimeout: 1_000 });
    const client = await joinAs(router, 'user');
    client.publish('com.tick', [1]);
    client.say(goodbyeMessage('wamp.close.normal'));
    await routed();
    clock.advance(1_000);
    await client.expect(MessageType.GOODBYE);
    expect(router.counts().realms[0]?.sessions).toBe(0);
    answers[0]?.(true);
    await routed();
    expect(client.peer.heard).toEqual([]);
  });

  test('its session may end: nothing of it comes to pass', async () => {
    const { authorize, answers } = patient();
    const { router, clock } = withAuthorizer({
      authorize: (request) => (request.authrole === 'slow' ? authorize(request) : true),
    });
    const [slow, other] = [await joinAs(router, 'slow'), await joinAs(router, 'other')];
    await other.subscribe('com.tick');
    slow.publish('com.tick', [1]);
    slow.publish('com.tick', [2]);
    await routed();
    slow.peer.drop();
    await routed();
    answers[0]?.(true);
    await new Promise((resolve) => setImmediate(resolve));
    await other.hearsNothing();
    expect(router.counts()).toMatchObject({ transports: 1, realms: [{ sessions: 1 }] });
    expect(clock.pending).toBe(0);
  });

  test('a violation among what waits ends the session', async () => {
    const { authorize, answers } = patient();
    const { router } = withAuthorizer({ authorize });
    const client = await joinAs(router, 'user');
    client.publish('com.tick', [1]);
    client.say(publishMessage(7, {}, 'com.tick'));
    await routed();
    expect(client.peer.hungUp).toBe(false);
    answers[0]?.(true);
    expect(await client.aborted()).toMatchObject({ reason: 'wamp.error.protocol_violation', hungUp: true });
  });

  test.each([
    ['messages', { heldMessages: 3 }, 'x'],
    ['bytes', { heldBytes: 5_000 }, 'x'.repeat(1_000)],
  ])('no more than so many %s wait: a client that sends on is closed', async (_, limits, text) => {
    const { authorize } = patient();
    const { router } = withAuthorizer({ authorize }, { limits });
    const [client, other] = [await joinAs(router, 'user'), await joinAs(router, 'user')];
    for (let count = 0; count < 5; count++) client.publish('com.tick', [text]);
    const { reason, message } = await client.aborted();
    expect(reason).toBe('wamp.error.limit_exceeded');
    expect(message).toContain('wait for an authorizer');
    expect(router.counts().realms[0]?.sessions).toBe(1);
    expect(other.peer.hungUp).toBe(false);
  });
});

describe('a procedure as authorizer', () => {
  const roles = [
    { name: 'service', rules: [{ uri: 'com.auth.', match: 'prefix' as const, allow: { register: true } }] },
  ];
  const setup = async (authorizer: Partial<AuthorizerOptions> = {}) => {
    const { router, clock } = routerOf({ roles, authorizer: { procedure: 'com.auth.may', ...authorizer } });
    const service = await joinAs(router, 'service');
    await service.register('com.auth.may');
    return { router, clock, service, client: await joinAs(router, 'user', 'joe') };
  };

  test('is called with the session, the URI, the action and how it matches', async () => {
    const { service, client } = await setup();
    client.call('com.add');
    const invocation = await service.invocation();
    expect(argsOf(invocation)).toEqual([
      {
        session: client.session,
        authid: 'joe',
        authrole: 'user',
        authmethod: 'believing',
        authprovider: 'test',
        realm: 'realm1',
      },
      'com.add',
      'call',
      { match: 'exact' },
    ]);
    service.yield(invocation.request, [true]);
    expect((await client.error()).error).toBe('wamp.error.no_such_procedure');
    const second = tried(client, 'subscribe', 'com.', 'prefix');
    const { request } = await service.invocation();
    service.yield(request, [{ allow: false, cache: false }]);
    expect(await second).toBe('not_authorized');
  });

  test('may be registered by the session that is asked about: its answer does not wait behind its question', async () => {
    const { service } = await setup();
    service.call('com.other');
    const { request } = await service.invocation();
    service.publish('com.later');
    service.yield(request, [true]);
    expect((await service.error()).error).toBe('wamp.error.no_such_procedure');
    const later = await service.invocation();
    expect(argsOf(later)).toMatchObject([{ authrole: 'service' }, 'com.later', 'publish', { match: 'exact' }]);
  });

  test.each<[string, (service: Awaited<ReturnType<typeof setup>>['service'], request: number) => void]>([
    ['fails', (service, request) => service.fail(request, 'com.error')],
    ['answers with nothing', (service, request) => service.yield(request)],
    ['leaves', (service) => service.peer.drop()],
  ])('that %s: authorization_failed', async (_, answer) => {
    const { service, client } = await setup();
    const outcome = tried(client, 'call', 'com.add');
    answer(service, (await service.invocation()).request);
    expect(await outcome).toBe('authorization_failed');
  });

  test('that is not there: authorization_failed; that takes too long: the same, and it is canceled', async () => {
    const { router, service, client, clock } = await setup({ timeout: 100 });
    const outcome = tried(client, 'call', 'com.add');
    await service.invocation();
    clock.advance(100);
    expect(await outcome).toBe('authorization_failed');
    await service.expect(MessageType.INTERRUPT);
    await service.leave();
    expect(await tried(client, 'call', 'com.add')).toBe('authorization_failed');
    expect(router.counts().realms[0]?.calls).toBe(0);
    expect(clock.pending).toBe(1);
  });
});

describe('answers', () => {
  test('are kept for the session, the action and the URI, for their time', async () => {
    const { authorize, asked } = quick();
    const { router, clock } = withAuthorizer({ authorize, cache: { ttl: 1_000 } });
    const [one, two] = [await joinAs(router, 'user'), await joinAs(router, 'user')];
    for (let time = 0; time < 3; time++) {
      await tried(one, 'call', 'com.a');
      await tried(one, 'publish', 'com.a');
      await tried(one, 'call', 'com.b');
      await tried(one, 'subscribe', 'com.a');
      await tried(one, 'subscribe', 'com.a', 'prefix');
    }
    expect(asked).toHaveLength(5);
    await tried(two, 'call', 'com.a');
    expect(asked).toHaveLength(6);
    clock.advance(999);
    await tried(one, 'call', 'com.a');
    expect(asked).toHaveLength(6);
    clock.advance(1);
    await tried(one, 'call', 'com.a');
    expect(asked).toHaveLength(7);
  });

  test('that deny are kept, too; some hold for once, and all do without a cache', async () => {
    const denying = quick(({ uri }) => (uri === 'com.once' ? { allow: false, cache: false } : { allow: false }));
    const { router } = withAuthorizer({ authorize: denying.authorize });
    const client = await joinAs(router, 'user');
    for (const uri of ['com.a', 'com.a', 'com.once', 'com.once']) {
      expect(await tried(client, 'call', uri)).toBe('not_authorized');
    }
    expect(denying.asked.map(({ uri }) => uri)).toEqual(['com.a', 'com.once', 'com.once']);
    const uncached = quick();
    const second = withAuthorizer({ authorize: uncached.authorize, cache: false });
    const other = await joinAs(second.router, 'user');
    for (let time = 0; time < 3; time++) await tried(other, 'call', 'com.a');
    expect(uncached.asked).toHaveLength(3);
  });

  test('may be those of a role', async () => {
    const { authorize, asked } = quick();
    const { router } = withAuthorizer({ authorize, cache: { by: 'role' } });
    await tried(await joinAs(router, 'user'), 'call', 'com.a');
    await tried(await joinAs(router, 'user'), 'call', 'com.a');
    await tried(await joinAs(router, 'boss'), 'call', 'com.a');
    expect(asked.map(({ authrole }) => authrole)).toEqual(['user', 'boss']);
  });

  test('are bounded: the oldest go', async () => {
    const { authorize, asked } = quick();
    const { router } = withAuthorizer({ authorize, cache: { size: 3 } });
    const client = await joinAs(router, 'user');
    for (const uri of ['com.a', 'com.b', 'com.c', 'com.d', 'com.d', 'com.c', 'com.b', 'com.a']) {
      await tried(client, 'call', uri);
    }
    expect(asked.map(({ uri }) => uri)).toEqual(['com.a', 'com.b', 'com.c', 'com.d', 'com.a']);
  });

  test('of a session end with it', async () => {
    const { authorize, asked } = quick();
    const { router } = withAuthorizer({ authorize, cache: { size: 2 } });
    const [keeper, goer] = [await joinAs(router, 'user'), await joinAs(router, 'user')];
    await tried(keeper, 'call', 'com.a');
    await tried(goer, 'call', 'com.b');
    await goer.leave();
    // There is room again: nothing of the other goes.
    await tried(keeper, 'call', 'com.c');
    await tried(keeper, 'call', 'com.a');
    expect(asked.map(({ uri }) => uri)).toEqual(['com.a', 'com.b', 'com.c']);
  });

  test.each([
    [undefined, [true, true, true]],
    [{ authrole: 'user' }, [true, true, false]],
    [{ authid: 'joe' }, [true, false, false]],
    [{ realm: 'realm1', authid: 'ann', authrole: 'boss' }, [false, false, true]],
    [{ realm: 'other' }, [false, false, false]],
  ])('are forgotten when something has changed: %j', async (what, anew) => {
    const { authorize, asked } = quick();
    const { router } = withAuthorizer({ authorize });
    const clients = [
      await joinAs(router, 'user', 'joe'),
      await joinAs(router, 'user', 'ann'),
      await joinAs(router, 'boss', 'ann'),
    ];
    for (const client of clients) await tried(client, 'call', 'com.a');
    router.forgetAuthorizations(what);
    asked.length = 0;
    for (const client of clients) await tried(client, 'call', 'com.a');
    expect(clients.map(({ session }) => asked.some((request) => request.session === session))).toEqual(anew);
  });

  test('that were asked for before the change are not kept', async () => {
    const { authorize, answers, asked } = patient();
    const { router } = withAuthorizer({ authorize });
    const client = await joinAs(router, 'user');
    const first = tried(client, 'call', 'com.a');
    await routed();
    router.forgetAuthorizations();
    answers[0]?.(true);
    expect(await first).toBe('yes');
    const second = tried(client, 'call', 'com.a');
    await routed();
    expect(asked).toHaveLength(2);
    answers[1]?.(false);
    expect(await second).toBe('not_authorized');
  });
});

describe('options of an authorizer', () => {
  test.each<[string, unknown, RegExp]>([
    ['neither', {}, /^realms\[0\]\.authorizer: expected either authorize or procedure/],
    ['both', { authorize: () => true, procedure: 'com.a' }, /expected either authorize or procedure/],
    ['no function', { authorize: 'com.a' }, /authorizer\.authorize: expected a function/],
    ['no URI', { procedure: 'a b' }, /authorizer\.procedure: "a b" is not a URI/],
    ['a slip', { procedur: 'com.a' }, /authorizer\.procedur: .* did you mean procedure\?/],
    ['a timeout that is none', { procedure: 'com.a', timeout: 0 }, /authorizer\.timeout: expected 1 to/],
    ['a size that is none', { procedure: 'com.a', cache: { size: 0 } }, /cache\.size: expected a whole number/],
    ['a ttl that is none', { procedure: 'com.a', cache: { ttl: 0 } }, /cache\.ttl: expected milliseconds above 0/],
    [
      'an owner that is none',
      { procedure: 'com.a', cache: { by: 'realm' } },
      /cache\.by: expected one of session, role/,
    ],
  ])('that are wrong are refused when the router is built: %s', (_, authorizer, text) => {
    expect(() => withAuthorizer(authorizer as AuthorizerOptions)).toThrow(text);
  });
});
