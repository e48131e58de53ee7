import { describe, expect, test } from 'vitest';
import { event } from '../support/messages.js';
import { RawSocketServer, until, WIRES } from '../support/rawsockets.js';
import { Recorder } from '../support/recorder.js';

describe.each(WIRES)('closing over %s', (wire) => {
  test('is clean, and both sides say who it was', async () => {
    const testServer = await RawSocketServer.open({}, wire);
    const { client, server, clock } = await testServer.connect();
    const [atClient, atServer] = [Recorder.on(client), Recorder.on(server)];
    await server.close();
    expect(await atServer.end()).toEqual({ clean: true, reason: 'closed by this side' });
    expect(await atClient.end()).toEqual({ clean: true, reason: 'closed by the peer' });
    expect([clock.pending, testServer.clock.pending]).toEqual([0, 0]);
  });

  test('before start needs no peer that waits', async () => {
    const testServer = await RawSocketServer.open({}, wire);
    const { client, server } = await testServer.connect();
    const atClient = Recorder.on(client);
    client.send(event('for nobody'));
    await server.close();
    await atClient.end();
    const late = Recorder.on(server);
    expect((await late.end()).clean).toBe(true);
    expect(late.messages).toEqual([]);
  });

  test('before the other end has started still brings what was sent', async () => {
    const testServer = await RawSocketServer.open({}, wire);
    const { client, server, clock } = await testServer.connect();
    client.send(event('last words'));
    const closed = client.close();
    // Nobody reads at the other end, so there is no answer.
    clock.advance(2_000);
    await closed;
    const atServer = Recorder.on(server);
    await atServer.end();
    expect(atServer.args).toEqual([['last words']]);
    expect(atServer.ends).toHaveLength(1);
  });
});

describe('closing', () => {
  test('is bounded where the peer does not answer', async () => {
    const testServer = await RawSocketServer.open();
    const { peer, server, atServer } = await testServer.connectPeer();
    peer.socket.allowHalfOpen = true;
    server.send(event('goodbye'));
    const closed = server.close();
    expect((await peer.next()).payload.toString()).toContain('goodbye');
    expect(await peer.rest()).toHaveLength(0);
    testServer.clock.advance(1_999);
    expect(atServer.ends).toEqual([]);
    testServer.clock.advance(1);
    await closed;
    expect(atServer.ends).toEqual([{ clean: false, reason: 'no answer to the close within 2000 ms' }]);
    expect(testServer.clock.pending).toBe(0);
  });

  test('is bounded where the peer takes nothing any more', async () => {
    const testServer = await RawSocketServer.open();
    const { peer, server, atServer } = await testServer.connectPeer();
    peer.socket.pause();
    for (let n = 0; n < 16; n++) server.send(event('x'.repeat(2 ** 20)));
    expect(server.queuedBytes).toBeGreaterThan(0);
    const closed = server.close();
    testServer.clock.advance(2_000);
    await closed;
    expect(atServer.ends).toHaveLength(1);
    expect(atServer.ends[0]?.clean).toBe(false);
  });

  test('stops the heartbeat and the watch over half a message', async () => {
    const testServer = await RawSocketServer.open({ pingInterval: 1_000 });
    const { peer, server, atServer } = await testServer.connectPeer();
    peer.write(0, 0, 0, 9, 1);
    await until(() => testServer.clock.pending === 2);
    const closed = server.close();
    expect(testServer.clock.pending).toBe(1);
    await closed;
    expect(testServer.clock.pending).toBe(0);
    expect(atServer.ends).toHaveLength(1);
  });

  test('by the peer, behind its last words, is clean', async () => {
    const testServer = await RawSocketServer.open();
    const { peer, server, atServer } = await testServer.connectPeer();
    peer.frame(0, '[36,1,1,{},["one"]]');
    peer.frame(0, '[36,1,1,{},["two"]]');
    peer.socket.end();
    expect(await atServer.end()).toEqual({ clean: true, reason: 'closed by the peer' });
    expect(atServer.args).toEqual([['one'], ['two']]);
    server.send(event('too late'));
    expect(server.queuedBytes).toBe(0);
    await server.close();
    expect(atServer.ends).toHaveLength(1);
    expect(testServer.clock.pending).toBe(0);
  });

  test('by the peer takes back what was held for it', async () => {
    const testServer = await RawSocketServer.open();
    const { client, server } = await testServer.connect();
    const [atClient, atServer] = [Recorder.on(client), Recorder.on(server)];
    const end = atServer.closed.bind(atServer);
    atServer.closed = (why) => {
      server.send(event('too late'));
      end(why);
    };
    await client.close();
    expect(await atServer.end()).toEqual({ clean: true, reason: 'closed by the peer' });
    expect(server.queuedBytes).toBe(0);
    expect(atClient.messages).toEqual([]);
  });
});

describe('a connection that is lost', () => {
  test('with an error names it', async () => {
    const testServer = await RawSocketServer.open();
    const { peer, atServer } = await testServer.connectPeer();
    peer.socket.resetAndDestroy();
    const why = await atServer.end();
    expect(why).toMatchObject({ clean: false, reason: 'the connection was lost: read ECONNRESET' });
    expect(why.error).toMatchObject({ code: 'ECONNRESET' });
    expect(testServer.clock.pending).toBe(0);
  });

  test('before start is told afterwards', async () => {
    const testServer = await RawSocketServer.open();
    const { client, server, clock } = await testServer.connect();
    Recorder.on(client);
    const closed = client.close();
    clock.advance(2_000);
    await closed;
    server.send(event('into nothing'));
    const late = Recorder.on(server);
    await late.end();
    expect(late.ends).toHaveLength(1);
  });
});
