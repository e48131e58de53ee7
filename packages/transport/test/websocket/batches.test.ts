import { Buffer } from 'node:buffer';
import { ERROR_URIS, MAX_BATCH, PayloadExceededError, type Transport } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { LARGE_FRAME } from '../../src/coalescer.js';
import { Batcher } from '../../src/websocket/batcher.js';
import { event } from '../support/messages.js';
import { type Frame, Opcode, type RawPeer } from '../support/raw-peer.js';
import { Recorder } from '../support/recorder.js';
import { batchedSerializer, binarySerializer } from '../support/test-serializers.js';
import { TestServer } from '../support/websockets.js';

const serializer = batchedSerializer();
const { batch } = serializer;
if (batch === undefined) throw new Error('a batched serializer was expected');
const SUBPROTOCOL = 'wamp.2.test-batched.batched';

const batchOf = (...args: unknown[]) => batch.join(args.map((arg) => serializer.encode(event(arg))));

async function raw(): Promise<{ peer: RawPeer; server: Transport; at: Recorder }> {
  const testServer = await TestServer.open({ serializers: [serializer] });
  const { peer, server, atServer: at } = await testServer.connectRaw(SUBPROTOCOL);
  return { peer, server, at };
}

const args = (frame: Frame) => batch.split(frame.payload).map((each) => serializer.decode(each));

test('batched or not is negotiated like any other serializer', async () => {
  const both = [batchedSerializer('both'), binarySerializer('both')];
  const testServer = await TestServer.open({ serializers: both });
  for (const offered of [both, [...both].reverse()]) {
    const { client, server } = await testServer.connect({ serializers: offered });
    for (const { details } of [client, server]) {
      expect(details).toMatchObject({ serializer: 'both', protocol: offered[0]?.subprotocol });
    }
    const at = Recorder.on(server);
    client.send(event('hello'));
    await at.count(1);
    expect(at.args).toEqual([['hello']]);
  }
});

describe('what is sent', () => {
  test('in one turn and its microtasks is one batch, in its order', async () => {
    const { peer, server } = await raw();
    for (let n = 0; n < 100; n++) server.send(event(n));
    await null;
    server.send(event('last'));
    expect(server.queuedBytes).toBeGreaterThan(1000);
    expect(args(await peer.next())).toEqual(
      [...Array(100).keys(), 'last'].map((arg) => serializer.decode(serializer.encode(event(arg)))),
    );
    expect(server.queuedBytes).toBe(0);
    server.send(event('another turn'));
    expect(args(await peer.next())).toHaveLength(1);
  });

  test('is a batch of one where it is one message', async () => {
    const { peer, server } = await raw();
    server.send(event(1));
    const frame = await peer.next();
    expect(frame.opcode).toBe(Opcode.binary);
    expect(Uint8Array.from(frame.payload)).toEqual(Uint8Array.from(batchOf(1)));
  });

  test('leaves before the turn ends where the batch is large, or full', async () => {
    const written: number[] = [];
    const write = (bytes: Uint8Array) => written.push(batch.split(bytes).length);
    const batcher = new Batcher({ batching: batch, maxSize: 2 ** 24, write, atTurnEnd: setImmediate });
    batcher.add(new Uint8Array(LARGE_FRAME / 2));
    expect(written).toEqual([]);
    batcher.add(new Uint8Array(LARGE_FRAME / 2));
    expect(written).toEqual([2]);
    batcher.add(new Uint8Array(LARGE_FRAME));
    expect(written).toEqual([2, 1]);
    for (let n = 0; n < 2 * MAX_BATCH + 5; n++) batcher.add(new Uint8Array(1));
    expect(written).toEqual([2, 1, MAX_BATCH, MAX_BATCH]);
    expect(batcher.bytes).toBe(5 * 5);
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toEqual([2, 1, MAX_BATCH, MAX_BATCH, 5]);
    expect(batcher.bytes).toBe(0);
  });

  test('is not joined beyond the size of a message', async () => {
    const written: number[] = [];
    const write = (bytes: Uint8Array) => written.push(bytes.length);
    const batcher = new Batcher({ batching: batch, maxSize: 100, write, atTurnEnd: setImmediate });
    for (const length of [46, 46, 1, 90, 96]) batcher.add(new Uint8Array(length));
    expect(written).toEqual([100, 99]);
    batcher.flush();
    batcher.flush();
    expect(written).toEqual([100, 99, 100]);
  });

  test('stays within the size of a message, framing included', async () => {
    const limits = { maxMessageSize: 100 };
    const testServer = await TestServer.open({ serializers: [serializer], ...limits });
    const { client, server } = await testServer.connect({ serializers: [serializer], ...limits });
    const at = Recorder.on(client);
    const bare = serializer.encode(event('')).length;
    const fits = 'x'.repeat(100 - 4 - bare);
    server.send(event(fits));
    server.send(event(fits));
    server.send(event('small'));
    expect(() => server.send(event(`${fits}x`))).toThrow(PayloadExceededError);
    expect(() => server.send(event(`${fits}x`))).toThrow('EVENT of 101 bytes: the limit is 100');
    await at.count(3);
    expect(at.args).toEqual([[fits], [fits], ['small']]);
  });

  test('before a close leaves with it', async () => {
    const { peer, server } = await raw();
    server.send(event(1));
    server.send(event(2));
    const closed = server.close();
    expect(args(await peer.next())).toHaveLength(2);
    expect((await peer.next()).opcode).toBe(Opcode.close);
    peer.send(Opcode.close, Uint8Array.of(3, 232));
    await closed;
  });
});

describe('what comes', () => {
  test('in one batch is handed over message by message', async () => {
    const { peer, at } = await raw();
    peer.send(Opcode.binary, batchOf(1, 2, 3));
    peer.send(Opcode.binary, batchOf(4));
    await at.count(4);
    expect(at.args).toEqual([[1], [2], [3], [4]]);
  });

  const good = batchOf('good');
  test.each([
    ['is an empty batch', new Uint8Array(), 'a batch of nothing', 0],
    ['is half a message', good.slice(0, -1), 'half a message in a batch', 0],
    ['has bytes behind the last message', Uint8Array.of(...good, 0), 'half a message in a batch', 0],
    [
      'has a message that cannot be read behind a good one',
      Buffer.concat([good, Buffer.from([0, 0, 0, 1, 1]), good]),
      'not JSON',
      1,
    ],
  ])('and %s is answered with ABORT in a batch, and ends the connection', async (_name, bytes, message, before) => {
    const { peer, server, at } = await raw();
    server.send(event('on its way'));
    peer.send(Opcode.binary, bytes);
    peer.send(Opcode.binary, good);
    const sent = [...args(await peer.next())];
    if (sent.length === 1) sent.push(...args(await peer.next()));
    expect(sent).toHaveLength(2);
    expect(sent[1]).toMatchObject({ reason: ERROR_URIS.protocolViolation, details: { message } });
    const close = await peer.next();
    expect(close.payload.readUInt16BE(0)).toBe(1002);
    peer.send(Opcode.close, close.payload);
    await peer.gone;
    expect(await at.end()).toMatchObject({ clean: false, reason: message });
    expect(at.messages).toHaveLength(before);
  });
});
