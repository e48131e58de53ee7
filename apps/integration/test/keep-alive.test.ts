import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Client, type ClientEvents, type ClientOptions } from '@wamp-run/client';
import { CLOSE_REASONS, Timeout, TransportLost } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { json } from '@wamp-run/serializers/json';
import { websocket } from '@wamp-run/transport/websocket';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { localRouter, random } from './local.js';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const run of cleanUp.splice(0).reverse()) await run();
});

/** A way to a router that can fall silent: the connections stay open, and nothing goes through any more. */
async function throughFreezer() {
  const { router, url } = await localRouter();
  const target = Number(new URL(url).port);
  const open: [Socket, Socket][] = [];
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    near.on('error', () => {});
    far.on('error', () => {});
    near.pipe(far);
    far.pipe(near);
    open.push([near, far]);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const [near, far] of open.splice(0)) {
      near.destroy();
      far.destroy();
    }
  };
  cleanUp.push(
    () => router.close(),
    () => server.close(),
    cut,
  );
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`,
    /** What is connected now is heard no more; new connections are. */
    freeze() {
      for (const [near, far] of open) {
        near.unpipe(far).pause();
        far.unpipe(near).pause();
      }
    },
  };
}

/** A client whose time, and whose connection's, stands still. */
function frozenInTime(url: string, options: Partial<ClientOptions> = {}) {
  const clock = new FakeClock();
  const connector = websocket(url, { serializers: [json()], clock, pingInterval: 3_000, pingTimeout: 700 });
  const client = new Client({ connectors: [connector], realm: 'realm1', clock, random, ...options });
  const next = <E extends keyof ClientEvents>(event: E) =>
    new Promise<ClientEvents[E]>((resolve) => {
      const off = client.on(event, (...args) => {
        off();
        resolve(args);
      });
    });
  return { client, clock, next };
}

test('a router that stops answering: TransportLost within the deadline of the pings, and the client joins again', async () => {
  const way = await throughFreezer();
  let retried = () => {};
  const retry = new Promise<void>((resolve) => {
    retried = resolve;
  });
  const { client, clock, next } = frozenInTime(way.url, { hooks: { onRetry: () => retried() } });
  const session = await client.joined();
  const first = session.details?.session;
  const [left, disconnected] = [next('leave'), next('disconnect')];
  way.freeze();
  const calling = session.call('com.example.never').catch((error: unknown) => error);
  clock.advance(3_699);
  expect(session.isAttached).toBe(true);
  clock.advance(1);
  expect(await calling).toBeInstanceOf(TransportLost);
  expect((await left)[1]).toMatchObject({ reason: CLOSE_REASONS.transportLost });
  expect((await left)[1].message).toContain('no answer to a ping within 700 ms');
  expect((await disconnected)[1]).toEqual({ wasClean: false });
  await retry;
  clock.advance(2_000);
  await client.joined();
  expect(session.details?.session).not.toBe(first);
  await client.close();
  expect(clock.pending).toBe(0);
});

test('a router that never answers GOODBYE is left within the deadlines', async () => {
  const way = await throughFreezer();
  const { client, clock, next } = frozenInTime(way.url, { leaveTimeout: 400 });
  await client.joined();
  const left = next('leave');
  way.freeze();
  const closing = client.close();
  clock.advance(399);
  expect(client.state).toBe('closing');
  expect(client.session.isConnected).toBe(true);
  clock.advance(1);
  expect((await left)[1]).toEqual({ reason: CLOSE_REASONS.normal, message: undefined });
  // The transport is given as long again to close.
  clock.advance(400);
  await closing;
  expect(await client.closed).toEqual({});
});

test('a router that never says WELCOME fails the attempt within the deadline', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  cleanUp.push(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  const asked = new Promise<void>((resolve) => {
    server.on('connection', (socket) => socket.on('message', () => resolve()));
  });
  const { port } = server.address() as AddressInfo;
  const { client, clock } = frozenInTime(`ws://127.0.0.1:${port}/ws`, { joinTimeout: 400, retry: false });
  const joining = client.joined().catch((error: unknown) => error);
  await asked;
  clock.advance(400);
  const error = await joining;
  expect(error).toBeInstanceOf(Timeout);
  expect((error as Timeout).message).toBe('no WELCOME within 400 ms of HELLO');
});
