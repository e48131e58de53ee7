// Whose the memory of a raw payload is: only who uses it last may have it given back, and only where nothing else lies there.
import { describe, expect, test } from 'vitest';
import { BinaryPayload, decoded, handedOver, RawPayload, type Serializer, taken } from '../src/index.js';

/** A serializer whose raw payloads are lists of octets. */
const codec = {
  name: 'octets',
  decodePayload: (raw: Uint8Array) => ({ args: [...raw], kwargs: {} }),
} as unknown as Serializer;

function payload() {
  const given: Uint8Array[] = [];
  const raw = new RawPayload(Uint8Array.of(1, 2, 3), 1, codec);
  return { raw, given, alone: () => raw.givenBackBy((octets) => given.push(octets)) };
}

describe('the memory of a payload', () => {
  test('is given back once, when a message with it is written that was the last', () => {
    const { raw, given, alone } = payload();
    alone();
    raw.done();
    expect(given).toEqual([]);
    expect(handedOver(raw)).toBe(raw);
    expect(given).toEqual([]);
    raw.done();
    raw.done();
    expect(given).toEqual([Uint8Array.of(1, 2, 3)]);
  });

  test('is given back when its values have been taken', () => {
    const { raw, given, alone } = payload();
    alone();
    expect(decoded(raw).args).toEqual([1, 2, 3]);
    expect(given).toEqual([]);
    expect(taken(raw).args).toEqual([1, 2, 3]);
    expect(given).toHaveLength(1);
  });

  test('stays where other things lie in it', () => {
    const { raw, given } = payload();
    expect(taken(handedOver(raw)).args).toEqual([1, 2, 3]);
    raw.done();
    expect(given).toEqual([]);
    expect(raw.raw).toEqual(Uint8Array.of(1, 2, 3));
  });

  test('of a copy is its own', () => {
    const { raw, given, alone } = payload();
    alone();
    const copy = handedOver(raw).copy();
    taken(copy);
    copy.done();
    expect(given).toEqual([]);
    expect(copy.raw.buffer).not.toBe(raw.raw.buffer);
  });
});

test('what is no raw payload is handed over and taken as it is', () => {
  const plain = { args: [1], kwargs: {} };
  const bytes = new BinaryPayload(Uint8Array.of(1));
  for (const each of [plain, bytes, undefined]) expect(handedOver(each)).toBe(each);
  expect(taken(plain)).toBe(plain);
  expect(taken(undefined)).toEqual({ args: [], kwargs: {} });
  expect(() => taken(bytes)).toThrow('only a codec can read it');
});
