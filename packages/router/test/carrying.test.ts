import {
  callMessage,
  type Message,
  MessageType,
  PayloadExceededError,
  publishMessage,
  SerializationError,
  type Transport,
} from '@wamp-run/protocol';
import { ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { ALL_ROLES, argsOf, routerAndClock, TestClient } from './clients.js';

/** A wire that cannot carry the argument 'odd', nor one longer than 100 characters; and breaks over 'broken'. */
function narrow(transport: Transport): Transport {
  return {
    ...transport,
    send: (message: Message) => {
      const payload = (message as { payload?: { args: unknown[] } }).payload;
      if (payload?.args[0] === 'odd') throw new SerializationError('args[0]: odd values cannot be carried');
      if (payload?.args[0] === 'broken') throw new TypeError('a mistake in this transport');
      const size = JSON.stringify(payload?.args ?? []).length;
      if (message.type !== MessageType.ERROR && size > 100)
        throw new PayloadExceededError(`${size} bytes: at most 100`);
      transport.send(message);
    },
  };
}

const LONG = 'x'.repeat(200);

describe('a payload that the other side’s wire cannot carry', () => {
  test.each([
    ['odd', 'wamp.error.invalid_payload', 'odd values cannot be carried'],
    [LONG, 'wamp.error.payload_size_exceeded', 'at most 100'],
    ['broken', 'wamp.error.invalid_payload', 'a mistake in this transport'],
  ])('CALL %j: ERROR to the caller, and the invocation never was', async (argument, uri, text) => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router, { through: narrow });
    const caller = await TestClient.join(router);
    await callee.register('com.work');
    const request = caller.call('com.work', [argument]);
    const error = await caller.error();
    expect(error).toMatchObject({ requestType: 48, request, error: uri });
    expect(argsOf(error)).toEqual([expect.stringContaining(text)]);
    expect(router.counts().realms[0]?.calls).toBe(0);
    // The callee has seen no gap in the ids, and the id of the lost one is not issued.
    caller.call('com.work', ['fine']);
    expect((await callee.invocation()).request).toBe(1);
    callee.yield(1, ['done']);
    expect(argsOf(await caller.result())).toEqual(['done']);
  });

  test.each([
    ['odd', 'wamp.error.invalid_payload'],
    [LONG, 'wamp.error.payload_size_exceeded'],
  ])('YIELD %j: ERROR to the caller, whose call is over', async (argument, uri) => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router);
    const caller = await TestClient.join(router, { through: narrow });
    await callee.register('com.work');
    const request = caller.call('com.work');
    callee.yield((await callee.invocation()).request, [argument]);
    expect(await caller.error()).toMatchObject({ requestType: 48, request, error: uri });
    expect(router.counts().realms[0]?.calls).toBe(0);
    callee.yield(1, ['again']);
    await callee.hearsNothing();
    await caller.hearsNothing();
  });

  test('progressive YIELD: the call is over, and its callee is told to stop', async () => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router);
    const caller = await TestClient.join(router, { through: narrow });
    await callee.register('com.work');
    caller.call('com.work', [], { receive_progress: true });
    const { request } = await callee.invocation();
    callee.yield(request, ['fine'], { progress: true });
    callee.yield(request, ['odd'], { progress: true });
    callee.yield(request, ['fine'], { progress: true });
    expect(argsOf(await caller.result())).toEqual(['fine']);
    expect((await caller.error()).error).toBe('wamp.error.invalid_payload');
    expect(await callee.expect(MessageType.INTERRUPT)).toMatchObject({ request, options: { mode: 'killnowait' } });
    await caller.hearsNothing();
    expect(router.counts().realms[0]?.calls).toBe(0);
  });

  test('a callee’s ERROR: the caller gets it without its arguments', async () => {
    const { router } = routerAndClock();
    const callee = await TestClient.join(router);
    const caller = await TestClient.join(router, { through: narrow });
    await callee.register('com.work');
    const request = caller.call('com.work');
    callee.fail((await callee.invocation()).request, 'com.error.refused', ['odd']);
    const error = await caller.error();
    expect(error).toMatchObject({ requestType: 48, request, error: 'com.error.refused', payload: undefined });
  });

  test('EVENT: dropped for the subscribers on that wire, and all others get it', async () => {
    const { router } = routerAndClock();
    const subscribers = [
      await TestClient.join(router),
      await TestClient.join(router, { through: narrow, serializer: 'narrow' }),
      await TestClient.join(router, { through: narrow, serializer: 'narrow' }),
      await TestClient.join(router),
    ];
    for (const subscriber of subscribers) await subscriber.subscribe('com.tick');
    const publisher = await TestClient.join(router);
    await publisher.acknowledged('com.tick', ['odd']);
    await publisher.acknowledged('com.tick', ['fine']);
    expect(argsOf((await subscribers[0]?.event()) as never)).toEqual(['odd']);
    expect(argsOf((await subscribers[3]?.event()) as never)).toEqual(['odd']);
    for (const subscriber of subscribers) expect(argsOf(await subscriber.event())).toEqual(['fine']);
    for (const subscriber of subscribers) await subscriber.hearsNothing();
  });

  test('EVENT that a serializer cannot write is tried once on it, one that is too long on every wire', async () => {
    const { router } = routerAndClock();
    let tries = 0;
    const counting = (transport: Transport) => {
      const inner = narrow(transport);
      const send = (message: Message) => {
        if (message.type === MessageType.EVENT) tries += 1;
        inner.send(message);
      };
      return { ...inner, send };
    };
    for (let i = 0; i < 5; i++) {
      await (await TestClient.join(router, { through: counting, serializer: 'narrow' })).subscribe('com.tick');
    }
    const publisher = await TestClient.join(router);
    await publisher.acknowledged('com.tick', ['odd']);
    expect(tries).toBe(1);
    await publisher.acknowledged('com.tick', [LONG]);
    expect(tries).toBe(6);
  });

  test('a long complaint of a wire is cut', async () => {
    const { router } = routerAndClock();
    const complaining = (transport: Transport) => ({
      ...transport,
      send: (message: Message) => {
        if (message.type === MessageType.INVOCATION) throw new SerializationError('x'.repeat(100_000));
        transport.send(message);
      },
    });
    const client = await TestClient.join(router, { through: complaining });
    await client.register('com.work');
    client.call('com.work');
    expect(JSON.stringify(argsOf(await client.error())).length).toBeLessThan(500);
  });

  test('nobody’s session ends over it', async () => {
    const { router } = routerAndClock();
    const both = await TestClient.join(router, { through: narrow });
    await both.register('com.work');
    await both.subscribe('com.tick');
    both.say(publishMessage(both.request(), { exclude_me: false }, 'com.tick', { args: ['odd'], kwargs: {} }));
    both.say(callMessage(both.request(), {}, 'com.work', { args: ['odd'], kwargs: {} }));
    expect((await both.error()).error).toBe('wamp.error.invalid_payload');
    await both.hearsNothing();
    expect(router.counts().realms[0]?.sessions).toBe(1);
  });

  test('a client to whom not even WELCOME can be sent is let go', async () => {
    const { router } = routerAndClock();
    const peer = new ScriptedPeer();
    const send = () => {
      throw new PayloadExceededError('nothing fits');
    };
    router.attach({ ...peer.transport, send });
    peer.say({ type: MessageType.HELLO, realm: 'realm1', details: { roles: ALL_ROLES } });
    await expect(peer.next()).rejects.toThrow('closed');
    expect(router.counts()).toMatchObject({ realms: [{ sessions: 0 }] });
  });
});
