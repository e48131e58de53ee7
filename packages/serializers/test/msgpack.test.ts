import { callMessage, ProtocolError, SerializationError, type Value } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { msgpack } from '../src/msgpack/index.js';
import { argsIn, echo, msgpackCall } from './frames.js';
import { hex } from './vectors.js';

const serializer = msgpack();

describe('what other peers may send', () => {
  const cases: [what: string, bytes: string, value: Value][] = [
    [
      'integers wider than they need be',
      '97 cc07 cd0007 ce00000007 cf0000000000000007 d007 d10007 d200000007',
      [7, 7, 7, 7, 7, 7, 7],
    ],
    [
      'negative integers',
      '96 ff e0 d080 d18000 d280000000 d3ffffffff7fffffff',
      [-1, -32, -128, -32768, -(2 ** 31), -(2 ** 31) - 1],
    ],
    ['an id as int64, as msgpackr writes it', 'd3000000ffffffffff', 2 ** 40 - 1],
    ['2^53', '92 cf0020000000000000 d30020000000000000', [2 ** 53, 2 ** 53]],
    ['2^53 + 1', '92 cf0020000000000001 d30020000000000001', [2n ** 53n + 1n, 2n ** 53n + 1n]],
    ['-2^53', 'd3ffe0000000000000', -(2 ** 53)],
    ['-2^53 - 1', 'd3ffdfffffffffffff', -(2n ** 53n) - 1n],
    [
      'the largest and the smallest integer',
      '92 cfffffffffffffffff d38000000000000000',
      [2n ** 64n - 1n, -(2n ** 63n)],
    ],
    [
      'extensions of each fixed length',
      '95 d40107 d5010708 d60101020304 d7010102030405060708 d801 000102030405060708090a0b0c0d0e0f',
      [
        Uint8Array.of(7),
        Uint8Array.of(7, 8),
        Uint8Array.of(1, 2, 3, 4),
        Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
        Uint8Array.from({ length: 16 }, (_, i) => i),
      ],
    ],
    [
      'extensions with a length',
      '93 c7 01 05 aa c8 0002 05 aabb c9 00000000 05',
      [Uint8Array.of(0xaa), Uint8Array.of(0xaa, 0xbb), new Uint8Array()],
    ],
    ['a timestamp', 'd6ff5a4af6a5', Uint8Array.of(0x5a, 0x4a, 0xf6, 0xa5)],
    ['what msgpackr makes a record', 'd47240', Uint8Array.of(0x40)],
    ['what msgpackr makes undefined', 'd40000', Uint8Array.of(0)],
    ['lengths wider than they need be', '94 d90161 da000161 db0000000161 c40107', ['a', 'a', 'a', Uint8Array.of(7)]],
    ['bytes with wide lengths', '92 c5000107 c60000000107', [Uint8Array.of(7), Uint8Array.of(7)]],
    [
      'lists and dicts with wide lengths',
      '94 dc000101 dd0000000101 de0001a16101 df00000001a16101',
      [[1], [1], { a: 1 }, { a: 1 }],
    ],
    ['a key with a wide length', '81 db0000000161 01', { a: 1 }],
    ['floats', '93 ca47c35000 cb3ff199999999999a ca7f800000', [100000, 1.1, Number.POSITIVE_INFINITY]],
    ['-0', '92 ca80000000 cb8000000000000000', [0, 0]],
    ['NaN', 'cb7ff8000000000000', Number.NaN],
    ['a key twice', '82 a16101 a16102', { a: 2 }],
    ['what msgpackr makes records of', '92 40 7f', [0x40, 0x7f]],
  ];

  test.each(cases)('%s', (_, bytes, value) => {
    for (const length of [0, 1000]) expect(argsIn(serializer, msgpackCall(bytes, length))[0]).toStrictEqual(value);
  });

  test('headers with long forms', () => {
    expect(serializer.decode(hex('dc0004 cc30 d30000000000000001 de0000 db0000000161'))).toEqual(
      callMessage(1, {}, 'a'),
    );
  });
});

describe('what is refused', () => {
  const cases: [what: string, frame: string, message: RegExp][] = [
    ['no bytes', '', /^msgpack: an empty frame at byte 0$/],
    ['no list', '80', /^msgpack: a message that is no list at byte 0$/],
    ['a list head cut short', 'dc00', /^msgpack: ends inside a head at byte 2$/],
    ['an empty list', '90', /^message: expected a list with a message type, got an empty list$/],
    ['an unknown code', '9107', /^message\[0\] type: 7 is no message of the protocol$/],
    ['an id that is a float', '94 30 cb3ff8000000000000 80 a170', /^CALL\[1\] request: expected id/],
    ['too few items', '92 30 01', /^CALL: expected 4 to 6 items, got 2$/],
    ['too many items', '97 30 01 80 a170 90 80 00', /^CALL: expected 4 to 6 items, got 7$/],
    ['args that are bytes', '95 30 01 80 a170 c400', /^CALL\[4\] args: expected list, got binary without enc_algo$/],
    ['args that are missing', '95 30 01 80 a170', /^CALL\[4\] args: expected list, got nothing$/],
    [
      'kwargs that are an extension',
      '96 30 01 80 a170 90 d40101',
      /^CALL\[5\] kwargs: expected dict, got an extension$/,
    ],
    ['bytes behind the end', '94 30 01 80 a170 00', /^msgpack: more bytes than the message takes at byte 6$/],
    ['text cut short', '94 30 01 80 a270', /^msgpack: ends inside a string at byte 6$/],
    ['an integer cut short', '94 30 cd00', /^msgpack: ends inside an integer at byte 4$/],
    ['a float cut short', '95 30 01 80 a170 91 cb0000', /^msgpack: ends inside a float at byte 10$/],
    ['bytes cut short', '95 30 01 80 a170 91 c40201', /^msgpack: ends inside bytes at byte 10$/],
    [
      'an extension without its last byte',
      '95 30 01 80 a170 91 d501aa',
      /^msgpack: ends inside an extension at byte 10$/,
    ],
    ['a text of 2^32 - 1 bytes', '95 30 01 80 a170 91 dbffffffff', /^msgpack: ends inside a string at byte 12$/],
    ['a list of 2^32 - 1 items', '95 30 01 80 a170 ddffffffff', /^msgpack: ends where a value should be at byte 11$/],
    ['a dict of 2^32 - 1 items', '95 30 01 80 a170 91 dfffffffff', /^msgpack: ends where a key should be at byte 12$/],
    ['a key that is an integer', '95 30 01 80 a170 91 810101', /^msgpack: a key that is no string at byte 8$/],
    ['the byte that is never used', '95 30 01 80 a170 91 c1', /^msgpack: 0xc1, which begins no value at byte 7$/],
    ['text that is no UTF-8', '95 30 01 80 a170 91 a1ff', /^msgpack: a string that is no valid UTF-8 at byte 8$/],
    ['a URI that is no UTF-8', '94 30 01 80 a1ff', /^msgpack: a string that is no valid UTF-8 at byte 5$/],
  ];

  test.each(cases)('%s', (_, frame, message) => {
    expect(() => serializer.decode(hex(frame))).toThrow(ProtocolError);
    expect(() => serializer.decode(hex(frame))).toThrow(message);
  });
});

test('an integer of more than 64 bits cannot be sent', () => {
  for (const value of [2n ** 64n, -(2n ** 63n) - 1n]) {
    expect(() => echo(serializer, [{ n: value }])).toThrow(SerializationError);
    expect(() => echo(serializer, [{ n: value }])).toThrow(
      /^args\[0\]\[0\]\.n: MessagePack carries integers of at most 64 bits/,
    );
    expect(() => serializer.encode(callMessage(1, { x: value }, 'p'))).toThrow(/^CALL\[2\]\.x: MessagePack/);
  }
});

test('integers take the smallest width, and no float', () => {
  const widths: [value: number | bigint, bytes: string][] = [
    [127, '7f'],
    [128, 'cc80'],
    [256, 'cd0100'],
    [65536, 'ce00010000'],
    [2 ** 32, 'cf0000000100000000'],
    [2 ** 53, 'cf0020000000000000'],
    [2n ** 63n, 'cf8000000000000000'],
    [-32, 'e0'],
    [-33, 'd0df'],
    [-129, 'd1ff7f'],
    [-32769, 'd2ffff7fff'],
    [-(2 ** 31) - 1, 'd3ffffffff7fffffff'],
    [-(2n ** 63n), 'd38000000000000000'],
  ];
  for (const [value, bytes] of widths) {
    const frame = serializer.encode(callMessage(1, {}, 'p', { args: [value], kwargs: {} }));
    expect(Buffer.from(frame).toString('hex')).toBe(`953001 80a17091${bytes}`.replace(' ', ''));
  }
});

test('bytes that were never walked are checked when they are decoded', () => {
  expect(serializer.decodePayload(hex('9101 81a16102'), 2)).toEqual({ args: [1], kwargs: { a: 2 } });
  for (const [raw, elements] of [
    ['91', 1],
    ['80', 1],
    ['90', 2],
    ['9090', 2],
    ['9000', 1],
    ['', 1],
  ] as const) {
    expect(() => serializer.decodePayload(hex(raw), elements)).toThrow(SerializationError);
  }
});
