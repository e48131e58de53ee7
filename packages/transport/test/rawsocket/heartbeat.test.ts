import { ProtocolError } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { event } from '../support/messages.js';
import type { OctetPeer } from '../support/octet-peer.js';
import { RawSocketServer, WIRES } from '../support/rawsockets.js';
import { Recorder } from '../support/recorder.js';

const [PING, PONG] = [1, 2];

describe('a peer', () => {
  test('is not pinged unless it is asked for', async () => {
    const testServer = await RawSocketServer.open();
    await testServer.connectPeer();
    expect(testServer.clock.pending).toBe(0);
  });

  test('that never answers is given up', async () => {
    const testServer = await RawSocketServer.open({ pingInterval: 10_000 });
    const { clock } = testServer;
    const { peer, atServer } = await testServer.connectPeer();
    clock.advance(10_000);
    expect(await peer.next()).toEqual({ type: PING, payload: Buffer.alloc(0) });
    clock.advance(4_999);
    expect(atServer.ends).toEqual([]);
    clock.advance(1);
    await peer.gone;
    expect(await atServer.end()).toEqual({ clean: false, reason: 'no answer to a ping within 5000 ms' });
    expect(clock.pending).toBe(0);
  });

  test.each<[string, (peer: OctetPeer) => void]>([
    ['a pong', (peer) => peer.frame(PONG)],
    ['a message', (peer) => peer.frame(0, '[36,1,1,{},["busy"]]')],
    ['half a head', (peer) => peer.write(...[0, 0])],
  ])('that answers with %s lives on', async (_name, answer) => {
    const testServer = await RawSocketServer.open({ pingInterval: 1_000, pingTimeout: 400, stallTimeout: 9_000 });
    const { clock } = testServer;
    const { peer, atServer } = await testServer.connectPeer();
    clock.advance(1_000);
    await peer.next();
    peer.frame(PING, 'seen?');
    // Its pong says that the server has read so far.
    await peer.next();
    answer(peer);
    clock.advance(400);
    expect(clock.next).toBe(600);
    expect(atServer.ends).toEqual([]);
  });

  test.each(WIRES)('of ours answers by itself, over %s', async (wire) => {
    const testServer = await RawSocketServer.open({ pingInterval: 10_000 }, wire);
    const { client, server } = await testServer.connect();
    const [atClient, atServer] = [Recorder.on(client), Recorder.on(server)];
    testServer.clock.advance(10_000);
    // Behind the ping, so that the client has seen that when it has this; and its answer is behind the pong.
    server.send(event('after the ping'));
    await atClient.count(1);
    client.send(event('after the pong'));
    await atServer.count(1);
    testServer.clock.advance(5_000);
    expect(testServer.clock.next).toBe(5_000);
    expect(atServer.ends).toEqual([]);
  });

  test('is pinged by the client, too', async () => {
    const testServer = await RawSocketServer.open();
    const { client, clock } = await testServer.connect({ pingInterval: 50, pingTimeout: 20 });
    // The server’s end is not started: it reads nothing, and so answers nothing.
    const atClient = Recorder.on(client);
    clock.advance(70);
    expect(await atClient.end()).toEqual({ clean: false, reason: 'no answer to a ping within 20 ms' });
    expect(clock.pending).toBe(0);
  });
});

describe('a ping', () => {
  test.each([0, 1, 200, 70_000])('of %i octets is answered with the same', async (length) => {
    const testServer = await RawSocketServer.open();
    const { peer, atServer } = await testServer.connectPeer();
    const payload = Buffer.from(Uint8Array.from({ length }, (_, index) => index * 3));
    peer.frame(PING, payload);
    const answer = await peer.next();
    expect(answer.type).toBe(PONG);
    expect(answer.payload.equals(payload)).toBe(true);
    expect(atServer.ends).toEqual([]);
  });

  test('among messages is answered in its place', async () => {
    const testServer = await RawSocketServer.open();
    const { peer, server, atServer } = await testServer.connectPeer();
    const echo = atServer.message.bind(atServer);
    atServer.message = (message) => {
      echo(message);
      server.send(message);
    };
    peer.frame(0, '[36,1,1,{},[1]]');
    peer.frame(PING, 'a');
    peer.frame(0, '[36,1,1,{},[2]]');
    peer.frame(PING, 'b');
    const frames = [await peer.next(), await peer.next(), await peer.next(), await peer.next()];
    expect(frames.map(({ type }) => type)).toEqual([0, PONG, 0, PONG]);
    expect(frames.map(({ payload }) => payload.toString()).filter((_, index) => index % 2 === 1)).toEqual(['a', 'b']);
  });

  test('whose answer is longer than the peer takes ends the connection', async () => {
    const testServer = await RawSocketServer.open();
    const { peer, atServer } = await testServer.connectPeer(0x01);
    peer.frame(PING, 'x'.repeat(513));
    expect((await peer.next()).type).toBe(0);
    expect((await atServer.end()).reason).toBe('a ping came in whose answer is longer than the peer takes');
  });

  test('after ping from one that takes no answers is no way to fill memory', async () => {
    const testServer = await RawSocketServer.open({ maxMessageSize: 2 ** 20 });
    const { peer, server, atServer } = await testServer.connectPeer();
    peer.socket.pause();
    const payload = Buffer.alloc(2 ** 20);
    let ended = false;
    void atServer.end().then(() => {
      ended = true;
    });
    let most = 0;
    for (let sent = 0; !ended && sent < 100; sent++) {
      peer.frame(PING, payload);
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, server.queuedBytes);
      if (server.queuedBytes > 2 ** 20) testServer.clock.advance(2_000);
    }
    while (!ended) {
      testServer.clock.advance(2_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [why] = atServer.ends;
    expect(why?.error).toBeInstanceOf(ProtocolError);
    expect(why?.reason).toBe('pings came in faster than their answers were taken');
    expect(most).toBeLessThan(4 * 2 ** 20);
  });
});

test('a pong that nobody asked for is nothing', async () => {
  const testServer = await RawSocketServer.open();
  const { peer, atServer } = await testServer.connectPeer();
  peer.frame(PONG, 'hello');
  peer.frame(0, '[36,1,1,{},["next"]]');
  await atServer.count(1);
  expect(atServer.args).toEqual([['next']]);
});
