import { SerializationError, type Value, type ValueSerializer } from '@wamp-run/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cbor, cborValues } from '../src/cbor/index.js';
import { json, jsonValues } from '../src/json/index.js';
import { payloads } from './values.js';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const BOTH: [string, ValueSerializer, () => ReturnType<typeof cbor>][] = [
  ['cbor', cborValues(), cbor],
  ['json', jsonValues(), json],
];

describe.each(BOTH)('single values in %s', (name, values, whole) => {
  test('are what a message would carry', () => {
    fc.assert(
      fc.property(payloads, ({ args, kwargs }) => {
        const call = {
          type: 48,
          request: 1,
          options: {},
          procedure: 'p',
          payload: { args: [kwargs, args], kwargs: {} },
        };
        const message = whole().decode(whole().encode(call as never)) as { payload: { decode(): { args: Value[] } } };
        const expected = message.payload.decode().args;
        expect(values.decode(values.encode([kwargs, args]))).toEqual(expected);
      }),
      { seed: 21, numRuns: 200 },
    );
  });

  test('any bytes are a value or a SerializationError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          values.decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(SerializationError);
        }
      }),
      { seed: 22, numRuns: 2_000 },
    );
  });

  test('no bytes, and more than one value, are refused', () => {
    const one = values.encode([1]);
    expect(values.decode(one)).toEqual([1]);
    expect(() => values.decode(new Uint8Array())).toThrow(SerializationError);
    expect(() => values.decode(Uint8Array.of(...one, ...one))).toThrow(SerializationError);
    expect(() => values.decode(one.subarray(0, -1))).toThrow(SerializationError);
  });

  test('what cannot travel is refused, naming the place, and the next value is as if nothing had been', () => {
    expect(() => values.encode({ a: [new Map()] })).toThrow(/^value.a\[0\]: a Map/);
    expect(values.decode(values.encode({ a: 1 }))).toEqual({ a: 1 });
  });

  test('a value that encodes another while it is read', () => {
    const outer = { toJSON: () => [text(values.encode('inner')).length, 'outer'] };
    expect(values.decode(values.encode(outer))).toEqual([text(values.encode('inner')).length, 'outer']);
  });

  test('says its name', () => expect(values.name).toBe(name));
});

test('JSON is compact, its keys in their order, bytes as WAMP has them', () => {
  const value = { uri: 'com.myapp.proc1', args: [1, 'two', new Uint8Array([3])], kwargs: { k: true } };
  expect(text(jsonValues().encode(value))).toBe(
    '{"uri":"com.myapp.proc1","args":[1,"two","\\u0000Aw=="],"kwargs":{"k":true}}',
  );
});

test('JSON refuses a text that begins with NUL, naming the place', () => {
  expect(() => jsonValues().encode({ a: '\u0000x' })).toThrow(/^value.a: /);
});
