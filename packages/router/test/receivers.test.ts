import type { Dict } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { argsOf, routerAndClock, TestClient } from './clients.js';

/** Three subscribers and who heard an event that names the first two of them. */
async function heardBy(options: (first: TestClient, second: TestClient) => Dict): Promise<string> {
  const { router } = routerAndClock();
  const publisher = await TestClient.join(router);
  const clients: Record<string, TestClient> = {};
  for (const name of ['a', 'b', 'c']) {
    const client = await TestClient.join(router);
    await client.subscribe('com.tick');
    clients[name] = client;
  }
  await publisher.acknowledged('com.tick', ['for some'], options(clients.a as TestClient, clients.b as TestClient));
  await publisher.acknowledged('com.tick', ['for all']);
  let heard = '';
  for (const [name, client] of Object.entries(clients)) {
    const [text] = argsOf(await client.event()) as [string];
    if (text === 'for all') continue;
    heard += name;
    expect(argsOf(await client.event())).toEqual(['for all']);
  }
  return heard;
}

const authid = (client: TestClient) => client.details.authid as string;

describe('subscriber black and white listing', () => {
  test.each<[string, string, (a: TestClient, b: TestClient) => Dict]>([
    ['nobody named: everybody', 'abc', () => ({})],
    ['exclude: all but these sessions', 'bc', (a) => ({ exclude: [a.session] })],
    ['exclude of nobody: everybody', 'abc', () => ({ exclude: [] })],
    ['exclude_authid: all but these', 'ac', (_, b) => ({ exclude_authid: [authid(b)] })],
    ['exclude_authrole: all but these', '', () => ({ exclude_authrole: ['anonymous'] })],
    ['exclude_authrole of others: everybody', 'abc', () => ({ exclude_authrole: ['admin', '__proto__'] })],
    ['eligible: these sessions only', 'ab', (a, b) => ({ eligible: [a.session, b.session] })],
    ['an empty eligible admits nobody', '', () => ({ eligible: [] })],
    ['eligible_authid: these only', 'a', (a) => ({ eligible_authid: [authid(a)] })],
    ['an empty eligible_authid admits nobody', '', () => ({ eligible_authid: [] })],
    ['eligible_authrole: these only', 'abc', () => ({ eligible_authrole: ['anonymous'] })],
    ['eligible_authrole of others: nobody', '', () => ({ eligible_authrole: ['admin'] })],
    [
      'all conditions hold together',
      'b',
      (a, b) => ({ eligible: [a.session, b.session], exclude_authid: [authid(a)], eligible_authrole: ['anonymous'] }),
    ],
    ['who is eligible and excluded is excluded', '', (a) => ({ eligible: [a.session], exclude: [a.session] })],
    ['null counts as absent', 'abc', () => ({ eligible: null, exclude: null })],
  ])('%s', async (_, heard, options) => {
    expect(await heardBy(options)).toBe(heard);
  });

  test('publisher exclusion comes on top: a publisher that is eligible needs exclude_me false', async () => {
    const { router } = routerAndClock();
    const publisher = await TestClient.join(router);
    await publisher.subscribe('com.tick');
    await publisher.acknowledged('com.tick', [], { eligible: [publisher.session] });
    await publisher.hearsNothing();
    publisher.publish('com.tick', ['mine'], { eligible: [publisher.session], exclude_me: false });
    expect(argsOf(await publisher.event())).toEqual(['mine']);
  });

  test('holds for patterns, too', async () => {
    const { router } = routerAndClock();
    const [publisher, one, two] = [
      await TestClient.join(router),
      await TestClient.join(router),
      await TestClient.join(router),
    ];
    await one.subscribe('com.', { match: 'prefix' });
    await two.subscribe('com.', { match: 'prefix' });
    await publisher.acknowledged('com.tick', [], { exclude: [one.session] });
    await two.event();
    await one.hearsNothing();
  });
});

describe('publisher identification', () => {
  async function detailsOf(disclosure: 'asked' | 'always' | 'never', options: Dict) {
    const { router } = routerAndClock({ realms: [{ name: 'realm1', disclosure }] });
    const publisher = await TestClient.join(router);
    const subscriber = await TestClient.join(router);
    await subscriber.subscribe('com.tick');
    publisher.publish('com.tick', [], options);
    const { details } = await subscriber.event();
    const disclosed = {
      publisher: publisher.session,
      publisher_authid: publisher.details.authid,
      publisher_authrole: 'anonymous',
    };
    return { details, disclosed, features: (publisher.details.roles as Dict).broker as Dict };
  }

  test('disclosure asked: disclosed where the publisher asks, and only there', async () => {
    const asked = await detailsOf('asked', { disclose_me: true });
    expect(asked.details).toEqual(asked.disclosed);
    expect((await detailsOf('asked', {})).details).toEqual({});
    expect((await detailsOf('asked', { disclose_me: false })).details).toEqual({});
  });

  test('disclosure always: disclosed although nobody asks', async () => {
    const always = await detailsOf('always', { disclose_me: false });
    expect(always.details).toEqual(always.disclosed);
  });

  test('disclosure never: asking is refused with option_disallowed.disclose_me, only if acknowledged', async () => {
    const { router } = routerAndClock({ realms: [{ name: 'realm1', disclosure: 'never' }] });
    const publisher = await TestClient.join(router);
    const subscriber = await TestClient.join(router);
    await subscriber.subscribe('com.tick');
    publisher.publish('com.tick', [], { disclose_me: true });
    publisher.publish('com.tick', [], { disclose_me: true, acknowledge: true });
    const error = await publisher.error();
    expect([error.request, error.error]).toEqual([2, 'wamp.error.option_disallowed.disclose_me']);
    await subscriber.hearsNothing();
    const { broker, dealer } = publisher.details.roles as { broker: { features: Dict }; dealer: { features: Dict } };
    expect([broker.features.publisher_identification, dealer.features.caller_identification]).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe('publication trust levels', () => {
  test('come from the realm’s options, with action, topic and publisher, and are announced', async () => {
    const asked: unknown[] = [];
    const { router } = routerAndClock({
      realms: [
        {
          name: 'realm1',
          trustLevel: (...call) => {
            asked.push(call);
            return 3;
          },
        },
      ],
    });
    const publisher = await TestClient.join(router);
    const subscriber = await TestClient.join(router);
    await subscriber.subscribe('com.tick');
    publisher.publish('com.tick');
    expect((await subscriber.event()).details).toEqual({ trustlevel: 3 });
    expect(asked).toEqual([['publish', 'com.tick', expect.objectContaining({ authid: publisher.details.authid })]]);
    const { broker } = publisher.details.roles as { broker: { features: Dict } };
    expect(broker.features.publication_trustlevels).toBe(true);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no idea');
      },
    ],
    ['gives -1', () => -1],
    ['gives 1.5', () => 1.5],
  ])('a function that %s gives 0', async (_, trustLevel) => {
    const { router } = routerAndClock({ realms: [{ name: 'realm1', trustLevel: trustLevel as () => number }] });
    const publisher = await TestClient.join(router);
    const subscriber = await TestClient.join(router);
    await subscriber.subscribe('com.tick');
    publisher.publish('com.tick');
    expect((await subscriber.event()).details).toEqual({ trustlevel: 0 });
  });
});

describe('payload passthru', () => {
  const scheme = { ppt_scheme: 'x_mine', ppt_serializer: 'cbor' };
  const roles = { publisher: { features: { payload_passthru_mode: true } }, caller: {} };

  test('what the publisher says of its payload goes along, whoever subscribed', async () => {
    const { router } = routerAndClock();
    const publisher = await TestClient.join(router, { roles });
    const subscriber = await TestClient.join(router);
    await subscriber.subscribe('com.tick');
    publisher.publish('com.tick', [Uint8Array.of(1)], scheme);
    const event = await subscriber.event();
    expect([event.details, argsOf(event)]).toEqual([scheme, [Uint8Array.of(1)]]);
  });

  test('V10: unannounced it ends the session, also where nobody listens', async () => {
    const { router } = routerAndClock();
    const publisher = await TestClient.join(router);
    publisher.publish('com.nothing', [], scheme);
    expect((await publisher.aborted()).reason).toBe('wamp.error.protocol_violation');
  });
});
