import { helloMessage, InvalidConfiguration, MessageType } from '@wamp-run/protocol';
import { ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import type { RealmOptions, Router, RouterOptions } from '../src/index.js';
import { ALL_ROLES, argsOf, routed, routerAndClock, TestClient } from './clients.js';

async function refused(router: Router, realm: string): Promise<string> {
  const peer = new ScriptedPeer();
  router.attach(peer.transport);
  peer.say(helloMessage(realm, { roles: ALL_ROLES }));
  return (await peer.expect(MessageType.ABORT)).reason;
}

describe('realms by options', () => {
  test.each<[string, unknown, string]>([
    ['an option that is none', { name: 'a', disclose: 'always' }, 'realms[0].disclose: there is no such option'],
    ['no name', {}, 'realms[0].name: '],
    ['a disclosure that is none', { name: 'a', disclosure: 'yes' }, 'realms[0].disclosure: expected one of asked'],
    ['a trust level that is no function', { name: 'a', trustLevel: 3 }, 'realms[0].trustLevel: '],
    ['an extent that is none', { name: 'a', metaApi: true }, 'realms[0].metaApi: '],
    ['a history without topics', { name: 'a', history: { topics: [] } }, 'realms[0].history.topics: '],
    ['a topic that is none', { name: 'a', history: { topics: [{ uri: 'a b' }] } }, 'realms[0].history.topics[0].uri'],
    ['a policy that is none', { name: 'a', history: { topics: [{ uri: 'a', match: 'x' }] } }, 'topics[0].match'],
    ['a keep that is none', { name: 'a', history: { topics: [{ uri: 'a', keep: 0 }] } }, 'topics[0].keep'],
    ['null', null, 'realms[0]: '],
  ])('%s: InvalidConfiguration names it', (_, realm, text) => {
    const make = () => routerAndClock({ realms: [realm as RealmOptions] });
    expect(make).toThrow(InvalidConfiguration);
    expect(make).toThrow(text);
  });

  test('an option of the router that is none is refused, with the one that was meant', () => {
    expect(() => routerAndClock({ realmz: [] } as Partial<RouterOptions>)).toThrow(
      /^realmz: there is no such option; did you mean realms\?/,
    );
  });

  test('a name with options and the same name alone are the same realm', () => {
    expect(() => routerAndClock({ realms: ['a', { name: 'a' }] })).toThrow('realms[1]: "a" is listed twice');
  });

  test('sessions of different realms do not reach each other', async () => {
    const { router } = routerAndClock({ realms: ['a', 'b'] });
    const [inA, inB] = [await TestClient.join(router, { realm: 'a' }), await TestClient.join(router, { realm: 'b' })];
    await inA.register('com.add');
    await inA.subscribe('', { match: 'prefix' });
    await inB.acknowledged('com.tick', [], { retain: true });
    expect(await inB.refused('com.add')).toBe('wamp.error.no_such_procedure');
    await inA.subscribe('com.tick', { get_retained: true });
    await inA.hearsNothing();
  });
});

describe('realms on demand', () => {
  test('are made for the first that wants to join, with the options that they are given', async () => {
    const asked: string[] = [];
    const { router } = routerAndClock({
      realms: [],
      realmOnDemand: (name) => {
        asked.push(name);
        return name.startsWith('shop.') ? { disclosure: 'always' } : undefined;
      },
    });
    const publisher = await TestClient.join(router, { realm: 'shop.north' });
    const subscriber = await TestClient.join(router, { realm: 'shop.north' });
    expect([publisher.details.realm, asked]).toEqual(['shop.north', ['shop.north']]);
    await subscriber.subscribe('com.tick');
    publisher.publish('com.tick');
    expect((await subscriber.event()).details.publisher).toBe(publisher.session);
    expect(await refused(router, 'bar.south')).toBe('wamp.error.no_such_realm');
    expect(router.counts().realms.map(({ realm }) => realm)).toEqual(['shop.north']);
  });

  test('go when their last session leaves, with what they retain', async () => {
    const { router } = routerAndClock({ realmOnDemand: () => ({}) });
    const first = await TestClient.join(router, { realm: 'brief' });
    await first.acknowledged('com.state', [1], { retain: true });
    const second = await TestClient.join(router, { realm: 'brief' });
    await first.leave();
    await second.subscribe('com.state', { get_retained: true });
    expect(argsOf(await second.event())).toEqual([1]);
    await second.leave();
    expect(router.counts().realms.map(({ realm }) => realm)).toEqual(['realm1']);
    const again = await TestClient.join(router, { realm: 'brief' });
    await again.subscribe('com.state', { get_retained: true });
    await again.hearsNothing();
  });

  test('are bounded: limit_exceeded, until one goes; those of the options do not count', async () => {
    const { router } = routerAndClock({ realmOnDemand: () => ({}), limits: { realms: 2 } });
    await TestClient.join(router);
    const one = await TestClient.join(router, { realm: 'one' });
    await TestClient.join(router, { realm: 'two' });
    expect(await refused(router, 'three')).toBe('wamp.error.limit_exceeded');
    await TestClient.join(router, { realm: 'two' });
    await one.leave();
    await TestClient.join(router, { realm: 'three' });
  });

  test.each<[string, NonNullable<RouterOptions['realmOnDemand']>]>([
    [
      'throws',
      () => {
        throw new Error('the database of realms is gone');
      },
    ],
    ['gives options that are none', () => ({ disclosure: 'perhaps' }) as never],
  ])('a function that %s refuses the client, and harms nobody', async (_, realmOnDemand) => {
    const { router } = routerAndClock({ realmOnDemand });
    const other = await TestClient.join(router);
    expect(await refused(router, 'somewhere')).toBe('wamp.error.runtime_error');
    await routed();
    await other.hearsNothing();
    expect(router.counts()).toMatchObject({ transports: 1, realms: [{ realm: 'realm1' }] });
  });

  test('a name that is no URI is refused without asking', async () => {
    const asked: string[] = [];
    const { router } = routerAndClock({
      realmOnDemand: (name) => {
        asked.push(name);
        return {};
      },
    });
    expect(await refused(router, 'not a uri')).toBe('wamp.error.invalid_uri');
    expect(await refused(router, 'x'.repeat(2_000))).toBe('wamp.error.invalid_uri');
    expect(asked).toEqual([]);
    for (const name of ['__proto__', 'constructor']) {
      expect((await TestClient.join(router, { realm: name })).details.realm).toBe(name);
    }
  });
});
