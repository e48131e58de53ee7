// The router's bounds, met over real sockets.
import { abortMessage, type Connector, type Message, MessageType, type Transport } from '@wamp-run/protocol';
import { Router, type RouterOptions } from '@wamp-run/router';
import { cbor } from '@wamp-run/serializers/cbor';
import { memoryConnector } from '@wamp-run/transport/memory';
import { websocket, websocketListener } from '@wamp-run/transport/websocket';
import { afterEach, expect, test } from 'vitest';
import { clock, joined, random } from './local.js';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listening(options: Partial<RouterOptions>): Promise<{ router: Router; url: string }> {
  const router = new Router({ clock, random, closeTimeout: 100, ...options });
  closing.push(() => router.close());
  const { url } = await router.listen(websocketListener({ port: 0, serializers: [cbor()], clock, closeTimeout: 100 }));
  return { router, url };
}

/** A connection that says nothing, and what it hears first. */
async function halfOpen(connector: Connector): Promise<{ transport: Transport; first: Promise<Message> }> {
  const transport = await connector.connect(new AbortController().signal);
  closing.push(() => transport.close());
  const first = new Promise<Message>((resolve) => {
    transport.start({ message: resolve, closed: () => resolve(abortMessage('closed without a word', {})) });
  });
  return { transport, first };
}

test('half-open connections meet the bound of their address, and are free again when they close', async () => {
  const { router, url } = await listening({ limits: { sessionsPerAddress: 2 } });
  const there = websocket(url, { serializers: [cbor()], clock });
  const [one] = [await halfOpen(there), await halfOpen(there)];
  const third = await halfOpen(there);
  expect(await third.first).toMatchObject({ type: MessageType.ABORT, reason: 'wamp.error.limit_exceeded' });
  await third.transport.close();
  // Clients of the same process come from no address.
  await halfOpen(memoryConnector((transport) => router.attach(transport)));
  await one.transport.close();
  while (router.counts().transports > 2) await new Promise(setImmediate);
  const client = await joined(url);
  closing.push(() => client.close());
  expect(await client.session.call('wamp.session.count')).toBe(1);
});

test('half-open connections are closed at their deadline', async () => {
  const { url } = await listening({ handshakeTimeout: 20 });
  const { first } = await halfOpen(websocket(url, { serializers: [cbor()], clock }));
  expect(await first).toMatchObject({ type: MessageType.ABORT, reason: 'wamp.error.timeout' });
});

test('clients of several listeners, and of this process, are in one realm', async () => {
  const { router, url } = await listening({ realms: ['realm1', 'realm2'] });
  const other = await router.listen(websocketListener({ port: 0, serializers: [cbor()], clock, closeTimeout: 100 }));
  const [one, two, apart] = [await joined(url), await joined(other.url), await joined(url, { realm: 'realm2' })];
  for (const client of [one, two, apart]) closing.push(() => client.close());
  await one.session.register('com.example.where', () => 'here');
  expect(await two.session.call('com.example.where')).toBe('here');
  await expect(apart.session.call('com.example.where')).rejects.toMatchObject({
    error: 'wamp.error.no_such_procedure',
  });
  await halfOpen(memoryConnector((transport) => router.attach(transport)));
  expect(router.counts()).toMatchObject({ transports: 4, realms: [{ sessions: 2 }, { sessions: 1 }] });
});

test('a session that is killed ends for its client with the reason that was given', async () => {
  const { url } = await listening({});
  const [one, two] = [await joined(url), await joined(url)];
  closing.push(() => one.close());
  const ids = (await one.session.call('wamp.session.list')) as number[];
  const { authid } = (await one.session.call('wamp.session.get', [ids[1] as number])) as { authid: string };
  await one.session.call('wamp.session.kill_by_authid', [authid], { kwargs: { reason: 'com.shop.closed' } });
  expect((await two.client.closed).error).toMatchObject({ code: 'WAMP_SESSION_ENDED', reason: 'com.shop.closed' });
  expect(await one.session.call('wamp.session.count')).toBe(1);
});
