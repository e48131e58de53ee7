// Longer than 300 lines: one suite, read test by test, with the comparisons that make its messages precise.

import { ProtocolError, SerializationError } from '../errors.js';
import { MAX_ID } from '../ids.js';
import { callMessage } from '../messages/call.js';
import { eventMessage } from '../messages/event.js';
import { invocationMessage } from '../messages/invocation.js';
import { frameOf, headerOf, MESSAGE_SHAPES, type Message, nameOf, payloadIn } from '../messages/message.js';
import { publishedMessage } from '../messages/published.js';
import { resultMessage } from '../messages/result.js';
import { yieldMessage } from '../messages/yield.js';
import { BinaryPayload, decoded, type PlainPayload, RawPayload } from '../payload.js';
import type { Serializer } from '../serializer.js';
import { type Dict, isDict, MAX_DEPTH, setKey, type Value } from '../value.js';
import { batchConformance } from './batches.js';
import { everyMessage } from './sample-messages.js';

/** What `serializerConformance` takes. */
export interface SerializerConformance {
  /** The test runner's function. */
  test(name: string, run: () => void): void;
  /** The serializer to be proven. */
  serializer: Serializer;
  /**
   * A frame of this serializer, made by other means: a CALL whose args are lists in lists, so many levels deep,
   * the args included. Without it the limit of nesting is proven for sending only.
   */
  nested?: (levels: number) => Uint8Array;
}

/**
 * Proves a Serializer: every message there and back, the rules of Value, payloads passed on without being touched,
 * and nothing but a ProtocolError for bytes that are no message. A batched serializer's batches are tried, too.
 *
 * @example
 * serializerConformance({ test, serializer: cbor() });
 */
export function serializerConformance({ test, serializer, nested }: SerializerConformance): void {
  test('every message arrives as it was sent, without a payload and with each kind of payload', () => {
    const seen = new Set<number>();
    for (const message of everyMessage()) {
      seen.add(message.type);
      same(comparable(serializer.decode(serializer.encode(message))), comparable(message), nameOf(message));
    }
    same(seen.size, MESSAGE_SHAPES.length, 'message types tried');
  });

  test('pieces of a message are its frame, and large payloads are not copied into them', () => {
    if (serializer.encodeInPieces === undefined) return;
    const joined = (pieces: readonly Uint8Array[]) => pieces.flatMap((piece) => [...piece]);
    for (const message of everyMessage()) {
      same(joined(serializer.encodeInPieces(message)), [...serializer.encode(message)], nameOf(message));
    }
    const large = callMessage(1, {}, 'com.example.p', {
      args: ['x'.repeat(50_000), new Uint8Array(40_000)],
      kwargs: {},
    });
    same(joined(serializer.encodeInPieces(large)), [...serializer.encode(large)], 'a large message');
    const raw = rawOf(serializer.decode(serializer.encode(large)));
    const passedOn = resultMessage(2, {}, raw);
    const pieces = serializer.encodeInPieces(passedOn);
    same(joined(pieces), [...serializer.encode(passedOn)], 'a large payload that is passed on');
    same(pieces.includes(raw.raw), true, 'the payload is one of the pieces');
    // What is written next must leave the pieces alone.
    const before = joined(pieces);
    for (const message of everyMessage()) serializer.encode(message);
    same(joined(pieces), before, 'the pieces after other messages');
  });

  test('a payload with nothing in it is not sent', () => {
    const bare = serializer.encode(callMessage(1, {}, 'com.example.p'));
    const empty = serializer.encode(callMessage(1, {}, 'com.example.p', { args: [], kwargs: {} }));
    same(empty, bare, 'the frame with empty args and kwargs');
    same(payloadIn(serializer.decode(bare)), undefined, 'the payload of a message without one');
    const args = serializer.decode(serializer.encode(callMessage(1, {}, 'com.example.p', { args: [1], kwargs: {} })));
    same(rawOf(args).elements, 1, 'elements of a payload without kwargs');
  });

  test('ids of every size are integers', () => {
    for (const id of [
      1,
      23,
      24,
      127,
      128,
      255,
      256,
      65535,
      65536,
      2 ** 31,
      2 ** 32 - 1,
      2 ** 32,
      2 ** 53 - 1,
      MAX_ID,
    ]) {
      const message = serializer.decode(serializer.encode(publishedMessage(id, id)));
      same(comparable(message), comparable(publishedMessage(id, id)), `PUBLISHED with ids of ${id}`);
    }
    // In every notation of integers these two differ by one in one byte; as floats they do not.
    const even = serializer.encode(publishedMessage(1, 2 ** 40));
    const odd = serializer.encode(publishedMessage(1, 2 ** 40 + 1));
    same(odd.length, even.length, 'the length of two frames with neighboring ids');
    const steps = [...odd].map((byte, i) => byte - (even[i] as number)).filter((step) => step !== 0);
    same(steps, [1], 'how frames with neighboring ids differ: an id above 2^32 must not be a float');
  });

  test('integers of every width arrive exactly', () => {
    for (const edge of [24, 32, 2 ** 7, 2 ** 8, 2 ** 15, 2 ** 16, 2 ** 31, 2 ** 32, 2 ** 52, 2 ** 53]) {
      for (const value of [edge - 1, edge, -edge, 1 - edge, -edge - 1, edge + 1]) {
        if (Math.abs(value) <= 2 ** 53) arrives(serializer, value, value);
      }
    }
    for (const edge of [2n ** 53n, 2n ** 62n, 2n ** 63n]) {
      for (const value of [edge + 1n, -edge - 1n, edge - 1n, 1n - edge]) {
        if (value >= -(2n ** 63n)) arrives(serializer, value, abs(value) <= 2n ** 53n ? Number(value) : value);
      }
    }
    for (const value of [-(2n ** 63n), 2n ** 64n - 1n]) arrives(serializer, value, value);
    for (const value of [0n, 7n, -(2n ** 53n), 2n ** 53n]) arrives(serializer, value, Number(value));
  });

  test('other numbers stay the numbers they are', () => {
    const numbers = [0.1, -1.5, 5e-324, -5e-324, 1e-7, 123456789.125, 2 ** 53 + 2, -(2 ** 60), 1e20, 1e21, 1e300];
    for (const value of [...numbers, Number.MAX_VALUE, -Number.MAX_VALUE]) arrives(serializer, value, value);
    arrives(serializer, -0, 0);
  });

  test('strings, bytes, lists and dicts of every length arrive', () => {
    for (const length of [0, 1, 15, 16, 23, 24, 31, 32, 47, 64, 255, 256, 1500]) {
      arrives(serializer, 'a'.repeat(length), 'a'.repeat(length));
      arrives(serializer, 'ä€😀'.repeat(length), 'ä€😀'.repeat(length));
      const bytes = Uint8Array.from({ length }, (_, i) => i);
      arrives(serializer, bytes, bytes);
      const list = Array.from({ length }, (_, i) => i);
      arrives(serializer, list, list);
      const dict = Object.fromEntries(list.map((i) => [`key ${i}`, i]));
      arrives(serializer, dict, dict);
    }
    // Where lengths begin to need more than 16 bits.
    for (const length of [65535, 65536]) {
      const list = Array.from({ length }, (_, i) => i);
      const dict = Object.fromEntries(list.map((i) => [`key ${i}`, i]));
      const payload = {
        args: ['a'.repeat(length), 'ä'.repeat(length), new Uint8Array(length).fill(7), list],
        kwargs: dict,
      };
      same(decoded(payloadIn(serializer.decode(serializer.encode(callWith(payload))))), payload, `${length} of each`);
    }
  });

  test('strings arrive letter by letter', () => {
    const odd = ['"', '\\', '\\u0041', '/', '\b\f\n\r\t', '\u0001\u001f\u007f', 'x\u0000', '\u2028\u2029', '\uffff'];
    const marks = ['\ufeff', '\ufeffmark', `\ufeff${'long '.repeat(50)}`, '\u0080\u07ff\u0800\u{10ffff}', 'true', '1'];
    for (const text of [...odd, ...marks]) {
      arrives(serializer, text, text);
      arrives(serializer, { [text]: text }, { [text]: text });
    }
    const half = '\ud83d';
    arrives(serializer, `${half}a`, '\ufffda');
    arrives(serializer, `a${half}`, 'a\ufffd');
    arrives(serializer, `${'long '.repeat(50)}${half}`, `${'long '.repeat(50)}\ufffd`);
  });

  test('values travel under the rules of Value', () => {
    class Money {
      readonly #secret = 1;
      constructor(readonly amount: number) {}
      get double(): number {
        return this.amount + this.#secret;
      }
    }
    class Measured {
      toJSON(): unknown {
        return { unit: 'm', exact: true };
      }
    }
    class Sub extends Uint8Array {}
    arrives(serializer, [undefined, null, true, false], [null, null, true, false]);
    arrives(serializer, { a: undefined, b: null }, { b: null });
    arrives(serializer, new Date(0), '1970-01-01T00:00:00.000Z');
    arrives(serializer, new Money(5), { amount: 5 });
    arrives(serializer, [new Measured()], [{ unit: 'm', exact: true }]);
    arrives(serializer, Sub.from([1, 2]), Uint8Array.of(1, 2));
    arrives(serializer, new Uint8Array(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2), Uint8Array.of(2, 3));
    arrives(serializer, Object.assign(Object.create(null), { a: 1 }), { a: 1 });
    const names: Dict = { toJSON: 1, constructor: 'x', hasOwnProperty: null, length: 3, '': {}, valueOf: [] };
    arrives(serializer, names, names);
  });

  test('__proto__ is a key like any other', () => {
    const inner: Dict = {};
    setKey(inner, '__proto__', 'a string');
    const dict: Dict = { before: 1 };
    setKey(dict, '__proto__', inner);
    dict.after = 2;
    arrives(serializer, dict, dict);
    // Long enough for whatever treats small payloads apart.
    arrives(serializer, [dict, 'x'.repeat(1000)], [dict, 'x'.repeat(1000)]);
    const message = serializer.decode(
      serializer.encode(callMessage(1, dict, 'com.example.p', { args: [], kwargs: dict })),
    );
    same(headerOf(message)[2], dict, 'options with the key __proto__');
    same(decoded(payloadIn(message)).kwargs, dict, 'kwargs with the key __proto__');
    same(({} as Dict).before, undefined, 'what every object inherits');
  });

  test('options and details follow the same rules', () => {
    const bytes = Uint8Array.of(0, 255);
    const options = { x_list: [1, -0, undefined], x_big: 2n ** 60n, x_wide: 2 ** 40, x_bytes: bytes, x_half: 0.5 };
    const sent = callMessage(1, { ...options, x_none: undefined } as unknown as Dict, 'com.example.p');
    const message = serializer.decode(serializer.encode(sent));
    same(headerOf(message)[2], { ...options, x_list: [1, 0, null] } as Dict, 'options');
  });

  test('bytes in the place of the args arrive, also when they are sent on, and only with enc_algo', () => {
    const attributes = { enc_algo: 'x_box', enc_serializer: 'cbor', enc_key: 'k' };
    for (const length of [0, 1, 23, 24, 255, 256, 65536]) {
      const bytes = Uint8Array.from({ length }, (_, i) => i);
      const first = serializer.decode(
        serializer.encode(callMessage(1, attributes, 'com.example.p', new BinaryPayload(bytes))),
      );
      same(comparable(first), [[48, 1, attributes, 'com.example.p'], bytes], `a call with ${length} bytes`);
      const passedOn = invocationMessage(2, 3, attributes, payloadIn(first));
      const second = serializer.decode(serializer.encode(passedOn));
      same(comparable(second), [[68, 2, 3, attributes], bytes], `the same bytes, sent on`);
    }
    const bare = serializer.encode(callMessage(1, {}, 'com.example.p', new BinaryPayload(Uint8Array.of(1))));
    refused(serializer, bare, 'a call with bytes and without enc_algo');
    const plain = serializer.decode(serializer.encode(callMessage(1, attributes, 'p', { args: [1], kwargs: {} })));
    same(
      comparable(plain),
      [[48, 1, {}, 'p'], { args: [1], kwargs: {} }],
      'enc_algo with nothing encoded says nothing',
    );
  });

  test('what cannot travel is a SerializationError that says where, and does no harm', () => {
    const wrong: unknown[] = [new Map(), new Set(), () => 1, Symbol('s'), Number.NaN, Number.POSITIVE_INFINITY];
    for (const value of wrong) {
      const error = thrownBy(() =>
        serializer.encode(callWith({ args: [0, { deep: value } as unknown as Dict], kwargs: {} })),
      );
      if (!(error instanceof SerializationError))
        throw new Error(`${String(value)}: expected a SerializationError, got ${error}`);
      if (!error.message.includes('args[1].deep')) throw new Error(`the place is missing in: ${error.message}`);
    }
    arrives(serializer, ['still', 'works'], ['still', 'works']);
  });

  test('nesting is limited when sending', () => {
    const deepest = lists(MAX_DEPTH);
    const message = serializer.decode(serializer.encode(callWith({ args: deepest, kwargs: {} })));
    same(decoded(payloadIn(message)).args, deepest, `args of ${MAX_DEPTH} levels`);
    const circle: Value[] = [];
    circle.push(circle);
    for (const args of [lists(MAX_DEPTH + 1), circle]) {
      const error = thrownBy(() => serializer.encode(callWith({ args, kwargs: {} })));
      if (!(error instanceof SerializationError)) throw new Error(`expected a SerializationError, got ${error}`);
    }
  });

  if (nested !== undefined) {
    test('nesting is limited when receiving', () => {
      same(decoded(payloadIn(serializer.decode(nested(MAX_DEPTH)))).args, lists(MAX_DEPTH), 'args of the most levels');
      for (const levels of [MAX_DEPTH + 1, MAX_DEPTH + 2, 10_000, 200_000]) {
        refused(serializer, nested(levels), `${levels} levels`);
      }
    });
  }

  test('a raw payload is passed on byte by byte', () => {
    const payload: PlainPayload = {
      args: ['Hello', 2 ** 40, [1.5]],
      kwargs: { a: Uint8Array.of(1, 2), b: { c: null } },
    };
    for (const each of [payload, { args: payload.args, kwargs: {} }, { args: [], kwargs: payload.kwargs }]) {
      const first = rawOf(serializer.decode(serializer.encode(callWith(each))));
      const second = rawOf(
        serializer.decode(serializer.encode(invocationMessage(9, 2 ** 50, { procedure: 'com.example' }, first))),
      );
      same(second.raw, first.raw, 'the bytes behind the second header');
      same(second.elements, first.elements, 'elements');
      const { payloads = serializer.name } = serializer;
      same(second.serializer, payloads, 'the serializer that a raw payload names');
      same(second.decode(), each, 'values');
      same(serializer.decodePayload(second.raw, second.elements), each, 'values of the bytes');
      const sealed = new RawPayload(first.raw, first.elements, notToDecode(payloads));
      const third = serializer.decode(serializer.encode(yieldMessage(1, {}, sealed)));
      same(rawOf(third).raw, first.raw, 'the bytes of a payload that nobody may decode');
    }
  });

  test("another serializer's raw payload is decoded and encoded anew", () => {
    const payload: PlainPayload = { args: [1, 'two'], kwargs: { three: 3 } };
    const codec: Serializer = { ...notToDecode('another'), decodePayload: () => payload };
    const message = callWith(new RawPayload(Uint8Array.of(1, 2, 3), 2, codec));
    same(decoded(payloadIn(serializer.decode(serializer.encode(message)))), payload, 'values');
  });

  test('what was decoded shares nothing with the frame, nor one decoding with the next', () => {
    const payload: PlainPayload = {
      args: [Uint8Array.of(1, 2, 3), 'text', { list: [new Uint8Array(300)] }],
      kwargs: { key: Uint8Array.of(7) },
    };
    const sent = callMessage(1, { x_bytes: Uint8Array.of(9), x_text: 'text' }, 'com.example.p', payload);
    const frame = Uint8Array.from(serializer.encode(sent));
    const message = serializer.decode(frame);
    const values = rawOf(message).decode();
    same(rawOf(message).decode(), payload, 'a second decoding');
    (values.args[0] as Uint8Array).fill(0);
    (values.args[2] as Dict).list = null;
    same(rawOf(message).decode(), payload, 'a decoding after another was changed');
    const kept = rawOf(message).decode();
    frame.fill(0xff);
    same(kept, payload, 'values after the frame was overwritten');
    same(headerOf(message), headerOf(sent), 'the header after the frame was overwritten');
  });

  test('a frame stays as it is, whatever happens afterwards', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const frame = serializer.encode(callWith({ args: [bytes, 'x'.repeat(300)], kwargs: {} }));
    const before = Uint8Array.from(frame);
    bytes.fill(9);
    for (let i = 0; i < 300; i++) serializer.encode(callWith({ args: ['y'.repeat(i * 10)], kwargs: {} }));
    same(frame, before, 'the first frame');
    // Wherever buffers end, frames do not show it.
    for (let i = 0; i < 3000; i++) {
      const payload = { args: [i, 'ends in a letter that is not ASCII: ä'], kwargs: { [`ö${i}`]: Uint8Array.of(i) } };
      same(decoded(payloadIn(serializer.decode(serializer.encode(callWith(payload))))), payload, `message ${i}`);
    }
  });

  test('a message encoded while another is being encoded disturbs neither', () => {
    let inner: Uint8Array | undefined;
    const meddler = {
      get late(): string {
        inner = serializer.encode(callWith({ args: ['inner'], kwargs: {} }));
        return 'outer';
      },
    };
    const outer = serializer.encode(callWith({ args: ['before', meddler as Dict, 'after'], kwargs: {} }));
    same(
      decoded(payloadIn(serializer.decode(outer))).args,
      ['before', { late: 'outer' }, 'after'],
      'the outer message',
    );
    same(decoded(payloadIn(serializer.decode(inner as Uint8Array))).args, ['inner'], 'the inner message');
  });

  test('an event for many is encoded once', () => {
    const event = eventMessage(1, 2, {}, { args: [1], kwargs: {} }, new Map());
    const frame = frameOf(event, serializer);
    same(frameOf(event, serializer) === frame, true, 'whether the second frame is the first');
    same(event.frames?.get(serializer.name), serializer.encode(event), 'the frame that was kept');
  });

  test('a frame cut short, or with something behind it, is a ProtocolError', () => {
    for (const message of everyMessage()) {
      const frame = serializer.encode(message);
      for (let length = 0; length < frame.length; length++) {
        refused(serializer, frame.slice(0, length), `${nameOf(message)}, the first ${length} of ${frame.length} bytes`);
      }
      refused(serializer, Uint8Array.of(...frame, 0), `${nameOf(message)} with a byte behind it`);
      refused(serializer, Uint8Array.of(...frame, ...frame), `${nameOf(message)} twice in one frame`);
    }
  });

  test('whatever the bytes, there is a message or a ProtocolError', () => {
    const random = numbers(0x5eed);
    for (let i = 0; i < 3000; i++)
      survives(
        serializer,
        Uint8Array.from({ length: random(40) }, () => random(256)),
      );
    for (const message of everyMessage()) {
      const frame = serializer.encode(message);
      for (let i = 0; i < 300; i++) {
        const mutant = Uint8Array.from(frame);
        for (let changes = 1 + random(3); changes > 0; changes--) mutant[random(mutant.length)] = random(256);
        survives(serializer, mutant);
      }
    }
  });

  if (serializer.batch !== undefined) batchConformance(test, serializer, serializer.batch);
}

function callWith(payload: PlainPayload | RawPayload): Message {
  return callMessage(1, {}, 'com.example.procedure', payload);
}

/** Sends a value as an argument, as a keyword argument, and in a long payload. */
function arrives(serializer: Serializer, sent: unknown, expected: Value): void {
  const value = sent as Value;
  for (const filler of ['', 'x'.repeat(1000)]) {
    const payload = { args: [value, filler], kwargs: { key: value, list: [value] } };
    const message = serializer.decode(serializer.encode(callWith(payload)));
    same(
      decoded(payloadIn(message)),
      { args: [expected, filler], kwargs: { key: expected, list: [expected] } },
      'a value',
    );
  }
}

function rawOf(message: Message): RawPayload {
  const payload = payloadIn(message);
  if (payload instanceof RawPayload) return payload;
  throw new Error(`the payload of a decoded ${nameOf(message)} is no RawPayload`);
}

function lists(levels: number): Value[] {
  let list: Value[] = [];
  for (let level = 1; level < levels; level++) list = [list];
  return list;
}

function notToDecode(name: string): Serializer {
  const refuse = (): never => {
    throw new Error('a payload that is passed on must not be decoded');
  };
  return { name, subprotocol: '', binary: true, encode: refuse, decode: refuse, decodePayload: refuse };
}

function refused(serializer: Serializer, frame: Uint8Array, what: string): void {
  const error = thrownBy(() => serializer.decode(frame));
  if (!(error instanceof ProtocolError)) {
    throw new Error(`${what}: expected a ProtocolError, got ${error ?? 'a message'}`);
  }
}

function survives(serializer: Serializer, frame: Uint8Array): void {
  let message: Message | undefined;
  const error = thrownBy(() => {
    message = serializer.decode(frame);
  });
  if (error !== undefined && !(error instanceof ProtocolError))
    throw new Error(`${[...frame]}: expected a ProtocolError, got ${error}`);
  const payload = message === undefined ? undefined : payloadIn(message);
  const second = thrownBy(() => decoded(payload));
  if (second !== undefined && !(second instanceof SerializationError)) {
    throw new Error(`${[...frame]}: the payload of an accepted frame gave ${second}`);
  }
}

function thrownBy(run: () => void): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** What is compared of a message: its header and the values of its payload. */
function comparable(message: Message): unknown[] {
  const payload = payloadIn(message);
  if (payload instanceof BinaryPayload) return [headerOf(message), payload.bytes];
  return [headerOf(message), payload === undefined ? undefined : decoded(payload)];
}

/** A repeatable source of integers from 0 to below a limit. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function same(got: unknown, expected: unknown, what: string): void {
  const place = difference(got, expected);
  if (place !== undefined) throw new Error(`${what}${place}`);
}

/** Where and how two values differ: by type, by -0, by the class of bytes, by own keys and their order. */
function difference(got: unknown, expected: unknown): string | undefined {
  if (Object.is(got, expected)) return undefined;
  if (got instanceof Uint8Array && expected instanceof Uint8Array) {
    if (Object.getPrototypeOf(got) !== Uint8Array.prototype) return ': bytes of another class than Uint8Array';
    const equal = got.length === expected.length && got.every((byte, i) => byte === expected[i]);
    return equal
      ? undefined
      : `: bytes ${got.slice(0, 64)} (${got.length}), expected ${expected.slice(0, 64)} (${expected.length})`;
  }
  if (Array.isArray(got) && Array.isArray(expected)) {
    if (got.length !== expected.length) return `: ${got.length} items, expected ${expected.length}`;
    return first(got.keys(), (i) => stepped(`[${i}]`, difference(got[i], expected[i])));
  }
  if (isDict(got) && isDict(expected)) {
    if (Object.getPrototypeOf(got) !== Object.prototype) return ': a dict with another prototype than Object';
    const keys = Object.keys(expected);
    const order = difference(Object.keys(got), keys);
    if (order !== undefined) return `: keys ${Object.keys(got)}, expected ${keys}`;
    return first(keys, (key) => stepped(`.${key}`, difference(own(got, key), own(expected, key))));
  }
  return `: ${shown(got)}, expected ${shown(expected)}`;
}

function own(dict: Dict, key: string): unknown {
  return Object.getOwnPropertyDescriptor(dict, key)?.value;
}

function first<T>(items: Iterable<T>, find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function stepped(step: string, place: string | undefined): string | undefined {
  return place === undefined ? undefined : step + place;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `"${value.slice(0, 80)}" (${value.length})`;
  return Object.is(value, -0) ? '-0' : `${typeof value} ${String(value)}`;
}
