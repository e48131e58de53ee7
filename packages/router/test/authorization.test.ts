import {
  callMessage,
  type Dict,
  type Event,
  helloMessage,
  type Invocation,
  type MatchPolicy,
  MessageType,
  publishMessage,
} from '@wamp-run/protocol';
import { ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import type { Action, RealmOptions, RoleOptions, Rule } from '../src/index.js';
import { ALL_ROLES, argsOf, routed, type TestClient } from './clients.js';
import { joinAs, routerOf, tried } from './role-clients.js';

const ALL = { call: true, register: true, publish: true, subscribe: true } as const;
const ACTIONS: readonly Action[] = ['call', 'register', 'publish', 'subscribe'];

const ROLES: readonly RoleOptions[] = [
  {
    name: 'backend',
    rules: [
      { uri: 'com.shop.', match: 'prefix', allow: ALL },
      { uri: 'com.shop.audit', allow: { publish: true } },
    ],
  },
  {
    name: 'customer',
    rules: [
      { uri: 'com.shop.', match: 'prefix', allow: { call: true, subscribe: true } },
      { uri: 'com.shop.admin.', match: 'prefix', allow: { call: false } },
      { uri: 'com.shop.admin.login', allow: { call: true } },
      { uri: 'com..events', match: 'wildcard', allow: { publish: true } },
    ],
  },
  { name: 'mute', rules: [] },
];

/** role, URI, and of call, register, publish and subscribe those that are allowed. */
const MATRIX: readonly [role: string, uri: string, allowed: string][] = [
  ['backend', 'com.shop.order', 'call register publish subscribe'],
  ['backend', 'com.shop.audit', 'publish'],
  ['backend', 'com.shop.audit.more', 'call register publish subscribe'],
  ['backend', 'com.shop', ''],
  ['backend', 'com.shopping', ''],
  ['backend', 'com.other', ''],
  ['customer', 'com.shop.order', 'call subscribe'],
  ['customer', 'com.shop.admin.reset', ''],
  ['customer', 'com.shop.admin.login', 'call'],
  ['customer', 'com.shop.events', 'call subscribe'],
  ['customer', 'com.news.events', 'publish'],
  ['customer', 'com.news.other.events', ''],
  ['mute', 'com.shop.order', ''],
  ['mute', 'nobody.has.this', ''],
];

describe('a matrix of role, action and URI', () => {
  const cases = MATRIX.flatMap(([role, uri, allowed]) =>
    ACTIONS.map((action) => [role, action, uri, allowed.split(' ').includes(action)] as const),
  );
  test.each(cases)('%s, %s, %s: %s', async (role, action, uri, allowed) => {
    const { router } = routerOf({ roles: ROLES });
    const client = await joinAs(router, role);
    expect(await tried(client, action, uri)).toBe(allowed ? 'yes' : 'not_authorized');
  });

  test('without roles, everybody may do everything', async () => {
    const { router } = routerOf({});
    for (const action of ACTIONS) expect(await tried(await joinAs(router, 'any'), action, 'com.x')).toBe('yes');
  });

  test('what is refused does not happen', async () => {
    const { router } = routerOf({ roles: ROLES });
    const backend = await joinAs(router, 'backend');
    await backend.register('com.shop.admin.reset');
    await backend.subscribe('com.shop.order');
    const customer = await joinAs(router, 'customer');
    customer.call('com.shop.admin.reset');
    const error = await customer.error();
    expect(error.error).toBe('wamp.error.not_authorized');
    expect(argsOf(error)).toEqual(['the role "customer" may not call "com.shop.admin.reset"']);
    // No answer where none was asked for, and no event.
    customer.publish('com.shop.order', ['spam']);
    await customer.hearsNothing();
    await backend.hearsNothing();
    expect(router.counts().realms[0]).toMatchObject({ registrations: 1, subscriptions: 1, calls: 0 });
  });

  test('request ids go on over what is refused', async () => {
    const { router } = routerOf({ roles: ROLES });
    const client = await joinAs(router, 'customer');
    client.say(publishMessage(1, {}, 'com.none'));
    client.say(callMessage(2, {}, 'com.none'));
    expect((await client.error()).request).toBe(2);
    client.say(callMessage(2, {}, 'com.none'));
    expect((await client.aborted()).reason).toBe('wamp.error.protocol_violation');
  });
});

describe('a call in parts', () => {
  test('is decided by its first part; what is on its way after a refusal is dropped', async () => {
    const { router } = routerOf({ roles: ROLES });
    const client = await joinAs(router, 'customer');
    const parts = { caller: { features: { progressive_call_invocations: true, call_canceling: true } } };
    await client.leave();
    client.say(helloMessage('realm1', { roles: parts, authmethods: ['believing'], authrole: 'customer' }));
    await client.expect(MessageType.WELCOME);
    client.say(callMessage(1, { progress: true }, 'com.none'));
    client.say(callMessage(1, { progress: true }, 'com.none'));
    client.say(callMessage(1, {}, 'com.none'));
    client.say(callMessage(2, {}, 'com.shop.order'));
    expect(await client.error()).toMatchObject({ request: 1, error: 'wamp.error.not_authorized' });
    expect(await client.error()).toMatchObject({ request: 2, error: 'wamp.error.no_such_procedure' });
  });
});

describe('the rule that decides', () => {
  const rule = (uri: string, match: MatchPolicy, call: boolean): Rule => ({ uri, match, allow: { call } });
  const RULES = [
    rule('com.a.b', 'exact', true),
    rule('com.a.', 'prefix', false),
    rule('com.', 'prefix', true),
    rule('com.a.b.c', 'prefix', true),
    rule('net.a.', 'wildcard', true),
    rule('net..b', 'wildcard', false),
    rule('.a.c', 'wildcard', false),
    rule('', 'prefix', false),
  ];
  test.each([
    ['the exact one, before any pattern', 'com.a.b', true],
    ['the longest prefix', 'com.a.x', false],
    ['the longest prefix, character by character', 'com.a.b.cd', true],
    ['a shorter prefix where no longer one fits', 'com.x', true],
    ['a prefix, even the shortest, before a wildcard', 'net.a.b', false],
  ])('is %s: %s', async (_, uri, allowed) => {
    for (const rules of [RULES, [...RULES].reverse()]) {
      const { router } = routerOf({ roles: [{ name: 'r', rules }] });
      expect(await tried(await joinAs(router, 'r'), 'call', uri)).toBe(allowed ? 'yes' : 'not_authorized');
    }
  });

  test.each([
    ['the wildcard with the longest certain beginning', 'net.a.b', true],
    ['of two, whichever is certain first', 'net.a.c', true],
    ['another where that does not fit', 'net.x.b', false],
    ['none, and then nothing is allowed', 'net.x.y', false],
  ])('is, without prefixes, %s: %s', async (_, uri, allowed) => {
    const wildcards = RULES.filter(({ match }) => match === 'wildcard');
    for (const rules of [wildcards, [...wildcards].reverse()]) {
      const { router } = routerOf({ roles: [{ name: 'r', rules }] });
      expect(await tried(await joinAs(router, 'r'), 'call', uri)).toBe(allowed ? 'yes' : 'not_authorized');
    }
  });
});

describe('patterns that are registered and subscribed to', () => {
  const RULES: readonly Rule[] = [
    { uri: 'com.app.', match: 'prefix', allow: { register: true, subscribe: true } },
    { uri: 'com.app.secret', allow: {} },
    { uri: 'com.app.inner.', match: 'prefix', allow: {} },
    { uri: 'com.app.inner.open.', match: 'prefix', allow: { register: true, subscribe: true } },
    { uri: 'net..log', match: 'wildcard', allow: { register: true, subscribe: true } },
    { uri: 'net.x.log', allow: {} },
    { uri: 'org..', match: 'wildcard', allow: { register: true, subscribe: true } },
    { uri: 'org..key', match: 'wildcard', allow: {} },
  ];
  const OPEN: Rule = { uri: 'org.a.', match: 'wildcard', allow: { register: true, subscribe: true } };
  test.each<[string, MatchPolicy, string, boolean]>([
    ['com.app.tools.', 'prefix', 'lies within what the role may', true],
    ['com.app.tools', 'prefix', 'lies within it', true],
    ['com.app.', 'prefix', 'holds what is forbidden', false],
    ['com.app.s', 'prefix', 'holds the exact URI that is forbidden', false],
    ['com.app.t', 'prefix', 'holds none of it', true],
    ['com.app.inner.x', 'prefix', 'lies within what is forbidden', false],
    ['com.app.inner.open.x.', 'prefix', 'lies within what is open again', true],
    ['com.', 'prefix', 'reaches beyond', false],
    ['com.app', 'prefix', 'reaches beyond by a character', false],
    ['', 'prefix', 'reaches for everything', false],
    ['com.app.tools..x', 'wildcard', 'lies within the prefix', true],
    ['com.app..x', 'wildcard', 'meets the forbidden prefix', false],
    ['com.app..x.y.z', 'wildcard', 'meets the forbidden prefix with its open part', false],
    ['com..tools', 'wildcard', 'reaches beyond the prefix', false],
    ['com.app.', 'wildcard', 'meets the exact URI that is forbidden', false],
    ['.app.tools', 'wildcard', 'begins with anything', false],
    ['net..log', 'wildcard', 'meets the exact URI that is forbidden', false],
    ['net.', 'prefix', 'is more than any wildcard', false],
    ['org..lock', 'wildcard', 'lies within the wildcard, beside what is forbidden', true],
    ['org.a.', 'wildcard', 'is open by a rule of its own, which comes before the forbidden one', true],
    ['org..key', 'wildcard', 'is what is forbidden', false],
    ['org..', 'wildcard', 'holds it', false],
  ])('%j by %s, which %s: %s', async (uri, match, _, allowed) => {
    const { router } = routerOf({ roles: [{ name: 'r', rules: uri === 'org.a.' ? [...RULES, OPEN] : RULES }] });
    for (const action of ['register', 'subscribe'] as const) {
      expect(await tried(await joinAs(router, 'r'), action, uri, match)).toBe(allowed ? 'yes' : 'not_authorized');
    }
  });

  test('whoever joins a shared registration needs the same right, and so does who takes it over', async () => {
    const roles: RoleOptions[] = [
      { name: 'worker', rules: [{ uri: 'com.work', allow: { register: true } }] },
      { name: 'guest', rules: [{ uri: 'com.work', allow: { call: true } }] },
    ];
    const { router } = routerOf({ roles });
    const [worker, guest] = [await joinAs(router, 'worker'), await joinAs(router, 'guest')];
    await worker.register('com.work', { invoke: 'roundrobin' });
    for (const options of [{ invoke: 'roundrobin' }, { force_reregister: true }]) {
      const request = guest.request();
      guest.say({ type: MessageType.REGISTER, request, options, procedure: 'com.work' });
      expect((await guest.error()).error).toBe('wamp.error.not_authorized');
    }
    const second = await joinAs(router, 'worker');
    await second.register('com.work', { invoke: 'roundrobin' });
    guest.call('com.work');
    guest.call('com.work');
    await worker.invocation();
    await second.invocation();
  });

  test('a call that only a pattern answers is held to the rule of its own URI', async () => {
    const roles: RoleOptions[] = [
      { name: 'worker', rules: [{ uri: 'com.', match: 'prefix', allow: { register: true } }] },
      { name: 'guest', rules: [{ uri: 'com.open', allow: { call: true } }] },
    ];
    const { router } = routerOf({ roles });
    const [worker, guest] = [await joinAs(router, 'worker'), await joinAs(router, 'guest')];
    await worker.register('com.', { match: 'prefix' });
    expect(await tried(guest, 'call', 'com.closed')).toBe('not_authorized');
    guest.call('com.open');
    expect((await worker.invocation()).details).toMatchObject({ procedure: 'com.open' });
  });
});

describe('what belongs to the protocol', () => {
  const everything: Rule = { uri: '', match: 'prefix', allow: ALL };
  const meta = async (rules: readonly Rule[]) => {
    const { router } = routerOf({ roles: [{ name: 'r', rules }] });
    return joinAs(router, 'r');
  };

  test('is not open to a rule for everything', async () => {
    const client = await meta([everything]);
    expect(await tried(client, 'call', 'wamp.session.count')).toBe('not_authorized');
    expect(await tried(client, 'call', 'wamp.session.kill_all')).toBe('not_authorized');
    expect(await tried(client, 'subscribe', 'wamp.session.on_join')).toBe('not_authorized');
    expect(await tried(client, 'subscribe', 'wamp.', 'prefix')).toBe('not_authorized');
    expect(await tried(client, 'subscribe', '', 'prefix')).toBe('yes');
    expect(await tried(client, 'call', 'wampum')).toBe('yes');
  });

  test('is open by rules of its own', async () => {
    const client = await meta([
      { uri: 'wamp.session.', match: 'prefix', allow: { call: true, subscribe: true } },
      { uri: 'wamp.session.kill', match: 'prefix', allow: {} },
    ]);
    expect(await client.ask('wamp.session.count')).toEqual([1]);
    expect(await tried(client, 'call', 'wamp.session.kill_all')).toBe('not_authorized');
    expect(await tried(client, 'subscribe', 'wamp.session.on_join')).toBe('yes');
    expect(await tried(client, 'subscribe', 'wamp.session.on', 'prefix')).toBe('yes');
    expect(await tried(client, 'subscribe', 'wamp.session.', 'prefix')).toBe('not_authorized');
  });

  test('is never registered or published to, whatever the rules say', async () => {
    const client = await meta([{ uri: 'wamp.', match: 'prefix', allow: ALL }]);
    expect(await tried(client, 'register', 'wamp.mine')).toBe('invalid_uri');
    expect(await tried(client, 'publish', 'wamp.session.on_join')).toBe('invalid_uri');
  });

  test('a testament is held to what its session may publish', async () => {
    const client = await meta([
      { uri: 'wamp.session.add_testament', allow: { call: true } },
      { uri: 'com.mine', allow: { publish: true } },
    ]);
    expect(await client.ask('wamp.session.add_testament', ['com.mine', [], {}])).toEqual([]);
    expect(await client.refused('wamp.session.add_testament', ['com.other', [], {}])).toBe('wamp.error.not_authorized');
    expect(await client.refused('wamp.session.add_testament', [])).toBe('wamp.error.invalid_argument');
  });
});

describe('disclosure by rules', () => {
  const roles = (disclose: Rule['disclose']): RoleOptions[] => [
    { name: 'r', rules: [{ uri: 'com.', match: 'prefix', allow: ALL, ...(disclose && { disclose }) }] },
  ];
  async function outcome(sender: TestClient, receiver: TestClient): Promise<string> {
    await routed();
    const [message] = receiver.peer.heard.splice(0);
    const [answer] = sender.peer.heard.splice(0);
    if (message === undefined) {
      expect(answer).toMatchObject({ error: 'wamp.error.option_disallowed.disclose_me' });
      return 'refused';
    }
    const { details } = message as Event | Invocation;
    return details.caller === sender.session || details.publisher === sender.session ? 'disclosed' : 'hidden';
  }

  async function seen(realm: Omit<RealmOptions, 'name'>, options: Dict = {}, registered: Dict = {}) {
    const { router } = routerOf(realm);
    const [one, other] = [await joinAs(router, 'r'), await joinAs(router, 'r')];
    await one.register('com.p', registered);
    await one.subscribe('com.t');
    other.call('com.p', [], options);
    const called = await outcome(other, one);
    other.publish('com.t', [], { ...options, acknowledge: true });
    const published = await outcome(other, one);
    return { called, published };
  }

  test.each<[string, Rule['disclose'], Dict, string, string]>([
    ['asked', undefined, {}, 'hidden', 'hidden'],
    ['asked', undefined, { disclose_me: true }, 'disclosed', 'disclosed'],
    ['asked', { caller: 'always' }, {}, 'disclosed', 'hidden'],
    ['asked', { publisher: 'always' }, {}, 'hidden', 'disclosed'],
    ['asked', { caller: 'never' }, { disclose_me: true }, 'refused', 'disclosed'],
    ['asked', { publisher: 'never' }, { disclose_me: true }, 'disclosed', 'refused'],
    ['always', { caller: 'never', publisher: 'asked' }, {}, 'hidden', 'hidden'],
    ['never', { caller: 'asked' }, { disclose_me: true }, 'disclosed', 'refused'],
  ])(
    'realm %s, rule %j, options %j: the caller %s, the publisher %s',
    async (disclosure, disclose, options, called, published) => {
      const realm = { disclosure: disclosure as 'asked', roles: roles(disclose) };
      expect(await seen(realm, options)).toEqual({ called, published });
    },
  );

  test('a callee that asks who calls is not told where a rule forbids it', async () => {
    const asks = { disclose_caller: true };
    expect(await seen({ roles: roles(undefined) }, {}, asks)).toMatchObject({ called: 'disclosed' });
    expect(await seen({ roles: roles({ caller: 'never' }) }, {}, asks)).toMatchObject({ called: 'hidden' });
  });

  test('WELCOME announces it where a rule allows it', async () => {
    const announced = async (disclose: Rule['disclose']) => {
      const { router } = routerOf({ disclosure: 'never', roles: roles(disclose) });
      return (await joinAs(router, 'r')).details.roles as Record<string, { features: Dict }>;
    };
    expect((await announced(undefined)).dealer?.features.caller_identification).toBeUndefined();
    expect((await announced({ caller: 'asked' })).dealer?.features.caller_identification).toBe(true);
    expect((await announced({ caller: 'asked' })).broker?.features.publisher_identification).toBeUndefined();
  });
});

describe('roles', () => {
  test('that a realm does not have are refused', async () => {
    const { router } = routerOf({ roles: ROLES });
    const peer = new ScriptedPeer();
    router.attach(peer.transport);
    peer.say(helloMessage('realm1', { roles: ALL_ROLES, authmethods: ['believing'], authrole: 'stranger' }));
    expect((await peer.expect(MessageType.ABORT)).reason).toBe('wamp.error.no_such_role');
  });

  test.each<[string, unknown, RegExp]>([
    ['no list', {}, /^realms\[0\]\.roles: expected a list/],
    ['a slip in a role', [{ name: 'r', rule: [] }], /^realms\[0\]\.roles\[0\]\.rule: .* did you mean rules\?/],
    ['no name', [{ name: '', rules: [] }], /^realms\[0\]\.roles\[0\]\.name: /],
    ['no rules', [{ name: 'r' }], /^realms\[0\]\.roles\[0\]\.rules: expected a list/],
    [
      'a role twice',
      [
        { name: 'r', rules: [] },
        { name: 'r', rules: [] },
      ],
      /^realms\[0\]\.roles\[1\]: "r" is there twice/,
    ],
    [
      'a slip in a rule',
      [{ name: 'r', rules: [{ uri: 'a', mach: 'exact' }] }],
      /rules\[0\]\.mach: .* did you mean match\?/,
    ],
    [
      'a policy that is none',
      [{ name: 'r', rules: [{ uri: 'a', match: 'regex' }] }],
      /rules\[0\]\.match: expected one of/,
    ],
    ['no URI', [{ name: 'r', rules: [{ uri: 'a b' }] }], /rules\[0\]\.uri: "a b" is not a URI/],
    [
      'a slip in an action',
      [{ name: 'r', rules: [{ uri: 'a', allow: { cal: true } }] }],
      /allow\.cal: .* did you mean call\?/,
    ],
    [
      'a permission that is none',
      [{ name: 'r', rules: [{ uri: 'a', allow: { call: 'yes' } }] }],
      /allow\.call: expected true or false/,
    ],
    [
      'a disclosure that is none',
      [{ name: 'r', rules: [{ uri: 'a', disclose: { caller: true } }] }],
      /disclose\.caller: expected one of/,
    ],
    [
      'a slip in disclosure',
      [{ name: 'r', rules: [{ uri: 'a', disclose: { callers: 'asked' } }] }],
      /disclose\.callers: .* did you mean caller\?/,
    ],
    [
      'a rule twice',
      [{ name: 'r', rules: [{ uri: 'a' }, { uri: 'a', match: 'exact' }] }],
      /rules\[1\]: exact "a" is there twice/,
    ],
  ])('that are wrong are refused when the router is built: %s', (_, roles, text) => {
    expect(() => routerOf({ roles: roles as RoleOptions[] })).toThrow(text);
  });
});
