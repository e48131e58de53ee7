import {
  callMessage,
  publishMessage,
  registerMessage,
  subscribeMessage,
  unregisterMessage,
  unsubscribeMessage,
} from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { routerAndClock, TestClient } from './clients.js';

describe('request ids', () => {
  test('one counter runs over all six kinds of request', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    client.say(subscribeMessage(1, {}, 'com.tick'));
    client.say(publishMessage(2, {}, 'com.tick'));
    client.say(registerMessage(3, {}, 'com.add'));
    client.say(unsubscribeMessage(4, 1));
    client.say(unregisterMessage(5, 1));
    client.say(callMessage(6, {}, 'com.add'));
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(((await client.peer.next()) as { request: number }).request);
    expect(answers).toEqual([1, 3, 4, 5, 6]);
  });

  test('requests that were refused count', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    client.publish('a b');
    client.call('a b');
    await client.error();
    await client.subscribe('com.tick');
  });

  test('V7: an id that leaps says which and what was expected', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    for (let i = 0; i < 4; i++) client.publish('com.tick');
    client.say(callMessage(7, {}, 'com.add'));
    expect((await client.aborted()).message).toBe('CALL request id 7: expected 5');
  });

  test('V7: an id that comes again is a violation, where the call with it is not in parts', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    await client.register('com.add');
    client.say(callMessage(2, {}, 'com.add'));
    client.say(callMessage(2, {}, 'com.add'));
    await client.invocation();
    expect((await client.aborted()).message).toBe('CALL request id 2: expected 3');
  });

  test('V7: 0 is no request id', async () => {
    const { router } = routerAndClock();
    const client = await TestClient.join(router);
    client.say(subscribeMessage(0, {}, 'com.tick'));
    expect((await client.aborted()).message).toBe('SUBSCRIBE request id 0: expected 1');
  });
});

describe('strictRequestIds: false', () => {
  test('takes the ids of a client that goes on counting over its reconnects', async () => {
    const { router } = routerAndClock({ strictRequestIds: false });
    const client = await TestClient.join(router);
    client.say(registerMessage(4, {}, 'com.add'));
    client.say(subscribeMessage(12, {}, 'com.tick'));
    client.say(callMessage(9, {}, 'com.add'));
    expect(await client.peer.next()).toMatchObject({ request: 4 });
    expect(await client.peer.next()).toMatchObject({ request: 12 });
    const invocation = await client.invocation();
    client.yield(invocation.request);
    expect((await client.result()).request).toBe(9);
  });

  test('a second call with the id of a pending one is a violation all the same', async () => {
    const { router } = routerAndClock({ strictRequestIds: false });
    const client = await TestClient.join(router);
    await client.register('com.add');
    client.say(callMessage(9, {}, 'com.add'));
    client.say(callMessage(9, {}, 'com.add'));
    await client.invocation();
    expect((await client.aborted()).message).toBe('CALL request id 9: a call with this id is pending');
    expect(router.counts().realms[0]?.calls).toBe(0);
  });
});
