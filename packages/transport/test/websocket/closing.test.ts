import { describe, expect, test } from 'vitest';
import { event } from '../support/messages.js';
import { Opcode } from '../support/raw-peer.js';
import { Recorder } from '../support/recorder.js';
import { TestServer } from '../support/websockets.js';

describe('closing', () => {
  test('ends with code 1000, and both sides say who it was', async () => {
    const testServer = await TestServer.open();
    const { client, server, clock } = await testServer.connect();
    const [atClient, atServer] = [Recorder.on(client), Recorder.on(server)];
    await server.close();
    expect(await atServer.end()).toEqual({ clean: true, reason: 'closed by this side' });
    expect(await atClient.end()).toEqual({ clean: true, reason: 'closed by the peer' });
    expect([clock.pending, testServer.clock.pending]).toEqual([0, 0]);
  });

  test('is bounded where the peer does not answer', async () => {
    const testServer = await TestServer.open();
    const { peer, server, atServer } = await testServer.connectRaw();
    const closed = server.close();
    expect(await peer.next()).toMatchObject({ opcode: Opcode.close, payload: Buffer.from([0x03, 0xe8]) });
    testServer.clock.advance(1_999);
    expect(atServer.ends).toEqual([]);
    testServer.clock.advance(1);
    await closed;
    await peer.gone;
    expect(atServer.ends).toEqual([{ clean: false, reason: 'no answer to the close within 2000 ms' }]);
    expect(testServer.clock.pending).toBe(0);
  });

  test('is bounded where the peer takes nothing any more', async () => {
    const testServer = await TestServer.open();
    const { peer, server, atServer } = await testServer.connectRaw();
    peer.socket.pause();
    for (let n = 0; n < 16; n++) server.send(event('x'.repeat(2 ** 20)));
    expect(server.queuedBytes).toBeGreaterThan(0);
    const closed = server.close();
    testServer.clock.advance(2_000);
    await closed;
    expect(atServer.ends).toHaveLength(1);
    expect(atServer.ends[0]?.clean).toBe(false);
  });

  test('is bounded where the peer sends nothing any more, without a close frame, and takes nothing', async () => {
    const testServer = await TestServer.open();
    const { peer, server, atServer } = await testServer.connectRaw();
    const { clock } = testServer;
    peer.socket.pause();
    for (let n = 0; n < 16; n++) server.send(event('x'.repeat(2 ** 20)));
    const bounded = new Promise<number>((resolve) => {
      const after = clock.after.bind(clock);
      clock.after = (ms, run) => {
        resolve(ms);
        return after(ms, run);
      };
    });
    peer.socket.end();
    expect(await bounded).toBe(2_000);
    expect(atServer.ends).toEqual([]);
    clock.advance(2_000);
    expect((await atServer.end()).clean).toBe(false);
  });

  test('before start needs no peer that waits', async () => {
    const testServer = await TestServer.open();
    const { client, server } = await testServer.connect();
    const atClient = Recorder.on(client);
    client.send(event('for nobody'));
    await server.close();
    await atClient.end();
    const late = Recorder.on(server);
    expect((await late.end()).clean).toBe(true);
    expect(late.messages).toEqual([]);
  });

  test.each([
    ['without a code', '', { clean: true, reason: 'closed by the peer' }],
    ['with 1000', Buffer.from([0x03, 0xe8]), { clean: true, reason: 'closed by the peer' }],
    ['with 1001', Buffer.from([0x03, 0xe9]), { clean: true, reason: 'closed by the peer' }],
    [
      'with 1011 and a reason',
      Buffer.concat([Buffer.from([0x03, 0xf3]), Buffer.from('no luck')]),
      { clean: false, reason: 'closed by the peer with code 1011 (no luck)' },
    ],
    // The answer to this repeats the code, but it was the peer that found something too large.
    ['with 1009', Buffer.from([0x03, 0xf1]), { clean: false, reason: 'closed by the peer with code 1009' }],
  ])('by the peer %s is told as such', async (_name, payload, why) => {
    const testServer = await TestServer.open();
    const { peer, atServer } = await testServer.connectRaw();
    peer.send(Opcode.close, payload);
    expect((await peer.next()).opcode).toBe(Opcode.close);
    peer.socket.end();
    expect(await atServer.end()).toEqual(why);
    expect(testServer.clock.pending).toBe(0);
  });

  test('by the peer, which then stays, is ended all the same', async () => {
    const testServer = await TestServer.open();
    const { peer, server, atServer } = await testServer.connectRaw();
    // It answers the end of the server's side with nothing.
    peer.socket.allowHalfOpen = true;
    peer.send(Opcode.close, '');
    expect((await peer.next()).opcode).toBe(Opcode.close);
    expect(testServer.clock.next).toBe(2_000);
    server.send(event('too late'));
    testServer.clock.advance(2_000);
    expect(await atServer.end()).toEqual({ clean: true, reason: 'closed by the peer' });
  });
});

describe('a connection that is lost', () => {
  test('without a close frame is told as such', async () => {
    const testServer = await TestServer.open();
    const { peer, atServer } = await testServer.connectRaw();
    peer.socket.end();
    expect(await atServer.end()).toEqual({ clean: false, reason: 'the connection was lost' });
    expect(testServer.clock.pending).toBe(0);
  });

  test('with an error names it', async () => {
    const testServer = await TestServer.open();
    const { peer, atServer } = await testServer.connectRaw();
    peer.socket.resetAndDestroy();
    const why = await atServer.end();
    expect(why).toMatchObject({ clean: false, reason: 'the connection was lost: read ECONNRESET' });
    expect(why.error).toMatchObject({ code: 'ECONNRESET' });
  });

  test('before start is told afterwards, behind what had come', async () => {
    const testServer = await TestServer.open();
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

  test('delivers what was sent before', async () => {
    const testServer = await TestServer.open();
    const { peer, atServer } = await testServer.connectRaw();
    peer.send(Opcode.text, '[36,1,1,{},["one"]]');
    peer.send(Opcode.text, '[36,1,1,{},["two"]]');
    peer.socket.end();
    await atServer.end();
    expect(atServer.args).toEqual([['one'], ['two']]);
  });
});
