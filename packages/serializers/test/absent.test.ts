import { decoded, payloadIn, type Serializer } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { cbor } from '../src/cbor/index.js';
import { json } from '../src/json/index.js';
import { msgpack } from '../src/msgpack/index.js';
import { ubjson } from '../src/ubjson/index.js';
import { hex } from './vectors.js';

// How args and kwargs lie behind a header of `[48, 1, {}, "p"`: there, empty, null, or not at all.
interface Parts {
  readonly args: Uint8Array;
  readonly kwargs: Uint8Array;
  readonly none: Uint8Array;
  readonly noArgs: Uint8Array;
  readonly noKwargs: Uint8Array;
}
const text = (value: string) => new TextEncoder().encode(value);
const cases: [serializer: Serializer, parts: Parts, frame: (...items: Uint8Array[]) => Uint8Array][] = [
  [
    json(),
    { args: text(',[1]'), kwargs: text(',{"a":2}'), none: text(',null'), noArgs: text(',[]'), noKwargs: text(',{}') },
    (...items) => Uint8Array.of(...text('[48,1,{},"p"'), ...items.flatMap((item) => [...item]), ...text(']')),
  ],
  [
    cbor(),
    { args: hex('8101'), kwargs: hex('a1616102'), none: hex('f6'), noArgs: hex('80'), noKwargs: hex('a0') },
    (...items) => Uint8Array.of(0x84 + items.length, ...hex('183001a06170'), ...items.flatMap((item) => [...item])),
  ],
  [
    msgpack(),
    { args: hex('9101'), kwargs: hex('81a16102'), none: hex('c0'), noArgs: hex('90'), noKwargs: hex('80') },
    (...items) => Uint8Array.of(0x94 + items.length, ...hex('300180a170'), ...items.flatMap((item) => [...item])),
  ],
  [
    ubjson(),
    {
      args: text('[U\u0001]'),
      kwargs: text('{U\u0001aU\u0002}'),
      none: text('Z'),
      noArgs: text('[]'),
      noKwargs: text('{}'),
    },
    (...items) => Uint8Array.of(...text('[U0U\u0001{}Cp'), ...items.flatMap((item) => [...item]), ...text(']')),
  ],
];

describe.each(cases)('$name', (serializer, { args, kwargs, none, noArgs, noKwargs }, frame) => {
  test('args and kwargs with nothing in them, and null in their place, are no payload', () => {
    for (const items of [[], [noArgs], [noArgs, noKwargs], [none], [none, none], [noArgs, none], [none, noKwargs]]) {
      expect(payloadIn(serializer.decode(frame(...items)))).toBeUndefined();
    }
  });

  test('null beside something is not there, and not passed on', () => {
    const passedOn = (...items: Uint8Array[]) => serializer.encode(serializer.decode(frame(...items)));
    expect(passedOn(args, none)).toEqual(frame(args));
    expect(passedOn(none, kwargs)).toEqual(frame(noArgs, kwargs));
    expect(passedOn(args, kwargs)).toEqual(frame(args, kwargs));
    expect(passedOn(args, noKwargs)).toEqual(frame(args, noKwargs));
    const values = (...items: Uint8Array[]) => decoded(payloadIn(serializer.decode(frame(...items))));
    expect(values(args, none)).toEqual({ args: [1], kwargs: {} });
    expect(values(none, kwargs)).toEqual({ args: [], kwargs: { a: 2 } });
    expect(values(args, noKwargs)).toEqual({ args: [1], kwargs: {} });
  });

  test('a frame that is a Buffer gives the same, and nothing of it is a Buffer', () => {
    const sent = serializer.encode(serializer.decode(frame(args, kwargs)));
    const message = serializer.decode(Buffer.from(sent));
    expect(decoded(payloadIn(message))).toEqual({ args: [1], kwargs: { a: 2 } });
    const bytes = serializer.encode({
      ...message,
      payload: { args: [Buffer.from('abc')], kwargs: {} },
    } as typeof message);
    for (const each of [bytes, Buffer.from(bytes)]) {
      const [value] = decoded(payloadIn(serializer.decode(each))).args;
      expect(value).toStrictEqual(Uint8Array.of(97, 98, 99));
      expect(Object.getPrototypeOf(value)).toBe(Uint8Array.prototype);
    }
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
  });
});
