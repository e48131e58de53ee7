// What is framed and masked here, taken apart by ws, which refuses what is not as RFC 6455 has it.

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import * as ws from 'ws';
import { FrameWriter, type Framing } from '../../src/websocket/frame-writer.js';
import { maskBehindKey } from '../../src/websocket/mask.js';

/** What reads frames inside ws; its types leave it out. */
const { Receiver } = ws as unknown as {
  Receiver: new (
    options: object,
  ) => NodeJS.WritableStream & { on(event: string, run: (...args: never[]) => void): void };
};

const LENGTHS = [0, 1, 2, 3, 4, 5, 63, 64, 65, 66, 67, 125, 126, 127, 1000, 16_383, 16_384, 65_535, 65_536, 200_001];

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A socket to write to, and what ws makes of what comes out at its other end. */
async function reading({ binary, masked }: Framing) {
  const messages: Buffer[] = [];
  const receiver = new Receiver({ isServer: masked });
  let failed: (error: Error) => void = () => {};
  let came: () => void = () => {};
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    expect(isBinary).toBe(binary);
    messages.push(data);
    came();
  });
  receiver.on('error', (error: Error) => failed(error));
  const server = createServer((socket) => socket.pipe(receiver));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = await new Promise<Socket>((resolve) => {
    const opened = connect((server.address() as AddressInfo).port, '127.0.0.1', () => resolve(opened));
  });
  closing.push(() => {
    socket.destroy();
    server.close();
  });
  const count = (n: number) =>
    new Promise<Buffer[]>((resolve, reject) => {
      failed = reject;
      came = () => {
        if (messages.length >= n) resolve(messages);
      };
      came();
    });
  return { socket, writer: new FrameWriter(socket, { binary, masked }), count };
}

/** ASCII, so that it is text, too. The first octets differ from length to length. */
function octets(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => 33 + ((i * 7 + length) % 90));
}

describe.each([true, false])('frames, masked: %s', (masked) => {
  test.each([true, false])('of every length arrive as they were, alone and together, binary: %s', async (binary) => {
    const { writer, count } = await reading({ binary, masked });
    const payloads = LENGTHS.map(octets);
    for (const payload of payloads) writer.write(payload);
    const twice = [...payloads, ...payloads];
    await count(payloads.length);
    for (const payload of payloads) {
      writer.write(payload);
      writer.flush();
    }
    expect((await count(twice.length)).map((data) => [...data])).toEqual(twice.map((payload) => [...payload]));
  });

  test('in pieces arrive whole, behind what was held', async () => {
    const { writer, count } = await reading({ binary: true, masked });
    const pieces = [octets(13), octets(40_001), octets(1)];
    writer.write(octets(5));
    expect(writer.held).toBeGreaterThan(5);
    writer.writePieces(pieces, 40_015);
    expect(writer.held).toBe(0);
    const [first, second] = await count(2);
    expect([...(first as Buffer)]).toEqual([...octets(5)]);
    expect(Buffer.compare(second as Buffer, Buffer.concat(pieces))).toBe(0);
  });

  test('leave what they were given as it was', async () => {
    const { writer, count } = await reading({ binary: true, masked });
    const [small, large] = [octets(100), octets(50_000)];
    writer.write(small);
    writer.write(large);
    await count(2);
    expect(small).toEqual(octets(100));
    expect(large).toEqual(octets(50_000));
  });

  test('that are large, and more than the other side takes at once, arrive as they were', async () => {
    const { socket, writer, count } = await reading({ binary: true, masked });
    const sizes = [50_000, 20_000, 70_000, 300_000, 50_000];
    const payloads = Array.from({ length: 60 }, (_, n) => octets((sizes[n % sizes.length] as number) + n));
    let written = 0;
    for (const payload of payloads) writer.writePieces([payload], payload.length, () => written++);
    // Otherwise nothing would have had to wait.
    expect(socket.writableLength).toBeGreaterThan(0);
    const messages = await count(payloads.length);
    for (const [n, payload] of payloads.entries()) {
      expect(Buffer.compare(messages[n] as Buffer, payload), `frame ${n}`).toBe(0);
    }
    expect(written).toBe(payloads.length);
  });

  test('in pieces are needed until they are written', async () => {
    const { socket, writer, count } = await reading({ binary: true, masked });
    const large = octets(20_000_000);
    let written = false;
    writer.writePieces([octets(3), large], 20_000_003, () => {
      written = true;
    });
    // What is masked has been copied.
    expect(socket.writableLength > 0 && written).toBe(masked);
    await count(1);
    expect(written).toBe(true);
  });

  test('are forgotten where nobody can take them any more', async () => {
    const { socket, writer } = await reading({ binary: true, masked });
    const errors: Error[] = [];
    socket.on('error', (error) => errors.push(error));
    writer.write(octets(5));
    socket.end();
    writer.flush();
    writer.write(octets(50_000));
    expect(writer.held).toBe(0);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(errors).toEqual([]);
  });
});

test('every frame of a client has a key of its own', async () => {
  const written: Buffer[] = [];
  const socket = { writable: true, write: (bytes: Buffer) => written.push(bytes) } as unknown as Socket;
  const writer = new FrameWriter(socket, { binary: true, masked: true });
  const keys = new Set<string>();
  // More than are drawn at a time.
  for (let n = 0; n < 600; n++) {
    writer.write(octets(1));
    writer.flush();
    keys.add((written.at(-1) as Buffer).toString('hex', 2, 6));
  }
  expect(keys.size).toBeGreaterThan(590);
});

test('masking word by word is masking octet by octet, wherever the octets lie', () => {
  for (const offset of [0, 1, 2, 3, 4, 5, 6, 7]) {
    for (const length of [0, 1, 63, 64, 65, 66, 67, 68, 300]) {
      const target = Buffer.from(new ArrayBuffer(offset + 4 + length), offset);
      target.set([0x12, 0x9a, 0xfe, 0x45]);
      target.set(octets(length), 4);
      maskBehindKey(target, 4, 4 + length);
      const expected = octets(length).map((octet, i) => octet ^ (target[i & 3] as number));
      expect([...target.subarray(4)], `${length} octets at ${offset}`).toEqual([...expected]);
    }
  }
});
