import { type Dict, goodbyeMessage, MessageType } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { argsOf, routed, routerAndClock, TestClient } from './clients.js';

async function three() {
  const { router, clock } = routerAndClock();
  const [one, two, three] = [
    await TestClient.join(router),
    await TestClient.join(router),
    await TestClient.join(router),
  ];
  return { router, clock, one, two, three };
}

function identityOf({ session, details }: TestClient): Dict {
  const { authid } = details as { authid: string };
  return { session, authid, authrole: 'anonymous', authmethod: 'anonymous', authprovider: 'static' };
}

describe('session meta API', () => {
  test('wamp.session.count and list: all sessions of the realm, or those with an authrole', async () => {
    const { one, two, three: third, router } = await three();
    expect(await one.ask('wamp.session.count')).toEqual([3]);
    expect(await one.ask('wamp.session.list')).toEqual([[one.session, two.session, third.session]]);
    expect(await one.ask('wamp.session.count', [['anonymous', 'admin']])).toEqual([3]);
    expect(await one.ask('wamp.session.count', [['admin']])).toEqual([0]);
    expect(await one.ask('wamp.session.list', [[]])).toEqual([[]]);
    expect(await one.ask('wamp.session.count', [null])).toEqual([3]);
    expect(await one.refused('wamp.session.count', ['admin'])).toBe('wamp.error.invalid_argument');
    expect(await one.refused('wamp.session.list', [[7]])).toBe('wamp.error.invalid_argument');
    await two.leave();
    expect(await one.ask('wamp.session.count')).toEqual([2]);
    expect(router.counts().realms[0]?.sessions).toBe(2);
  });

  test('wamp.session.get: who it is; no_such_session for none', async () => {
    const { one, two } = await three();
    expect(await one.ask('wamp.session.get', [two.session])).toEqual([identityOf(two)]);
    expect(await one.refused('wamp.session.get', [1])).toBe('wamp.error.no_such_session');
    expect(await one.refused('wamp.session.get', ['1'])).toBe('wamp.error.invalid_argument');
    expect(await one.refused('wamp.session.get')).toBe('wamp.error.invalid_argument');
  });

  test('sessions of another realm are not there', async () => {
    const { router } = routerAndClock({ realms: ['a', 'b'] });
    const [inA, inB] = [await TestClient.join(router, { realm: 'a' }), await TestClient.join(router, { realm: 'b' })];
    expect(await inA.ask('wamp.session.list')).toEqual([[inA.session]]);
    expect(await inA.refused('wamp.session.get', [inB.session])).toBe('wamp.error.no_such_session');
    expect(await inA.refused('wamp.session.kill', [inB.session])).toBe('wamp.error.no_such_session');
  });

  test('on_join says who, on_leave which session, authid and authrole; however it ends', async () => {
    const { router } = routerAndClock();
    const watcher = await TestClient.join(router);
    await watcher.subscribe('wamp.session.on_join');
    await watcher.subscribe('wamp.session.on_leave');
    for (const end of [
      (client: TestClient) => client.leave(),
      (client: TestClient) => client.peer.drop(),
      (client: TestClient) => client.say(goodbyeMessage('x')),
      (client: TestClient) => client.yield(99),
    ]) {
      const client = await TestClient.join(router);
      expect(argsOf(await watcher.event())).toEqual([identityOf(client)]);
      await end(client);
      expect(argsOf(await watcher.event())).toEqual([client.session, client.details.authid, 'anonymous']);
    }
    await watcher.hearsNothing();
  });
});

describe('wamp.session.kill', () => {
  test('ends a session with GOODBYE wamp.close.killed, and waits for its GOODBYE', async () => {
    const { one, two, router } = await three();
    expect(await one.ask('wamp.session.kill', [two.session])).toEqual([]);
    expect(await two.expect(MessageType.GOODBYE)).toMatchObject({ reason: 'wamp.close.killed', details: {} });
    expect([router.counts().realms[0]?.sessions, two.peer.hungUp]).toEqual([2, false]);
    two.say(goodbyeMessage('wamp.close.goodbye_and_out'));
    await routed();
    expect(two.peer.hungUp).toBe(true);
  });

  test('reason becomes GOODBYE.Reason, message GOODBYE.Details.message', async () => {
    const { one, two, clock } = await three();
    await one.ask('wamp.session.kill', [two.session], { reason: 'com.shop.closed', message: 'good night' });
    const goodbye = await two.expect(MessageType.GOODBYE);
    expect(goodbye).toMatchObject({ reason: 'com.shop.closed', details: { message: 'good night' } });
    // One that does not answer is hung up on.
    clock.advance(2_000);
    expect(two.peer.hungUp).toBe(true);
  });

  test('the own session, and one that is not there: no_such_session; a reason that is no URI: invalid_uri', async () => {
    const { one, two, router } = await three();
    expect(await one.refused('wamp.session.kill', [one.session])).toBe('wamp.error.no_such_session');
    expect(await one.refused('wamp.session.kill', [1])).toBe('wamp.error.no_such_session');
    for (const procedure of ['kill', 'kill_by_authid', 'kill_by_authrole', 'kill_all']) {
      const args = procedure === 'kill' ? [two.session] : ['anonymous'];
      const answer = one.refused(`wamp.session.${procedure}`, args, { reason: 'not a uri' });
      expect(await answer).toBe('wamp.error.invalid_uri');
    }
    expect(await one.refused('wamp.session.kill', [two.session], { message: 7 })).toBe('wamp.error.invalid_argument');
    expect(router.counts().realms[0]?.sessions).toBe(3);
  });

  test('kill_by_authid: the list of the ended sessions', async () => {
    const { one, two, three: third } = await three();
    const answer = await one.ask('wamp.session.kill_by_authid', [two.details.authid as string]);
    expect(answer).toEqual([[two.session]]);
    await two.expect(MessageType.GOODBYE);
    await third.hearsNothing();
    expect(await one.ask('wamp.session.kill_by_authid', [one.details.authid as string])).toEqual([[]]);
    expect(await one.refused('wamp.session.kill_by_authid')).toBe('wamp.error.invalid_argument');
  });

  test('kill_by_authrole: the count, without the own session', async () => {
    const { one, two, three: third } = await three();
    expect(await one.ask('wamp.session.kill_by_authrole', ['admin'])).toEqual([0]);
    expect(await one.ask('wamp.session.kill_by_authrole', ['anonymous'])).toEqual([2]);
    await two.expect(MessageType.GOODBYE);
    await third.expect(MessageType.GOODBYE);
    expect(await one.ask('wamp.session.count')).toEqual([1]);
  });

  test('kill_all: the count, no meta events, no testaments; kill has both', async () => {
    const { one, two, three: third } = await three();
    for (const topic of ['wamp.session.on_leave', 'wamp.subscription.on_delete', 'com.will'])
      await one.subscribe(topic);
    for (const client of [two, third]) {
      await client.subscribe(`com.of.${client.session}`);
      await client.ask('wamp.session.add_testament', ['com.will', ['gone'], {}]);
    }
    one.call('wamp.session.kill', [two.session]);
    const heard = [await one.event(), await one.event(), await one.event()];
    await one.result();
    expect(heard.map(argsOf)).toEqual([
      [two.session, expect.any(Number)],
      ['gone'],
      [two.session, two.details.authid, 'anonymous'],
    ]);
    expect(await one.ask('wamp.session.kill_all')).toEqual([1]);
    await third.expect(MessageType.GOODBYE);
    await one.hearsNothing();
  });

  test('the calls of a killed callee are answered with canceled', async () => {
    const { one, two, three: third } = await three();
    await two.register('com.work');
    third.call('com.work');
    await two.invocation();
    await one.ask('wamp.session.kill', [two.session]);
    expect((await third.error()).error).toBe('wamp.error.canceled');
  });
});

describe('testaments', () => {
  const add = (client: TestClient, topic: string, args: Dict[string], kwargs: Dict = {}) =>
    client.ask('wamp.session.add_testament', [topic, args, {}], kwargs);

  async function pair() {
    const { router } = routerAndClock({ limits: { testaments: 3, testamentBytes: 10_000 } });
    const watcher = await TestClient.join(router);
    await watcher.subscribe('com.will', { match: 'prefix' });
    return { router, watcher, client: await TestClient.join(router) };
  }

  test('are published at the end: detached before destroyed, each in the order in which they were added', async () => {
    const { watcher, client } = await pair();
    expect(await add(client, 'com.will', [1])).toEqual([]);
    await add(client, 'com.will', [2], { scope: 'detached' });
    await add(client, 'com.will.two', [3], { scope: 'destroyed' });
    await watcher.hearsNothing();
    client.peer.drop();
    const heard = [await watcher.event(), await watcher.event(), await watcher.event()];
    expect(heard.map(argsOf)).toEqual([[2], [1], [3]]);
    await watcher.hearsNothing();
  });

  test('args, kwargs and publish_options are those of the PUBLISH to be', async () => {
    const { watcher, client, router } = await pair();
    const other = await TestClient.join(router);
    await other.subscribe('com.will');
    await client.ask('wamp.session.add_testament', ['com.will', ['a'], { b: 1 }], {
      publish_options: { exclude: [other.session], disclose_me: true, retain: true },
    });
    await client.leave();
    const event = await watcher.event();
    expect(event.payload).toEqual({ args: ['a'], kwargs: { b: 1 } });
    expect(event.details).toMatchObject({ publisher: client.session, publisher_authid: client.details.authid });
    await other.hearsNothing();
    expect(router.counts().realms[0]?.retained).toBe(1);
  });

  test('flush_testaments takes those of one scope back: destroyed unless it is named', async () => {
    const { watcher, client } = await pair();
    await add(client, 'com.will', ['destroyed']);
    await add(client, 'com.will', ['detached'], { scope: 'detached' });
    expect(await client.ask('wamp.session.flush_testaments')).toEqual([]);
    await client.leave();
    expect(argsOf(await watcher.event())).toEqual(['detached']);
    await watcher.hearsNothing();
  });

  test('what cannot be published is refused when it is added', async () => {
    const { client } = await pair();
    const refused = (args: Dict[string][], kwargs: Dict = {}) =>
      client.refused('wamp.session.add_testament', args, kwargs);
    expect(await refused(['wamp.session.on_join', [], {}])).toBe('wamp.error.invalid_uri');
    expect(await refused(['not a uri', [], {}])).toBe('wamp.error.invalid_uri');
    expect(await refused([])).toBe('wamp.error.invalid_argument');
    expect(await refused(['com.will', 'x', {}])).toBe('wamp.error.invalid_argument');
    expect(await refused(['com.will', [], []])).toBe('wamp.error.invalid_argument');
    expect(await refused(['com.will', [], {}], { scope: 'sometime' })).toBe('wamp.error.invalid_argument');
    expect(await refused(['com.will', [], {}], { publish_options: { eligible: 7 } })).toBe(
      'wamp.error.invalid_argument',
    );
    expect(await refused(['com.will', [], {}], { publish_options: { ppt_scheme: 'x_a' } })).toBe(
      'wamp.error.invalid_argument',
    );
    expect(await client.refused('wamp.session.flush_testaments', [], { scope: 'x' })).toBe(
      'wamp.error.invalid_argument',
    );
  });

  test('are bounded in number and in bytes: limit_exceeded', async () => {
    const { client } = await pair();
    expect(await client.refused('wamp.session.add_testament', ['com.will', ['x'.repeat(6_000)], {}])).toBe(
      'wamp.error.limit_exceeded',
    );
    for (let n = 0; n < 3; n++) await add(client, 'com.will', [n]);
    expect(await client.refused('wamp.session.add_testament', ['com.will', [], {}])).toBe('wamp.error.limit_exceeded');
    await client.ask('wamp.session.flush_testaments');
    await add(client, 'com.will', ['x'.repeat(4_000)]);
  });
});

describe('the extent of the meta API', () => {
  const features = ({ details }: TestClient) =>
    details.roles as { broker: { features: Dict }; dealer: { features: Dict } };

  test('read: asking, but neither kills nor revocation', async () => {
    const { router } = routerAndClock({ realms: [{ name: 'realm1', metaApi: 'read' }] });
    const client = await TestClient.join(router);
    expect(await client.ask('wamp.session.count')).toEqual([1]);
    for (const procedure of [
      'wamp.session.kill',
      'wamp.session.kill_by_authid',
      'wamp.session.kill_by_authrole',
      'wamp.session.kill_all',
      'wamp.subscription.remove_subscriber',
      'wamp.registration.remove_callee',
    ]) {
      expect(await client.refused(procedure)).toBe('wamp.error.no_such_procedure');
    }
    expect(features(client).broker.features.subscription_revocation).toBeUndefined();
  });

  test('none: no procedures, no events, and nothing announced; testaments are there', async () => {
    const { router } = routerAndClock({ realms: [{ name: 'realm1', metaApi: 'none' }] });
    const client = await TestClient.join(router);
    for (const topic of ['wamp.session.on_join', 'wamp.subscription.on_create', 'wamp.registration.on_create']) {
      await client.subscribe(topic);
    }
    await client.register('com.add');
    await TestClient.join(router);
    for (const procedure of ['wamp.session.count', 'wamp.subscription.list', 'wamp.registration.list']) {
      expect(await client.refused(procedure)).toBe('wamp.error.no_such_procedure');
    }
    await client.ask('wamp.session.add_testament', ['com.will', [], {}]);
    const { broker, dealer } = features(client);
    expect([broker.features.session_meta_api, dealer.features.registration_meta_api]).toEqual([undefined, undefined]);
    expect(dealer.features.testament_meta_api).toBe(true);
  });
});
