import { callMessage, type Dict, registerMessage, subscribeMessage } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { argsOf, routerAndClock, TestClient } from './clients.js';

const NOT_ALLOWED = 'wamp.error.option_not_allowed';
const DISCLOSE_ME = 'wamp.error.option_disallowed.disclose_me';

describe('options of features that are not announced', () => {
  test.each(['prefix', 'wildcard'])('SUBSCRIBE with match %s: option_not_allowed, saying which', async (match) => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    client.say(subscribeMessage(client.request(), { match }, 'com.'));
    const error = await client.error();
    expect([error.requestType, error.error]).toEqual([32, NOT_ALLOWED]);
    expect(argsOf(error)).toEqual([`SUBSCRIBE options.match "${match}": this router matches exact URIs only`]);
    expect(router.counts().realms[0]?.subscriptions).toBe(0);
  });

  test.each<[string, Dict]>([
    ['match', { match: 'regex' }],
    ['invoke', { invoke: 'all' }],
    ['invoke', { invoke: 'constructor' }],
    ['concurrency', { concurrency: 0 }],
    ['concurrency', { concurrency: 1.5 }],
    ['concurrency', { concurrency: 10_001 }],
  ])('REGISTER with %s %j: option_not_allowed, saying which', async (option, options) => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    client.say(registerMessage(client.request(), options, 'com.add'));
    const error = await client.error();
    expect([error.requestType, error.error]).toEqual([64, NOT_ALLOWED]);
    expect(argsOf(error)).toEqual([expect.stringContaining(`REGISTER options.${option}`)]);
    expect(router.counts().realms[0]?.registrations).toBe(0);
  });

  test.each<[string, Dict]>([
    ['exclude', { exclude: [1] }],
    ['exclude_authid', { exclude_authid: ['joe'] }],
    ['exclude_authrole', { exclude_authrole: ['guest'] }],
    ['eligible', { eligible: [] }],
    ['eligible_authid', { eligible_authid: ['joe'] }],
    ['eligible_authrole', { eligible_authrole: ['admin'] }],
    ['retain', { retain: true }],
  ])('PUBLISH with %s: nobody hears it; option_not_allowed only if acknowledged', async (option, options) => {
    const { router } = routerAndClock();
    const subscriber = await TestClient.join(router);
    const publisher = await TestClient.join(router);
    await subscriber.subscribe('com.secret');
    publisher.publish('com.secret', ['psst'], options);
    publisher.publish('com.secret', ['psst'], { ...options, acknowledge: true });
    const error = await publisher.error();
    expect([error.request, error.requestType, error.error]).toEqual([2, 16, NOT_ALLOWED]);
    expect(argsOf(error)).toEqual([expect.stringContaining(`PUBLISH options.${option}`)]);
    await subscriber.hearsNothing();
  });

  test('PUBLISH with disclose_me: nobody hears it; ERROR only if acknowledged', async () => {
    const { router } = routerAndClock();
    const subscriber = await TestClient.join(router);
    const publisher = await TestClient.join(router);
    await subscriber.subscribe('com.tick');
    publisher.publish('com.tick', [], { disclose_me: true });
    publisher.publish('com.tick', [], { disclose_me: true, acknowledge: true });
    expect(await publisher.error()).toMatchObject({ request: 2, error: DISCLOSE_ME });
    await subscriber.hearsNothing();
  });

  test('what says nothing new is fine: the defaults spelled out, and null for absent', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    await client.subscribe('com.tick', { match: 'exact', get_retained: true });
    await client.subscribe('com.tock', { match: null, get_retained: null });
    await client.register('com.add', { match: 'exact', invoke: 'single', force_reregister: false, concurrency: null });
    await client.acknowledged('com.nothing', [], {
      disclose_me: false,
      retain: false,
      exclude: null,
      ppt_scheme: null,
    });
    client.call('com.add', [], { disclose_me: false, progress: false, timeout: 5_000 });
    const invocation = await client.invocation();
    expect(invocation.details).toEqual({});
  });

  test('unknown options are ignored, also those named as JavaScript objects are', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    const odd: Dict = JSON.parse('{"__proto__": true, "constructor": 1, "_private": 2, "x_custom": [3]}');
    await client.subscribe('com.tick', odd);
    await client.register('com.add', odd);
    await client.acknowledged('com.tick', [], odd);
    client.say(callMessage(client.request(), odd, 'com.add'));
    await client.invocation();
  });
});
