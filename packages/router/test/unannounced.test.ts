import { callMessage, type Dict, registerMessage, subscribeMessage } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { argsOf, routerAndClock, TestClient } from './clients.js';

const NOT_ALLOWED = 'wamp.error.option_not_allowed';

describe('options of features that are not announced', () => {
  test('SUBSCRIBE with a match that is none: option_not_allowed, saying which', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    client.say(subscribeMessage(client.request(), { match: 'regex' }, 'com.'));
    const error = await client.error();
    expect([error.requestType, error.error]).toEqual([32, NOT_ALLOWED]);
    expect(argsOf(error)).toEqual(['SUBSCRIBE options.match "regex": there are exact, prefix and wildcard']);
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
