import { callMessage, ProtocolError, SerializationError, type Value } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { cbor } from '../src/cbor/index.js';
import { argsIn, cborCall, echo } from './frames.js';
import { hex } from './vectors.js';

const serializer = cbor();

describe('what other peers may send', () => {
  const cases: [what: string, bytes: string, value: Value][] = [
    ['integers wider than they need be', '1b0000000000000007', 7],
    ['an integer of two bytes for a small one', '190007', 7],
    ['2^53', '1b0020000000000000', 2 ** 53],
    ['2^53 + 1', '1b0020000000000001', 2n ** 53n + 1n],
    ['-2^53', '3b001fffffffffffff', -(2 ** 53)],
    ['-2^53 - 1', '3b0020000000000000', -(2n ** 53n) - 1n],
    ['2^64 - 1', '1bffffffffffffffff', 2n ** 64n - 1n],
    ['-2^64', '3bffffffffffffffff', -(2n ** 64n)],
    ['a bignum', 'c249010000000000000000', 2n ** 64n],
    ['a negative bignum', 'c349010000000000000000', -(2n ** 64n) - 1n],
    ['a bignum that is small', 'c24107', 7],
    ['a bignum of no bytes', 'c240', 0],
    ['a bignum in pieces', 'c25f410041014100ff', 256],
    ['a bignum tag over something else', 'c26161', 'a'],
    ['a date as text', 'c0 74323031332d30332d32315432303a30343a30305a', '2013-03-21T20:04:00Z'],
    ['a date as seconds', 'c11a514b67b0', 1363896240],
    ['tags in tags', 'd9d9f7 d818 c1 07', 7],
    ['a typed array', 'd840 43010203', Uint8Array.of(1, 2, 3)],
    ['what cbor-x makes a Set', 'd90102 820102', [1, 2]],
    ['what cbor-x makes a Map', 'd90103 a1616101', { a: 1 }],
    ['what cbor-x makes a RegExp or an Error', 'd81b 8265456e6f7065616d', ['Enope', 'm']],
    ['what cbor-x makes a reference', 'd81c 820102', [1, 2]],
    ['what cbor-x makes a record', 'd9dfff 8319e0008161610a', [57344, ['a'], 10]],
    ['what cbor-x makes a packed value', 'c6 01', 1],
    ['bytes in pieces', '5f42010243030405ff', Uint8Array.of(1, 2, 3, 4, 5)],
    ['no bytes in no pieces', '5fff', new Uint8Array()],
    ['text in pieces', '7f657374726561646d696e67ff', 'streaming'],
    ['a list without a length', '9f0182039f04ffff', [1, [3, [4]]]],
    ['a dict without a length', 'bf6161016162bfffff', { a: 1, b: {} }],
    ['a key in pieces', 'a17f61616162ff01', { ab: 1 }],
    ['half-precision floats', '86f93c00f9c400f90001f903fff97bfff93e00', [1, -4, 2 ** -24, 1023 * 2 ** -24, 65504, 1.5]],
    ['single-precision floats', 'fa47c35000', 100000],
    ['NaN and infinities', '83f97e00f97c00f9fc00', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ['-0 in every width', '83f98000fa80000000fb8000000000000000', [0, 0, 0]],
    ['-0 in 64 bits alone', 'fb8000000000000000', 0],
    ['undefined', 'f7', null],
    ['simple values without a meaning', '83e0f0f8ff', [null, null, null]],
    ['a key twice', 'a2616101616102', { a: 2 }],
    ['lengths in eight bytes', '9b0000000000000001 7b0000000000000001 61', ['a']],
  ];

  test.each(cases)('%s', (_, bytes, value) => {
    for (const length of [0, 1000]) expect(argsIn(serializer, cborCall(bytes, length))[0]).toStrictEqual(value);
  });

  test('a message without a length', () => {
    const message = serializer.decode(hex('9f 1830 01 a0 6170 9f 01 ff bf 6161 02 ff ff'));
    expect(message).toMatchObject({ request: 1, procedure: 'p' });
    expect(argsIn(serializer, serializer.encode(message))).toEqual([1]);
  });

  test('headers with tags, with long forms, and with text in pieces', () => {
    expect(serializer.decode(hex('84 d9d9f71830 1b0000000000000001 c0a0 7f6161ff'))).toEqual(callMessage(1, {}, 'a'));
  });
});

describe('what is refused', () => {
  const cases: [what: string, frame: string, message: RegExp][] = [
    ['no bytes', '', /^cbor: an empty frame at byte 0$/],
    ['no list', 'a0', /^cbor: a message that is no list at byte 0$/],
    ['an empty list', '80', /^message: expected a list with a message type, got an empty list$/],
    ['an empty list without a length', '9fff', /^message: expected a list with a message type, got an empty list$/],
    ['a list of no known length', '9e', /^cbor: a head of the reserved form 30 at byte 0$/],
    ['a code that is text', '81616b', /^message\[0\] type: expected integer, got string$/],
    ['an unknown code', '8107', /^message\[0\] type: 7 is no message of the protocol$/],
    ['too few items', '821830 01', /^CALL: expected 4 to 6 items, got 2$/],
    ['too many items', '871830 01 a0 6170 80 a0 00', /^CALL: expected 4 to 6 items, got 7$/],
    ['a payload where there can be none', '851840 01 a0 6170 80', /^REGISTER: expected 4 items, got 5$/],
    ['options that are text', '841830 01 6161 6170', /^CALL\[2\] options: expected dict, got string$/],
    ['an id that is 0', '841830 00 a0 6170', /^CALL\[1\] request: expected id/],
    ['args that are a dict', '851830 01 a0 6170 a0', /^CALL\[4\] args: expected list, got dict$/],
    ['args that are missing', '851830 01 a0 6170', /^CALL\[4\] args: expected list, got nothing$/],
    ['kwargs that are a list', '861830 01 a0 6170 80 80', /^CALL\[5\] kwargs: expected dict, got list$/],
    ['kwargs that are true', '861830 01 a0 6170 80 f5', /^CALL\[5\] kwargs: expected dict, got another value$/],
    ['bytes behind the end', '841830 01 a0 6170 00', /^cbor: more bytes than the message takes at byte 7$/],
    ['text cut short', '841830 01 a0 6270', /^cbor: ends inside a string at byte 7$/],
    ['an integer cut short', '841830 1900', /^cbor: ends inside a head at byte 5$/],
    ['bytes cut short', '851830 01 a0 6170 81 42 01', /^cbor: ends inside bytes at byte 10$/],
    ['text in pieces cut short', '851830 01 a0 6170 81 7f 6161', /^cbor: ends inside a string at byte 11$/],
    [
      'bytes among pieces of text',
      '851830 01 a0 6170 81 7f 4161ff',
      /^cbor: a piece of another type inside a string at byte 9$/,
    ],
    [
      'pieces in pieces',
      '851830 01 a0 6170 81 7f 7f ffff',
      /^cbor: a piece of indefinite length inside a string at byte 9$/,
    ],
    ['a text of 2^64 - 1 bytes', '851830 01 a0 6170 81 7bffffffffffffffff', /^cbor: ends inside a string at byte 17$/],
    ['a list of 2^32 - 1 items', '851830 01 a0 6170 9affffffff', /^cbor: ends where a value should be at byte 12$/],
    [
      'a list of 2^64 - 1 items',
      '851830 01 a0 6170 9bffffffffffffffff',
      /^cbor: ends where a value should be at byte 16$/,
    ],
    ['a dict of 2^32 - 1 items', '851830 01 a0 6170 81 baffffffff', /^cbor: ends where a key should be at byte 13$/],
    ['a key that is an integer', '851830 01 a0 6170 81 a10101', /^cbor: a key that is no string at byte 9$/],
    ['a key with a tag', '851830 01 a0 6170 81 a1c0616101', /^cbor: a key that is no string at byte 9$/],
    ['a break on its own', '851830 01 a0 6170 81 ff', /^cbor: a break where a value should be at byte 8$/],
    ['a key without a value', '851830 01 a0 6170 81 bf6161ff', /^cbor: a break where a value should be at byte 11$/],
    ['an integer without an end', '851830 01 a0 6170 81 1f', /^cbor: an integer of indefinite length at byte 8$/],
    ['a tag without a number', '851830 01 a0 6170 81 df01', /^cbor: a tag without a number at byte 8$/],
    ['a reserved head', '851830 01 a0 6170 81 1c', /^cbor: a head of the reserved form 28 at byte 8$/],
    [
      'a simple value in the wrong form',
      '851830 01 a0 6170 81 f818',
      /^cbor: a simple value in the wrong form at byte 8$/,
    ],
    ['overlong UTF-8', '851830 01 a0 6170 81 62c080', /^cbor: a string that is no valid UTF-8 at byte 9$/],
    ['a surrogate in UTF-8', '851830 01 a0 6170 81 63eda080', /^cbor: a string that is no valid UTF-8 at byte 9$/],
    [
      'UTF-8 beyond the last character',
      '851830 01 a0 6170 81 64f4908080',
      /^cbor: a string that is no valid UTF-8 at byte 9$/,
    ],
    ['UTF-8 cut short', '851830 01 a0 6170 81 64 61e282 62', /^cbor: a string that is no valid UTF-8 at byte 10$/],
    [
      'a piece that ends inside a character',
      '851830 01 a0 6170 81 7f61c36184ff',
      /^cbor: a string that is no valid UTF-8 at byte 10$/,
    ],
    ['a URI that is no UTF-8', '841830 01 a0 61ff', /^cbor: a string that is no valid UTF-8 at byte 6$/],
  ];

  test.each(cases)('%s', (_, frame, message) => {
    expect(() => serializer.decode(hex(frame))).toThrow(ProtocolError);
    expect(() => serializer.decode(hex(frame))).toThrow(message);
  });

  test('200 000 tags in a row are read, one more level than allowed is not', () => {
    expect(argsIn(serializer, cborCall(`${'c1'.repeat(200_000)}07`))[0]).toBe(7);
    expect(() => argsIn(serializer, cborCall(`${'81'.repeat(128)}07`))).toThrow(/nested deeper than 128 levels/);
  });

  test('a bignum so long that it could keep a receiver busy', () => {
    expect(argsIn(serializer, cborCall(`c2591000${'ff'.repeat(4096)}`))[0]).toBe(2n ** 32768n - 1n);
    expect(() => serializer.decode(cborCall(`c2592000${'ff'.repeat(8192)}`))).toThrow(/more than 4096 bytes/);
    expect(() => echo(serializer, 2n ** 32768n)).toThrow(SerializationError);
    expect(() => echo(serializer, [{ n: -(2n ** 32768n) }])).toThrow(
      /^args\[0\]\[0\]\.n: an integer of more than 32768 bits/,
    );
  });
});

test('integers of any size arrive', () => {
  for (const value of [2n ** 64n, -(2n ** 64n) - 1n, 2n ** 200n + 12345n, -(2n ** 1000n), 2n ** 32768n - 1n]) {
    expect(echo(serializer, value)).toBe(value);
  }
});

test('bytes that were never walked are checked when they are decoded', () => {
  expect(serializer.decodePayload(hex('8101'), 1)).toEqual({ args: [1], kwargs: {} });
  expect(serializer.decodePayload(hex('8101 a1616102'), 2)).toEqual({ args: [1], kwargs: { a: 2 } });
  for (const [raw, elements] of [
    ['81', 1],
    ['a0', 1],
    ['80', 2],
    ['8080', 2],
    ['8000', 1],
    ['', 1],
  ] as const) {
    expect(() => serializer.decodePayload(hex(raw), elements)).toThrow(SerializationError);
  }
});
