// Calls that are lost on the way, over real sockets and a router of ours that goes and comes back.
import { Client, type Session } from '@wamp-run/client';
import { websocket } from '@wamp-run/transport/websocket';
import { afterEach, expect, test } from 'vitest';
import { clock, localRouter, random, serializers } from './local.js';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A client that is back soon after each loss. */
async function client(url: string): Promise<Session> {
  const made = new Client({
    connectors: [websocket(url, { serializers: serializers(), clock })],
    realm: 'realm1',
    retry: { initialRetryDelay: 10, maxRetryDelay: 50 },
    callRetry: { initialRetryDelay: 20, maxRetries: 100, maxRetryDelay: 50 },
    callTimeout: 15_000,
    clock,
    random,
  });
  open.push(() => made.close());
  return made.joined();
}

/** What a call was rejected with. */
const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );

test('a callee goes away in the middle of a call: another one answers, where that does no harm', async () => {
  const { router, url } = await localRouter();
  open.push(() => router.close());
  const [frail, firm, caller] = [await client(url), await client(url), await client(url)];
  const asked: string[] = [];
  // `first`: the router asks the frail one as long as it is there.
  await frail.register(
    'com.example.read',
    async () => {
      asked.push('frail');
      await frail.disconnect();
    },
    { invoke: 'first' },
  );
  await firm.register(
    'com.example.read',
    () => {
      asked.push('firm');
      return 7;
    },
    { invoke: 'first' },
  );
  expect(await caller.call('com.example.read', [], { idempotent: true })).toBe(7);
  expect(asked).toContain('firm');
  expect(asked[0]).toBe('frail');
});

test('without a word about that, the caller learns that it may have been executed', async () => {
  const { router, url } = await localRouter();
  open.push(() => router.close());
  const [frail, caller] = [await client(url), await client(url)];
  let asked = 0;
  await frail.register('com.example.write', async () => {
    asked++;
    await frail.disconnect();
  });
  expect(await failureOf(caller.call('com.example.write'))).toMatchObject({
    error: 'wamp.error.canceled',
    executed: 'maybe',
  });
  expect(asked).toBe(1);
});

test('the router goes in the middle of calls, and comes back at the same port', async () => {
  const first = await localRouter();
  const { port } = new URL(first.url);
  const [callee, caller] = [await client(first.url), await client(first.url)];
  let begun = () => {};
  const both = new Promise<void>((resolve) => {
    begun = resolve;
  });
  let calls = 0;
  let stalled = true;
  const answer = () => {
    calls++;
    if (calls === 2) begun();
    return stalled ? new Promise(() => {}) : calls;
  };
  await callee.register('com.example.read', answer);
  await callee.register('com.example.write', answer);
  const read = caller.call('com.example.read', [], { idempotent: true });
  const written = failureOf(caller.call('com.example.write'));
  await both;
  stalled = false;
  await first.router.close();
  expect(await written).toMatchObject({ executed: 'maybe' });
  const second = await localRouter(Number(port));
  open.unshift(() => second.router.close());
  expect(await read).toBe(3);
  expect(calls).toBe(3);
});
