import type { ProtocolError } from '@wamp-run/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameType } from '../../src/rawsocket/frame.js';
import { FrameReader } from '../../src/rawsocket/frame-reader.js';
import { event } from '../support/messages.js';
import { frameBytes, type OctetPeer } from '../support/octet-peer.js';
import { RawSocketServer } from '../support/rawsockets.js';
import { Recorder } from '../support/recorder.js';
import { textSerializer } from '../support/test-serializers.js';

const LIMIT = 2 ** 24;

/** A reader that keeps what it is told. */
function reading(limit = LIMIT) {
  const frames: { type: number; payload: Buffer }[] = [];
  const faults: ProtocolError[] = [];
  const reader = new FrameReader(limit, {
    frame: (type, payload) => frames.push({ type, payload }),
    broken: (error) => faults.push(error),
  });
  return { reader, frames, faults };
}

/** Feeds the bytes in pieces that end at these places. */
function feedCut(reader: FrameReader, bytes: Buffer, cuts: readonly number[]): void {
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    if (cut > from && cut < bytes.length) {
      reader.feed(bytes.subarray(from, cut));
      from = cut;
    }
  }
  reader.feed(bytes.subarray(from));
}

describe('a frame', () => {
  test('that lies whole in a chunk is a part of it, not a copy', () => {
    const { reader, frames } = reading();
    const chunk = Buffer.concat([frameBytes(0, 'one'), frameBytes(1, ''), frameBytes(2, 'three')]);
    reader.feed(chunk);
    expect(frames.map(({ type, payload }) => [type, payload.toString()])).toEqual([
      [FrameType.message, 'one'],
      [FrameType.ping, ''],
      [FrameType.pong, 'three'],
    ]);
    expect(frames[0]?.payload.buffer).toBe(chunk.buffer);
    expect(frames[0]?.payload.byteOffset).toBe(chunk.byteOffset + 4);
    expect(frames[2]?.payload.buffer).toBe(chunk.buffer);
  });

  test('however the stream is cut, the frames are the same', () => {
    const frame = fc.record({ type: fc.constantFrom(0, 1, 2), payload: fc.uint8Array({ maxLength: 300 }) });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 20 }), fc.array(fc.nat(6000), { maxLength: 60 }), (sent, cuts) => {
        const { reader, frames, faults } = reading();
        feedCut(reader, Buffer.concat(sent.map(({ type, payload }) => frameBytes(type, payload))), cuts);
        expect(frames.map(({ type, payload }) => ({ type, payload: new Uint8Array(payload) }))).toEqual(sent);
        expect(faults).toEqual([]);
        expect(reader.midFrame).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('longer than its first room is whole, however it is cut', () => {
    const payload = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, index) => index * 31));
    const bytes = Buffer.concat([frameBytes(0, payload), frameBytes(0, 'next')]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
        const { reader, frames } = reading();
        feedCut(reader, bytes, cuts);
        expect(frames).toHaveLength(2);
        expect(payload.equals(frames[0]?.payload as Buffer)).toBe(true);
        expect(frames[1]?.payload.toString()).toBe('next');
      }),
      { numRuns: 60 },
    );
  });

  test('takes room as it comes, and not as it is announced', () => {
    const { reader, frames } = reading();
    const before = process.memoryUsage().arrayBuffers;
    reader.feed(Buffer.from([8, 0, 0, 0]));
    reader.feed(Buffer.from('begun'));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
    expect(reader.midFrame).toBe(true);
    expect(frames).toEqual([]);
  });

  test('of garbage never does anything but break, once', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (chunks) => {
        const { reader, faults, frames } = reading(1024);
        for (const chunk of chunks) {
          const known = frames.length;
          const broken = faults.length > 0;
          reader.feed(Buffer.from(chunk));
          if (broken) expect(frames).toHaveLength(known);
        }
        expect(faults.length).toBeLessThan(2);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['reserved bits', [0x10, 0, 0, 0], 'a frame came in that uses reserved bits'],
    ['all of them', [0xf0, 0, 0, 1], 'a frame came in that uses reserved bits'],
    ['type 3', [0x03, 0, 0, 0], 'a frame of the unknown type 3 came in'],
    ['type 7', [0x07, 0, 0, 1], 'a frame of the unknown type 7 came in'],
    ['2^24 and a length', [0x08, 0, 0, 1], 'a frame came in whose length is both 2^24 and something else'],
    ['a ping of 2^24 and a length', [0x09, 1, 0, 0], 'a frame came in whose length is both 2^24 and something else'],
    ['2^24 over the limit', [0x08, 0, 0, 0], 'a message of more than 1024 bytes came in, which is the limit here'],
    ['a length over the limit', [0, 0, 4, 1], 'a message of more than 1024 bytes came in, which is the limit here'],
    ['a ping over the limit', [1, 0, 4, 1], 'a message of more than 1024 bytes came in, which is the limit here'],
  ])('with %s breaks the stream, whole or octet by octet', (_name, head, message) => {
    for (const pieces of [[head], head.map((octet) => [octet])]) {
      const { reader, frames, faults } = reading(1024);
      reader.feed(frameBytes(0, 'before'));
      for (const piece of pieces) reader.feed(Buffer.from(piece));
      reader.feed(frameBytes(0, 'after'));
      expect(faults.map((error) => error.message)).toEqual([message]);
      expect(frames.map(({ payload }) => payload.toString())).toEqual(['before']);
    }
  });
});

describe('over a socket', () => {
  async function writeInPieces(peer: OctetPeer, bytes: Buffer, size: number): Promise<void> {
    for (let at = 0; at < bytes.length; at += size) {
      await new Promise((resolve) => {
        peer.socket.write(bytes.subarray(at, at + size), resolve);
      });
    }
  }

  test('messages arrive byte by byte', async () => {
    const testServer = await RawSocketServer.open();
    const { peer, atServer } = await testServer.connectPeer();
    const bytes = Buffer.concat(['a', 'b', 'c'].map((word) => frameBytes(0, `[36,1,1,{},["${word}"]]`)));
    await writeInPieces(peer, bytes, 1);
    await atServer.count(3);
    expect(atServer.args).toEqual([['a'], ['b'], ['c']]);
  });

  test('many small messages in one chunk arrive in order', async () => {
    const testServer = await RawSocketServer.open();
    const { peer, atServer } = await testServer.connectPeer();
    const count = 2000;
    peer.socket.write(Buffer.concat(Array.from({ length: count }, (_, n) => frameBytes(0, `[36,1,1,{},[${n}]]`))));
    await atServer.count(count);
    expect(atServer.args).toEqual(Array.from({ length: count }, (_, n) => [n]));
  });

  test.each([2 ** 24, 2 ** 24 - 1])('a message of %i octets goes through, both ways', async (size) => {
    const testServer = await RawSocketServer.open();
    const { client, server } = await testServer.connect();
    const [atClient, atServer] = [Recorder.on(client), Recorder.on(server)];
    const full = 'x'.repeat(size - textSerializer().encode(event('')).length);
    client.send(event(full));
    client.send(event('behind'));
    await atServer.count(2);
    server.send(event(full));
    await atClient.count(1);
    const same = (text: unknown) => text === full;
    expect(same(atServer.args[0]?.[0])).toBe(true);
    expect(atServer.args[1]).toEqual(['behind']);
    expect(same(atClient.args[0]?.[0])).toBe(true);
    expect(() => client.send(event(`${full}xx`))).toThrow('the limit is 16777216 (maxMessageSize)');
  });
});
