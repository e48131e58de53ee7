import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { Heartbeat } from '../../src/heartbeat.js';
import type { WebSocketListenerOptions, WebSocketOptions } from '../../src/websocket/index.js';
import { certificates } from '../support/certificates/index.js';
import { event } from '../support/messages.js';
import { TestProxy } from '../support/proxy.js';
import { Opcode } from '../support/raw-peer.js';
import { Recorder } from '../support/recorder.js';
import { freeSocketPath } from '../support/socket-path.js';
import { TestServer } from '../support/websockets.js';

const { ca, server: tls } = certificates;
const compression = { threshold: 0 };

interface Over {
  readonly server?: Partial<WebSocketListenerOptions>;
  readonly client?: Partial<WebSocketOptions>;
}

describe('a peer', () => {
  test('that never answers is given up', async () => {
    const { clock, ...testServer } = await opened();
    const { peer, server, atServer } = await testServer.connectRaw();
    clock.advance(9_999);
    expect(server.queuedBytes).toBe(0);
    clock.advance(1);
    expect(await peer.next()).toMatchObject({ opcode: Opcode.ping });
    clock.advance(4_999);
    expect(atServer.ends).toEqual([]);
    clock.advance(1);
    await peer.gone;
    expect(await atServer.end()).toEqual({ clean: false, reason: 'no answer to a ping within 5000 ms' });
    expect(clock.pending).toBe(0);
  });

  test.each([
    ['a pong', (ping: Buffer) => [Opcode.pong, ping] as const],
    ['a message', () => [Opcode.text, '[36,1,1,{},["busy"]]'] as const],
    ['half a message', () => [Opcode.text, '[36,'] as const],
  ])('that answers with %s lives on', async (name, answer) => {
    const { clock, ...testServer } = await opened({ pingInterval: 1_000, pingTimeout: 400 });
    const { peer, atServer } = await testServer.connectRaw();
    for (let round = 1; round <= 3; round++) {
      clock.advance(round === 1 ? 1_000 : 600);
      const ping = await peer.next();
      expect(ping.opcode).toBe(Opcode.ping);
      const [opcode, payload] = answer(ping.payload);
      const half = name === 'half a message';
      peer.send(half && round > 1 ? 0 : opcode, payload, { final: !half });
      // Its pong says that the server has read up to here.
      peer.send(Opcode.ping, `${round}`);
      expect(await peer.next()).toMatchObject({ opcode: Opcode.pong });
      clock.advance(400);
      expect(atServer.ends).toEqual([]);
    }
  });

  // What is counted is counted by the socket, and of these there are several kinds.
  test.each<[string, () => Promise<Over>]>([
    ['TCP', async () => ({})],
    ['TLS', async () => ({ server: { tls }, client: { tls: { ca } } })],
    [
      'TLS through a proxy',
      async () => ({ server: { tls }, client: { tls: { ca }, proxy: (await TestProxy.open()).url } }),
    ],
    ['a Unix socket', async () => ({ server: { socketPath: freeSocketPath() } })],
    ['TCP, compressed', async () => ({ server: { compression }, client: { compression } })],
  ])('of ours answers by itself over %s', async (_name, over) => {
    const { server: listener = {}, client: connector = {} } = await over();
    const { clock, ...testServer } = await opened(listener);
    const { client, server, clock: clientClock } = await testServer.connect(connector);
    const [atClient, atServer] = [Recorder.on(client), Recorder.on(server)];
    clock.advance(10_000);
    // Behind the ping, so that the client has seen that when it has this; and its answer is behind the pong.
    server.send(event('after the ping'));
    await atClient.count(1);
    client.send(event('after the pong'));
    await atServer.count(1);
    clock.advance(5_000);
    expect(clock.next).toBe(5_000);
    expect(atServer.ends).toEqual([]);
    clientClock.advance(10_000);
    client.send(event('after the other ping'));
    await atServer.count(2);
    server.send(event('after the other pong'));
    await atClient.count(2);
    clientClock.advance(5_000);
    expect(clientClock.next).toBe(5_000);
    expect(atClient.ends).toEqual([]);
  });

  test('is pinged by the client, too', async () => {
    const testServer = await TestServer.open({ pingInterval: 0 });
    const { client, server, clock } = await testServer.connect({ pingInterval: 50, pingTimeout: 20 });
    // The server’s end is not started: it reads nothing, and so answers nothing.
    const atClient = Recorder.on(client);
    clock.advance(70);
    expect(await atClient.end()).toEqual({ clean: false, reason: 'no answer to a ping within 20 ms' });
    expect(clock.pending).toBe(0);
    expect((await Recorder.on(server).end()).clean).toBe(false);
  });
});

test('no pings where the interval is 0, and none before start', async () => {
  const { clock, ...testServer } = await opened({ pingInterval: 0 });
  await testServer.connectRaw();
  expect(clock.pending).toBe(0);
  const other = await TestServer.open();
  await other.connect();
  expect(other.clock.pending).toBe(0);
});

describe('a heartbeat', () => {
  function beating(interval: number, timeout: number) {
    const clock = new FakeClock();
    const peer = { received: 0, queued: 0, pings: [] as number[], dead: false };
    class OfPeer extends Heartbeat {
      protected override ping(): void {
        peer.pings.push(clock.now());
      }
      protected override received(): number {
        return peer.received;
      }
      protected override queued(): number {
        return peer.queued;
      }
      protected override dead(): void {
        peer.dead = true;
      }
    }
    const heartbeat = new OfPeer({ clock, pingInterval: interval, pingTimeout: timeout });
    heartbeat.start();
    return { clock, peer, heartbeat };
  }

  test('waits for a peer that is still taking what is queued', () => {
    const { clock, peer } = beating(100, 50);
    peer.queued = 3000;
    clock.advance(100);
    for (peer.queued = 2000; peer.queued > 0; peer.queued -= 1000) clock.advance(50);
    clock.advance(50);
    expect(peer.dead).toBe(false);
    clock.advance(50);
    expect(peer.dead).toBe(true);
    expect(peer.pings).toEqual([100]);
  });

  test('gives up a peer that has stopped taking what is queued', () => {
    const { clock, peer } = beating(100, 50);
    peer.queued = 3000;
    clock.advance(150);
    expect(peer.dead).toBe(true);
  });

  test('keeps its interval, also where the timeout is longer', () => {
    const regular = beating(100, 40);
    const slow = beating(100, 250);
    for (let time = 0; time < 700; time++) {
      regular.peer.received++;
      slow.peer.received++;
      regular.clock.advance(1);
      slow.clock.advance(1);
    }
    expect(regular.peer.pings).toEqual([100, 200, 300, 400, 500, 600, 700]);
    expect(slow.peer.pings).toEqual([100, 350, 600]);
  });

  test('is still once it is stopped', () => {
    const { clock, peer, heartbeat } = beating(100, 40);
    clock.advance(100);
    heartbeat.stop();
    expect(clock.pending).toBe(0);
    clock.advance(1000);
    expect(peer.dead).toBe(false);
  });
});

async function opened(options: Parameters<typeof TestServer.open>[0] = {}) {
  const testServer = await TestServer.open(options);
  return {
    clock: testServer.clock,
    connect: (connector: Partial<WebSocketOptions> = {}) => testServer.connect(connector),
    connectRaw: () => testServer.connectRaw(),
  };
}
