import { callMessage, InvalidConfiguration, ProtocolError, SerializationError, type Value } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { ubjson } from '../src/ubjson/index.js';
import { argsIn, echo, ubjsonCall } from './frames.js';
import { hex } from './vectors.js';

const bjdata = ubjson();
const draft12 = ubjson({ dialect: 'draft12' });

/** `[48, 1, {}, "p", [value]]` around a value in hexadecimal digits. */
function call(digits: string): Uint8Array {
  return hex(`5b 5530 5501 7b7d 4370 5b ${digits} 5d 5d`);
}

type Case = [what: string, bytes: string, value: Value];

describe('what other peers may send in either dialect', () => {
  const cases: Case[] = [
    ['a character', '4361', 'a'],
    ['a string of one letter', '53550161', 'a'],
    ['a string with a signed length', '5369026162', 'ab'],
    ['integers of 8 bits', '5b 55ff 69ff 6980 697f 5d', [255, -1, -128, 127]],
    ['null, true and false', '5b 5a 54 46 5d', [null, true, false]],
    ['marks that stand for nothing', '4e4e 5b 4e 5501 4e4e 5502 4e 5d', [1, 2]],
    ['the same in a dict', '7b 4e 550161 4e 5501 4e 7d', { a: 1 }],
    ['a list with a count', '5b23 5502 5501 4e 5a', [1, null]],
    ['a list with a count of none', '5b23 5500', []],
    ['a list of one type', '5b24 69 23 5503 01 ff 80', [1, -1, -128]],
    ['a list of strings', '5b24 53 23 5502 5500 550161', ['', 'a']],
    ['a list of characters', '5b24 43 23 5502 6162', ['a', 'b']],
    ['a list of numbers of high precision', '5b24 48 23 5502 550131 55022d32', [1, -2]],
    ['a dict with a count', '7b23 5502 550161 5501 550162 5a', { a: 1, b: null }],
    ['a dict of one type', '7b24 55 23 5502 550161 05 550162 06', { a: 5, b: 6 }],
    ['a key twice', '7b 550161 5501 550161 5502 7d', { a: 2 }],
    ['an integer of high precision', '48 5502 2d37', -7],
    ['one beyond 2^53', '48 5510 39303037313939323534373430393933', 2n ** 53n + 1n],
    ['one beyond 64 bits', '48 5516 31313830353931363230373137343131333033343234', 2n ** 70n],
    ['a fraction of high precision', '48 5504 302e3235', 0.25],
    ['one with an exponent', '48 5504 31452b32', 100],
    ['-0 of high precision', '5b 48 5502 2d30 48 5504 2d302e30 5d', [0, 0]],
    ['what is too large for a float', '48 5505 3145343030', Number.POSITIVE_INFINITY],
  ];

  test.each(cases)('%s', (_, bytes, value) => {
    for (const serializer of [bjdata, draft12]) expect(argsIn(serializer, call(bytes))[0]).toStrictEqual(value);
  });

  test('a message with a count, and long forms in its header', () => {
    for (const serializer of [bjdata, draft12]) {
      const frame = hex('4e 5b23 5504 6930 4e 5501 7b23 5500 53550161');
      expect(serializer.decode(frame)).toEqual(callMessage(1, {}, 'a'));
    }
  });
});

describe('what peers that speak BJData may send', () => {
  const cases: Case[] = [
    [
      'integers, the lowest byte first',
      '5b 49feff 750100 6c00000080 6d010000ff 4c0000000000ffffff 4d0000000000010000 5d',
      [-2, 1, -(2 ** 31), 0xff000001, -(2 ** 40), 2 ** 40],
    ],
    ['integers wider than they need be', '5b 490700 750700 6c07000000 4d0700000000000000 4207 5d', [7, 7, 7, 7, 7]],
    ['2^53', '5b 4d0000000000002000 4c0000000000002000 4c000000000000e0ff 5d', [2 ** 53, 2 ** 53, -(2 ** 53)]],
    [
      'beyond 2^53',
      '5b 4d0100000000002000 4cffffffffffffdfff 4dffffffffffffffff 4c0000000000000080 5d',
      [2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 64n - 1n, -(2n ** 63n)],
    ],
    ['floats', '5b 68003e 640000c03f 44000000000000f83f 5d', [1.5, 1.5, 1.5]],
    ['-0', '5b 680080 6400000080 440000000000000080 5d', [0, 0, 0]],
    ['NaN and an infinity', '5b 6400 00c07f 44000000000000f0ff 5d', [Number.NaN, Number.NEGATIVE_INFINITY]],
    ['bytes', '5b24 42 23 5502 01ff', Uint8Array.of(1, 255)],
    ['bytes with a wide length', '5b24 42 23 750200 01ff', Uint8Array.of(1, 255)],
    ['a list of 8-bit integers, which is no bytes', '5b24 55 23 5502 01ff', [1, 255]],
    ['a list of floats', '5b24 64 23 5502 0000c03f 00000080', [1.5, 0]],
    ['a string with a wide length', '53 6d03000000 616263', 'abc'],
  ];

  test.each(cases)('%s', (_, bytes, value) => {
    expect(argsIn(bjdata, call(bytes))[0]).toStrictEqual(value);
  });
});

describe('what peers that speak Draft 12 may send', () => {
  const cases: Case[] = [
    [
      'integers, the highest byte first',
      '5b 49fffe 490100 6c80000000 4cffffff0000000000 4c0000010000000000 5d',
      [-2, 256, -(2 ** 31), -(2 ** 40), 2 ** 40],
    ],
    ['2^53', '5b 4c0020000000000000 4cffe0000000000000 5d', [2 ** 53, -(2 ** 53)]],
    ['beyond 2^53', '5b 4c0020000000000001 4c8000000000000000 5d', [2n ** 53n + 1n, -(2n ** 63n)]],
    ['floats', '5b 643fc00000 443ff8000000000000 5d', [1.5, 1.5]],
    ['the float 0 as py-ubjson writes it', '5b 6400000000 6480000000 5d', [0, 0]],
    ['bytes', '5b24 55 23 5502 01ff', Uint8Array.of(1, 255)],
    ['a list of signed 8-bit integers', '5b24 69 23 5502 01ff', [1, -1]],
    ['a string with a wide length', '53 490003 616263', 'abc'],
  ];

  test.each(cases)('%s', (_, bytes, value) => {
    expect(argsIn(draft12, call(bytes))[0]).toStrictEqual(value);
  });
});

describe('what is refused', () => {
  const whole: [what: string, frame: string, message: RegExp][] = [
    ['no bytes', '', /^ubjson.*: an empty frame at byte 0$/],
    ['nothing but marks that stand for nothing', '4e4e', /^ubjson.*: an empty frame at byte 2$/],
    ['no list', '7b7d', /^ubjson.*: a message that is no list at byte 0$/],
    ['an empty list', '5b5d', /^message: expected a list with a message type, got an empty list$/],
    ['an unknown code', '5b 5507 5d', /^message\[0\] type: 7 is no message of the protocol$/],
    ['a message of one type', '5b24 55 23 5503 41 01 02', /^ubjson.*: a message whose items are said to have one type/],
    ['too few items', '5b 5530 5501 5d', /^CALL: expected 4 to 6 items, got 2$/],
    ['too many items', '5b 5530 5501 7b7d 4370 5b5d 7b7d 5500 5d', /^CALL: expected 4 to 6 items, got 7$/],
    ['args that are a string', '5b 5530 5501 7b7d 4370 4361 5d', /^CALL\[4\] args: expected list, got string$/],
    ['args that are missing', '5b23 5505 5530 5501 7b7d 4370', /^CALL\[4\] args: expected list, got nothing$/],
    ['kwargs that are a list', '5b 5530 5501 7b7d 4370 5b5d 5b5d 5d', /^CALL\[5\] kwargs: expected dict, got list$/],
    [
      'bytes behind the end',
      '5b 5530 5501 7b7d 4370 5d 4e',
      /^ubjson.*: more bytes than the message takes at byte 10$/,
    ],
    ['no end', '5b 5530 5501 7b7d 4370', /^ubjson.*: ends|^CALL/],
    [
      'a URI that is no UTF-8',
      '5b 5530 5501 7b7d 535501ff 5d',
      /^ubjson.*: a string that is no valid UTF-8 at byte 10$/,
    ],
  ];
  test.each(whole)('%s', (_, frame, message) => {
    for (const serializer of [bjdata, draft12]) {
      expect(() => serializer.decode(hex(frame))).toThrow(ProtocolError);
      expect(() => serializer.decode(hex(frame))).toThrow(message);
    }
  });

  // At byte 10 of a frame.
  const values: [what: string, bytes: string, message: RegExp][] = [
    ['a marker that begins nothing', '58', /: 0x58, which begins no value at byte 10$/],
    ['the end of a dict', '7d', /: 0x7d, which begins no value at byte 10$/],
    ['a character beyond ASCII', '43e4', /: a character that is not ASCII at byte 11$/],
    ['text that is no UTF-8', '535501ff', /: a string that is no valid UTF-8 at byte 13$/],
    ['text with a length below 0', '5369ff61', /: a length below 0 at byte 11$/],
    ['text with a length that is no integer', '535a', /: a length that is no integer at byte 11$/],
    ['a key that is no string', '7b 5a 5a 7d', /: a length that is no integer at byte 11$/],
    ['a type without a count', '5b24 55 01', /: a type of values without their count at byte 13$/],
    ['values that take no bytes', '5b24 5a 23 6cffffff7f', /: a type that all values cannot have at byte 12$/],
    ['dict values that take no bytes', '7b24 54 23 5501 550161', /: a type that all values cannot have at byte 12$/],
    ['marks for nothing as values', '5b24 4e 23 6cffffff7f', /: a type that all values cannot have at byte 12$/],
    ['lists of one type inside a list', '5b24 5b 23 5501 5d', /: a type that all values cannot have at byte 12$/],
    ['a list of several dimensions', '5b24 55 23 5b 5501 5501 5d 07', /: a list of several dimensions at byte 14$/],
    ['a structure of arrays', '5b24 7b 550161 55 7d 23 5501', /: a type that all values cannot have at byte 12$/],
    [
      'a number that is none',
      '48 5503 313233'.replace('33', '78'),
      /: a number of high precision that is none at byte 13$/,
    ],
    ['a number of no digits', '48 5500', /: something that is no value at byte 13$/],
    ['NaN of high precision', '48 5503 4e614e', /: something that is no value at byte 13$/],
  ];
  test.each(values)('%s', (_, bytes, message) => {
    for (const serializer of [bjdata, draft12]) {
      expect(() => serializer.decode(call(bytes))).toThrow(ProtocolError);
      expect(() => serializer.decode(call(bytes))).toThrow(message);
    }
  });

  test.each([
    ['a list of 2^31 - 1 items', '5b23 6cffffff7f', '5b23 6c7fffffff'],
    ['a dict of 2^31 - 1 items', '7b23 6cffffff7f', '7b23 6c7fffffff'],
    ['bytes of 2^31 - 1', '5b24 42 23 6cffffff7f', '5b24 55 23 6c7fffffff'],
    ['floats of 2^63 - 1', '5b24 44 23 4cffffffffffffff7f', '5b24 44 23 4c7fffffffffffffff'],
    ['a string of 2^31 - 1 bytes', '53 6cffffff7f', '53 6c7fffffff'],
    ['a string of 2^63 - 1 bytes', '53 4cffffffffffffff7f', '53 4c7fffffffffffffff'],
  ])('a length that lies: %s', (_, little, big) => {
    expect(() => bjdata.decode(call(little))).toThrow(ProtocolError);
    expect(() => draft12.decode(call(big))).toThrow(ProtocolError);
  });

  test('an integer of more digits than travel', () => {
    const digits = (count: number) =>
      ubjsonCall(`HI${String.fromCharCode(count >> 8, count & 255)}${'9'.repeat(count)}`);
    expect(typeof argsIn(draft12, digits(9864))[0]).toBe('bigint');
    expect(() => draft12.decode(digits(9999))).toThrow(/an integer of more than \d+ digits/);
    expect(() => echo(bjdata, 2n ** 32768n)).toThrow(SerializationError);
    expect(echo(bjdata, 2n ** 32768n - 1n)).toBe(2n ** 32768n - 1n);
  });

  test('the markers of BJData, in Draft 12', () => {
    for (const bytes of ['750100', '6d00000001', '4d0000000000000001', '680000', '4200']) {
      expect(() => draft12.decode(call(bytes))).toThrow(/which begins no value/);
    }
  });
});

test('numbers take the smallest width, and no integer is a float', () => {
  const widths: [value: number | bigint, bjdata: string, draft12: string][] = [
    [0, '5500', '5500'],
    [255, '55ff', '55ff'],
    [256, '750001', '490100'],
    [32768, '750080', '6c00008000'],
    [65536, '6d00000100', '6c00010000'],
    [2 ** 31, '6d00000080', '4c0000000080000000'],
    [2 ** 32, '4d0000000001000000', '4c0000000100000000'],
    [2 ** 53, '4d0000000000002000', '4c0020000000000000'],
    [2n ** 63n, '4d0000000000000080', '485513 39323233333732303336383534373735383038'],
    [-128, '6980', '6980'],
    [-129, '497fff', '49ff7f'],
    [-32769, '6cff7fffff', '6cffff7fff'],
    [-(2 ** 31) - 1, '4cffffff7fffffffff', '4cffffffff7fffffff'],
    [-(2n ** 63n), '4c0000000000000080', '4c8000000000000000'],
    [0.5, '44000000000000e03f', '443fe0000000000000'],
  ];
  for (const [value, little, big] of widths) {
    const frame = callMessage(1, {}, 'p', { args: [value], kwargs: {} });
    expect(bjdata.encode(frame)).toEqual(call(little));
    expect(draft12.encode(frame)).toEqual(call(big));
  }
});

test('the two dialects decode and encode what the other has sent, since nothing tells them apart', () => {
  const sent = callMessage(1, {}, 'p', { args: [2 ** 40], kwargs: {} });
  expect(draft12.encode(bjdata.decode(bjdata.encode(sent)))).toEqual(draft12.encode(sent));
  expect(bjdata.encode(draft12.decode(draft12.encode(sent)))).toEqual(bjdata.encode(sent));
});

test('bytes that were never walked are checked when they are decoded', () => {
  expect(bjdata.decodePayload(hex('5b55015d 4e 7b55016155027d'), 2)).toEqual({ args: [1], kwargs: { a: 2 } });
  for (const [raw, elements] of [
    ['5b', 1],
    ['7b7d', 1],
    ['5b5d', 2],
    ['5b5d5b5d', 2],
    ['5b5d5500', 1],
    ['', 1],
  ] as const) {
    expect(() => bjdata.decodePayload(hex(raw), elements)).toThrow(SerializationError);
  }
});

test('another dialect is refused', () => {
  expect(() => ubjson({ dialect: 'draft9' as 'draft12' })).toThrow(InvalidConfiguration);
  expect(() => ubjson({ dialect: 'draft9' as 'draft12' })).toThrow(
    'ubjson: dialect: expected bjdata or draft12, got "draft9"',
  );
});
