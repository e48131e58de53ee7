import { callMessage, type Dict, ProtocolError, SerializationError, type Value } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { json } from '../src/json/index.js';
import { argsIn, echo, jsonCall } from './frames.js';

const serializer = json();
const utf8 = (text: string) => new TextEncoder().encode(text);
const textOf = (frame: Uint8Array) => new TextDecoder().decode(frame);
const sent = (value: unknown) =>
  textOf(serializer.encode(callMessage(1, {}, 'p', { args: [value as Value], kwargs: {} })));

describe('what other peers may send', () => {
  const cases: [what: string, text: string, value: Value][] = [
    ['white space', ' \t\r\n [ 1 , { "a" : [ ] , "b" : { } } ] \n', [1, { a: [], b: {} }]],
    ['escapes', '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\u00E4"', '"\\/\b\f\n\r\tää'],
    ['a character as two escapes', '"\\ud83d\\ude00"', '😀'],
    ['half of a character', '["\\ud83d", "a\\ude00b", "\\ud83d\\ud83d\\ude00"]', ['\ufffd', 'a\ufffdb', '\ufffd😀']],
    ['text that looks like an escape', '"\\\\ud83d"', '\\ud83d'],
    ['numbers', '[0, -1, 1.5, -0.5, 1e2, 1E+2, 125e-2, 1.0]', [0, -1, 1.5, -0.5, 100, 100, 1.25, 1]],
    ['-0 in many forms', '[-0, -0.0, -0e5, -0.00E-7, -1e-400]', [0, 0, 0, 0, 0]],
    [
      'negative numbers too small for a float',
      `[-0.${'0'.repeat(400)}1, -0.${'0'.repeat(250)}1e-99, -1e-325]`,
      [0, 0, 0],
    ],
    ['negative numbers that are small enough', '[-1e-99, -0.001e-10, -5e-324]', [-1e-99, -1e-13, -5e-324]],
    ['numbers too large for a float', '[1e400, -1e400]', [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
    ['2^53', '[9007199254740992, -9007199254740992]', [2 ** 53, -(2 ** 53)]],
    ['2^53 + 1', '[9007199254740993, -9007199254740993]', [2n ** 53n + 1n, -(2n ** 53n) - 1n]],
    ['2^53 + 1 as a float', '[9007199254740993.0, 9007199254740993e0]', [2 ** 53, 2 ** 53]],
    ['an integer of 100 digits', '1'.repeat(100), BigInt('1'.repeat(100))],
    [
      'bytes',
      '["\\u0000", "\\u0000AQ==", "\\u0000AQI=", "\\u0000AQID", "\\u0000+/8="]',
      [new Uint8Array(), Uint8Array.of(1), Uint8Array.of(1, 2), Uint8Array.of(1, 2, 3), Uint8Array.of(0xfb, 0xff)],
    ],
    ['bytes without padding', '["\\u0000AQ", "\\u0000AQI"]', [Uint8Array.of(1), Uint8Array.of(1, 2)]],
    [
      'NUL and no base64 behind it',
      '["\\u0000A", "\\u0000a b", "\\u0000AQ=", "\\u0000=AQ=", "\\u0000\\u0000", "\\u0000ä"]',
      ['\u0000A', '\u0000a b', '\u0000AQ=', '\u0000=AQ=', '\u0000\u0000', '\u0000ä'],
    ],
    ['NUL in a key, and inside a string', '{"\\u0000AQ==": "a\\u0000AQ=="}', { '\u0000AQ==': 'a\u0000AQ==' }],
    ['a key twice', '{"a": 1, "a": 2}', { a: 2 }],
    ['a key twice, and bytes', '{"a": 1, "a": "\\u0000AQ=="}', { a: Uint8Array.of(1) }],
    ['words', '[true, false, null]', [true, false, null]],
  ];

  test.each(cases)('%s', (_, text, value) => {
    for (const length of [0, 1000]) expect(argsIn(serializer, jsonCall(text, length))[0]).toStrictEqual(value);
  });

  test('__proto__ however it is written, beside what makes the payload odd', () => {
    for (const odd of ['1', '9007199254740993']) {
      for (const key of ['"__proto__"', '"\\u005f_proto__"']) {
        const [dict] = argsIn(serializer, jsonCall(`{${key}: {"a": ${odd}}}`)) as [Dict];
        expect(Object.keys(dict)).toEqual(['__proto__']);
        expect(Object.getPrototypeOf(dict)).toBe(Object.prototype);
        expect((dict as { a?: unknown }).a).toBeUndefined();
      }
    }
  });

  test('white space around everything', () => {
    const frame = utf8(' [ 48 , 1 , { } , "p" , [ 1 ] , { "a" : 2 } ] ');
    expect(serializer.decode(frame)).toMatchObject({ request: 1, options: {}, procedure: 'p' });
    expect(argsIn(serializer, frame)).toEqual([1]);
    expect(textOf(serializer.encode(serializer.decode(frame)))).toBe('[48,1,{},"p",[ 1 ] , { "a" : 2 }]');
  });

  test('odd headers', () => {
    const frame = utf8('[48,1.0,{"x_big":9007199254740993,"x_bytes":"\\u0000AQ==","x_\\u00e4":[-0]},"p\\u00e4"]');
    const options = { x_big: 2n ** 53n + 1n, x_bytes: Uint8Array.of(1), x_ä: [0] };
    expect(serializer.decode(frame)).toEqual(callMessage(1, options, 'pä'));
    expect(serializer.decode(utf8('[17,9007199254740992,9007199254740991]'))).toMatchObject({ request: 2 ** 53 });
  });
});

describe('what is refused', () => {
  const call = (rest: string) => `[48,1,{},"p"${rest}`;
  const cases: [what: string, text: string, message: RegExp][] = [
    ['no bytes', '', /^json: an empty frame at byte 0$/],
    ['white space alone', ' \n', /^json: an empty frame at byte 2$/],
    ['no list', '{}', /^json: a message that is no list at byte 0$/],
    ['a byte order mark', '\ufeff[48]', /^json: a message that is no list at byte 0$/],
    ['an empty list', '[ ]', /^message: expected a list with a message type, got an empty list$/],
    ['an unknown code', '[7]', /^message\[0\] type: 7 is no message of the protocol$/],
    ['too few items', '[48,1]', /^CALL: expected 4 to 6 items, got 2$/],
    ['too many items', call(',[],{},0]'), /^CALL: expected 4 to 6 items, got 7$/],
    ['an id beyond 2^53', '[48,9007199254740993,{},"p"]', /^CALL\[1\] request: expected id/],
    ['an id with a letter in it', '[48,12+3,{},"p"]', /^json: no comma behind an item at byte 6$/],
    ['args that are a dict', call(',{}]'), /^CALL\[4\] args: expected list, got dict$/],
    ['args that are a number', call(',-1]'), /^CALL\[4\] args: expected list, got number$/],
    ['kwargs that are true', call(',[],true]'), /^CALL\[5\] kwargs: expected dict, got another value$/],
    ['text behind the end', call('] []'), /^json: more text than the message at byte 14$/],
    ['a comma too many', call(',]'), /^CALL\[4\] args: expected list, got another value$/],
    ['a comma too many in a list', call(',[1,]]'), /^json: something that is no value at byte 16$/],
    ['a comma too many in a dict', call(',[{"a":1,}]]'), /^json: something else than the key of a dict at byte 21$/],
    ['no comma', call(',[1 2]]'), /^json: no comma behind an item at byte 16$/],
    ['no colon', call(',[{"a" 1}]]'), /^json: no colon behind a key at byte 19$/],
    ['a key that is a number', call(',[{1:1}]]'), /^json: something else than the key of a dict at byte 15$/],
    ['a list cut short', call(',[1'), /^json: ends inside a list at byte 15$/],
    ['a dict cut short', call(',[{"a":1'), /^json: ends inside a dict at byte 20$/],
    ['a string cut short', call(',["a'), /^json: ends inside a string at byte 16$/],
    ['a value that is missing', call(',['), /^json: ends where a value should be at byte 14$/],
    ['a control character', call(',["a\u0001"]]'), /^json: a control character inside a string at byte 16$/],
    ['an unknown escape', call(',["\\x41"]]'), /^json: an unknown escape at byte 15$/],
    [
      'an escape with too few digits',
      call(',["\\u12"]]'),
      /^json: an escape without four hexadecimal digits at byte 15$/,
    ],
    ['a zero in front', call(',[01]]'), /^json: no comma behind an item at byte 15$/],
    ['a plus in front', call(',[+1]]'), /^json: something that is no value at byte 14$/],
    ['a dot in front', call(',[.5]]'), /^json: something that is no value at byte 14$/],
    ['a dot and nothing', call(',[1.]]'), /^json: a number that lacks a digit at byte 16$/],
    ['an exponent without digits', call(',[1e+]]'), /^json: a number that lacks a digit at byte 17$/],
    ['a sign alone', call(',[-]]'), /^json: something that is no value at byte 14$/],
    ['a word that is none', call(',[tru]]'), /^json: something that is no value at byte 14$/],
    ['NaN', call(',[NaN]]'), /^json: something that is no value at byte 14$/],
    ['single quotes', call(",['a']]"), /^json: something that is no value at byte 14$/],
    ['a comment', call(',[/**/]]'), /^json: something that is no value at byte 14$/],
    [
      'an integer that could keep a receiver busy',
      call(`,[${'9'.repeat(10_000)}]]`),
      /^json: an integer of more than 9865 digits at byte 14$/,
    ],
  ];

  test.each(cases)('%s', (_, text, message) => {
    expect(() => serializer.decode(utf8(text))).toThrow(ProtocolError);
    expect(() => serializer.decode(utf8(text))).toThrow(message);
  });

  test('text that is no UTF-8', () => {
    const frame = utf8(call(',["xx"]]'));
    for (const bytes of [
      [0xff, 0x78],
      [0xc0, 0x80],
      [0xc3, 0x78],
    ]) {
      const broken = Uint8Array.from(frame);
      broken.set(bytes, 15);
      expect(() => serializer.decode(broken)).toThrow(/^json: a string that is no valid UTF-8 at byte 15$/);
    }
  });
});

describe('what is sent', () => {
  test.each([
    [{ a: [1, 'two', null, true] }, '{"a":[1,"two",null,true]}'],
    [Uint8Array.of(), '"\\u0000"'],
    [Uint8Array.of(1), '"\\u0000AQ=="'],
    [Uint8Array.of(0xfb, 0xff), '"\\u0000+/8="'],
    [Uint8Array.of(1, 2, 3), '"\\u0000AQID"'],
    [2 ** 53, '9007199254740992'],
    [2n ** 64n, '18446744073709551616'],
    [2 ** 60, '1.152921504606847e+18'],
    [-(2 ** 60), '-1.152921504606847e+18'],
    [1e21, '1e+21'],
    [0.1, '0.1'],
    ['\n"\\\u0001ä', '"\\n\\"\\\\\\u0001ä"'],
  ])('%o as %s', (value, text) => {
    expect(sent(value)).toBe(`[48,1,{},"p",[${text}]]`);
  });

  test('bytes of every length arrive', () => {
    for (let length = 0; length < 300; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => i * 37 + length);
      expect(echo(serializer, bytes)).toEqual(bytes);
    }
  });

  test('integers of any size arrive', () => {
    for (const value of [2n ** 64n, -(2n ** 200n), 2n ** 32768n - 1n, -(2n ** 32768n) + 1n]) {
      expect(echo(serializer, value)).toBe(value);
    }
    expect(() => echo(serializer, 2n ** 32768n)).toThrow(SerializationError);
  });

  test('a string that begins with NUL is refused, and the error says where', () => {
    const refused = (message: Parameters<typeof serializer.encode>[0], place: string) => {
      expect(() => serializer.encode(message)).toThrow(SerializationError);
      expect(() => serializer.encode(message)).toThrow(`${place}: a string that begins with NUL means bytes in JSON`);
    };
    refused(callMessage(1, {}, 'p', { args: [1, { deep: ['', '\u0000'] }], kwargs: {} }), 'message[4][1].deep[1]');
    refused(callMessage(1, {}, 'p', { args: [], kwargs: { key: '\u0000x' } }), 'message[5].key');
    refused(callMessage(1, { x: '\u0000' }, 'p'), 'message[2].x');
    refused(callMessage(1, {}, '\u0000p'), 'message[3]');
    expect(echo(serializer, { '\u0000': 'x\u0000' })).toEqual({ '\u0000': 'x\u0000' });
  });
});

test('bytes that were never walked are checked when they are decoded', () => {
  expect(serializer.decodePayload(utf8('[1],{"a":2}'), 2)).toEqual({ args: [1], kwargs: { a: 2 } });
  expect(serializer.decodePayload(utf8(' [-0]'), 1)).toStrictEqual({ args: [0], kwargs: {} });
  expect(serializer.decodePayload(utf8('[1] , {"a":9007199254740993}'), 2).kwargs).toEqual({ a: 2n ** 53n + 1n });
  for (const [raw, elements] of [
    ['[', 1],
    ['{}', 1],
    ['[]', 2],
    ['[],[]', 2],
    ['[] {}', 2],
    ['[],{}', 1],
    ['', 1],
  ] as const) {
    expect(() => serializer.decodePayload(utf8(raw), elements)).toThrow(SerializationError);
  }
});
