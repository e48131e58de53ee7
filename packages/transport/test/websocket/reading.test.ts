// Frames as they come out of sockets: who takes which of them, before, while and after there is somebody to take messages.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, onTestFinished, test } from 'vitest';
import { websocketListener } from '../../src/websocket/index.js';
import { event } from '../support/messages.js';
import { Opcode, RawPeer } from '../support/raw-peer.js';
import { Recorder } from '../support/recorder.js';
import { textSerializer } from '../support/test-serializers.js';
import { webFrame } from '../support/web-frames.js';
import { TestServer } from '../support/websockets.js';

const KEY = [1, 2, 3, 4];
const encoder = new TextEncoder();

function frame(first: number, text: string | Uint8Array): Buffer {
  return webFrame({ first, payload: typeof text === 'string' ? encoder.encode(text) : text, key: KEY });
}

function message(word: string): string {
  return Buffer.from(textSerializer().encode(event(word))).toString();
}

/** Writes octets in pieces, each on its way before the next. */
async function writeInPieces(peer: RawPeer, octets: Buffer, size: number): Promise<void> {
  peer.socket.setNoDelay(true);
  for (let at = 0; at < octets.length; at += size) {
    await new Promise((resolve) => peer.socket.write(octets.subarray(at, at + size), resolve));
  }
}

test.each([1, 2, 7])('messages, fragments and pings arrive in pieces of %i octets', async (size) => {
  const testServer = await TestServer.open();
  const { peer, atServer } = await testServer.connectRaw();
  const long = 'é€😀'.repeat(30);
  const whole = Buffer.from(message(long));
  const octets = Buffer.concat([
    frame(0x81, message('first')),
    frame(0x01, whole.subarray(0, 31)),
    frame(0x89, 'are you there?'),
    frame(0x00, whole.subarray(31, 40)),
    frame(0x8a, 'nobody asked'),
    frame(0x80, whole.subarray(40)),
    frame(0x81, message('last')),
  ]);
  await writeInPieces(peer, octets, size);
  await atServer.count(3);
  expect(atServer.args).toEqual([['first'], [long], ['last']]);
  expect(await peer.next()).toMatchObject({ opcode: Opcode.pong, payload: Buffer.from('are you there?') });
});

test('nothing is taken behind a close frame, which is answered', async () => {
  const testServer = await TestServer.open();
  const { peer, atServer } = await testServer.connectRaw();
  const close = frame(0x88, Uint8Array.of(0x03, 0xe8));
  peer.socket.write(Buffer.concat([frame(0x81, message('before')), close, frame(0x81, message('after')), close]));
  expect(await peer.next()).toMatchObject({ opcode: Opcode.close });
  peer.socket.write(frame(0x81, message('later')));
  await peer.gone;
  expect(await atServer.end()).toEqual({ clean: true, reason: 'closed by the peer' });
  expect(atServer.args).toEqual([['before']]);
});

test.each([
  ['that could be said in fewer octets', { first: 0x81, lengthOctets: 2 } as const],
  ['of a ping that is too long', { first: 0x89 } as const],
])('a length %s ends the connection', async (_name, head) => {
  const testServer = await TestServer.open();
  const { peer, atServer } = await testServer.connectRaw();
  const payload = encoder.encode('first' in head && head.first === 0x89 ? 'x'.repeat(126) : message('short'));
  peer.socket.write(webFrame({ ...head, payload, key: KEY }));
  expect((await peer.next()).opcode).toBe(Opcode.text);
  const close = await peer.next();
  expect([close.opcode, close.payload.readUInt16BE(0)]).toEqual([Opcode.close, 1002]);
  // The server waits for no answer, and takes none.
  peer.socket.write(frame(0x81, message('after')));
  const why = await atServer.end();
  expect(why).toMatchObject({ clean: false, reason: 'a frame came in that breaks the WebSocket protocol' });
  expect(atServer.messages).toEqual([]);
});

test('a message in too many frames ends the connection', async () => {
  const testServer = await TestServer.open();
  const { peer, atServer } = await testServer.connectRaw();
  const parts = Array.from({ length: 16 * 1024 }, () => frame(0x00, ''));
  peer.socket.write(Buffer.concat([frame(0x01, '['), ...parts]));
  expect((await peer.next()).opcode).toBe(Opcode.text);
  expect((await peer.next()).payload.readUInt16BE(0)).toBe(1008);
  expect(await atServer.end()).toMatchObject({ clean: false, reason: 'a message came in that has too many frames' });
});

test('what this side still gets while it closes is delivered', async () => {
  const testServer = await TestServer.open();
  const { peer, server, atServer } = await testServer.connectRaw();
  const closed = server.close();
  expect(await peer.next()).toMatchObject({ opcode: Opcode.close });
  peer.socket.write(Buffer.concat([frame(0x81, message('crossing')), frame(0x88, Uint8Array.of(0x03, 0xe8))]));
  await closed;
  expect(atServer.args).toEqual([['crossing']]);
});

describe('before start', () => {
  test('half a message that came is gone on with, once there is somebody to take it', async () => {
    const testServer = await TestServer.open();
    const peer = await RawPeer.to(testServer.url);
    onTestFinished(() => {
      peer.socket.destroy();
    });
    const server = await testServer.accept();
    const octets = Buffer.concat([frame(0x81, message('one')), frame(0x81, message('two'))]);
    await new Promise((resolve) => peer.socket.write(octets.subarray(0, 20), resolve));
    const atServer = Recorder.on(server);
    expect(atServer.messages).toEqual([]);
    peer.socket.write(octets.subarray(20));
    await atServer.count(2);
    expect(atServer.args).toEqual([['one'], ['two']]);
  });
});

test('who else listens to a socket has what comes in as it came', async () => {
  const server = createServer();
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const recorders: Recorder[] = [];
  const listener = websocketListener({ server, serializers: [textSerializer()], clock: new FakeClock() });
  await listener.listen((transport) => recorders.push(Recorder.on(transport)));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`;
  const peer = await RawPeer.to(url);
  onTestFinished(() => {
    peer.socket.destroy();
  });
  const chunks: Buffer[] = [];
  (sockets[0] as Socket).on('data', (chunk: Buffer) => chunks.push(chunk));
  const long = message('x'.repeat(300_000));
  // A mask of zeros leaves the payload as it is.
  peer.socket.write(webFrame({ first: 0x81, payload: encoder.encode(long), key: [0, 0, 0, 0] }));
  const [recorder] = recorders as [Recorder];
  await recorder.count(1);
  expect(Buffer.concat(chunks).subarray(14).toString()).toBe(long);
});
