import { Client } from '@wamp-run/client';
import type { Value } from '@wamp-run/protocol';
import { websocket } from '@wamp-run/transport/websocket';
import { expect, test } from 'vitest';
import { clock, joined, localRouter, random, serializers } from './local.js';

test('a registration and a subscription last over restarts of the router, and what onJoin makes is there once', async () => {
  let { router, url } = await localRouter();
  const port = Number(new URL(url).port);
  const heard: Value[] = [];
  let again = () => {};
  const client = new Client({
    connectors: [websocket(url, { serializers: serializers(), clock })],
    realm: 'realm1',
    retry: { initialRetryDelay: 10, maxRetryDelay: 50 },
    hooks: {
      onJoin: async (session) => {
        await session.register('com.example.joins', () => 'joins');
        await session.subscribe('com.example.tick', ([n]) => heard.push(`joins ${n}`));
      },
      onRetry: () => again(),
    },
    clock,
    random,
  });
  const session = await client.joined();
  const registration = await session.register('com.example.lasts', () => 'lasts');
  await session.subscribe('com.example.tick', ([n]) => heard.push(`lasts ${n}`));
  for (let n = 0; n < 3; n++) {
    const lost = new Promise<void>((resolve) => {
      again = resolve;
    });
    await router.close();
    await lost;
    expect(registration.active).toBe(false);
    ({ router } = await localRouter(port));
    await client.joined();
    expect(registration.active).toBe(true);
    const other = await joined(url);
    expect(await other.session.call('com.example.joins')).toBe('joins');
    expect(await other.session.call('com.example.lasts')).toBe('lasts');
    await other.session.publish('com.example.tick', [n], { acknowledge: true });
    // The answer comes after the event: the router sends to one session in order.
    await session.call('com.example.lasts');
    await other.close();
  }
  expect(heard).toEqual([0, 1, 2].flatMap((n) => [`joins ${n}`, `lasts ${n}`]));
  await client.close();
  await router.close();
});
