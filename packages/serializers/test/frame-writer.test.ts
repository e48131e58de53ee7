import { callMessage, type Message } from '@wamp-run/protocol';
import { expect, test } from 'vitest';
import { cbor } from '../src/cbor/index.js';

const text = (length: number): Message => callMessage(1, {}, 'p', { args: ['x'.repeat(length)], kwargs: {} });

test('small frames lie side by side', () => {
  const serializer = cbor();
  const frames = Array.from({ length: 20 }, () => serializer.encode(text(50)));
  expect(new Set(frames.map((frame) => frame.buffer)).size).toBe(1);
});

test('a small frame does not keep a large one alive', () => {
  const serializer = cbor();
  const large = serializer.encode(text(1_000_000));
  const small = serializer.encode(text(10));
  expect(small.buffer).not.toBe(large.buffer);
  expect(small.buffer.byteLength).toBeLessThan(20_000);
});

test('a frame that fills one slab goes on in the next', () => {
  const serializer = cbor();
  for (let length = 0; length < 2000; length += 7) {
    const frame = serializer.encode(text(length));
    expect(serializer.encode(serializer.decode(frame))).toEqual(frame);
  }
});
