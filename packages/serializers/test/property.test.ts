import { deepStrictEqual } from 'node:assert';
import {
  callMessage,
  type Dict,
  decoded,
  headerOf,
  invocationMessage,
  type PlainPayload,
  ProtocolError,
  payloadIn,
  portable,
  RawPayload,
  type Serializer,
} from '@wamp-run/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CBOR } from '../src/cbor/format.js';
import { cbor, cborBatched } from '../src/cbor/index.js';
import { Cursor } from '../src/cursor.js';
import { flatbuffers } from '../src/flatbuffers/index.js';
import type { Format } from '../src/format.js';
import { JSON_TEXT } from '../src/json/format.js';
import { json, jsonBatched } from '../src/json/index.js';
import { MSGPACK } from '../src/msgpack/format.js';
import { msgpack } from '../src/msgpack/index.js';
import { ubjson } from '../src/ubjson/index.js';
import { payloads, plainPayloads } from './values.js';

// The same cases in every run; another seed tries others.
fc.configureGlobal({ seed: 20 });

const serializers: Serializer[] = [json(), cbor(), msgpack(), ubjson(), ubjson({ dialect: 'draft12' }), flatbuffers()];

function through(serializer: Serializer, payload: PlainPayload): PlainPayload {
  return decoded(payloadIn(serializer.decode(serializer.encode(callMessage(1, {}, 'p', payload)))));
}

function rawOf(serializer: Serializer, payload: PlainPayload): RawPayload | undefined {
  const raw = payloadIn(serializer.decode(serializer.encode(callMessage(1, {}, 'p', payload))));
  return raw instanceof RawPayload ? raw : undefined;
}

test('the same arrives over every serializer: what portable makes of it', () => {
  fc.assert(
    fc.property(payloads, (payload) => {
      const expected = {
        args: portable(payload.args, 'args', { copy: true }),
        kwargs: portable(payload.kwargs, 'kwargs', { copy: true }),
      };
      for (const serializer of serializers) deepStrictEqual(through(serializer, payload), expected, serializer.name);
    }),
    { numRuns: 500 },
  );
});

test('the same arrives when routers change the serializer on the way', () => {
  fc.assert(
    fc.property(payloads, (payload) => {
      const direct = through(serializers[0] as Serializer, payload);
      let message = callMessage(1, {}, 'p', payload) as Parameters<Serializer['encode']>[0];
      for (const serializer of [...serializers, ...[...serializers].reverse()]) {
        message = serializer.decode(serializer.encode(invocationMessage(1, 2, {}, payloadIn(message))));
      }
      deepStrictEqual(decoded(payloadIn(message)), direct);
    }),
    { numRuns: 200 },
  );
});

describe.each<[Format, Serializer]>([
  [CBOR, cbor()],
  [MSGPACK, msgpack()],
  [JSON_TEXT, json()],
])('$name', (format, serializer) => {
  test('the library and our own reader agree on every payload that the walk does not find odd', () => {
    let plain = 0;
    fc.assert(
      fc.property(fc.oneof(payloads, plainPayloads), (payload) => {
        // Long enough for the library.
        const raw = rawOf(serializer, { args: [...payload.args, 'x'.repeat(200)], kwargs: payload.kwargs });
        if (raw === undefined) throw new Error('a payload was expected');
        const cursor = new Cursor(raw.raw, format.name);
        format.openTail(cursor, raw.elements);
        while (cursor.at < raw.raw.length && format.next(cursor)) format.walk(cursor);
        if (cursor.odd) return;
        plain++;
        deepStrictEqual(format.readTail(raw.raw, raw.elements, false), format.readTail(raw.raw, raw.elements, true));
      }),
      { numRuns: 500 },
    );
    expect(plain).toBeGreaterThan(50);
  });
});

describe.each(serializers)('$name', (serializer) => {
  test('a frame with bytes changed, cut out or put in is a message or a ProtocolError', () => {
    const change = fc.record({ at: fc.nat(), drop: fc.nat(3), put: fc.uint8Array({ maxLength: 4 }) });
    fc.assert(
      fc.property(payloads, fc.array(change, { minLength: 1, maxLength: 4 }), (payload, changes) => {
        const frame = [...serializer.encode(callMessage(1, { x: payload.kwargs }, 'p', payload))];
        for (const { at, drop, put } of changes) frame.splice(at % frame.length, drop, ...put);
        survives(serializer, Uint8Array.from(frame));
      }),
      { numRuns: 1500 },
    );
  });

  test('random bytes behind a good header are a message or a ProtocolError', () => {
    const header = serializer.encode(callMessage(1, {}, 'p', { args: [1], kwargs: {} }));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(4), (bytes, drop) => {
        survives(serializer, Uint8Array.of(...header.slice(0, header.length - drop), ...bytes));
      }),
      { numRuns: 3000 },
    );
  });
});

// Keys that FlatBuffers has a place for and some that it has not, with values that fit it and others.
const options = fc.array(
  fc.tuple(
    fc.constantFrom(
      'timeout',
      'receive_progress',
      'transaction_hash',
      'caller',
      'caller_authid',
      'forward_for',
      'enc_key',
      'x_more',
    ),
    fc.oneof(
      fc.boolean(),
      fc.nat(),
      fc.maxSafeInteger(),
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.array(fc.record({ session: fc.nat(), authid: fc.string(), authrole: fc.string() }), { maxLength: 3 }),
      fc.array(fc.record({ session: fc.nat() }), { maxLength: 3 }),
    ),
  ),
  { maxLength: 8 },
);

test('the same options arrive over every serializer, in their order, or the same complaint', () => {
  let arrived = 0;
  fc.assert(
    fc.property(options, plainPayloads, (members, payload) => {
      const sent = callMessage(1, Object.fromEntries(members) as Dict, 'p', payload);
      const [wanted, ...others] = [cbor(), flatbuffers(), ubjson(), msgpack()].map((serializer) => {
        try {
          const message = serializer.decode(serializer.encode(sent));
          arrived++;
          return JSON.stringify([headerOf(message), decoded(payloadIn(message))]);
        } catch (error) {
          return (error as Error).message;
        }
      });
      for (const other of others) expect(other).toBe(wanted);
    }),
    { numRuns: 1000 },
  );
  expect(arrived).toBeGreaterThan(500);
});

describe.each([jsonBatched(), jsonBatched({ octalSeparator: true }), cborBatched()])(
  'batches: $subprotocol',
  (serializer) => {
    const { batch } = serializer;
    if (batch === undefined) throw new Error('a batched serializer was expected');

    test('what was joined is split again', () => {
      fc.assert(
        fc.property(fc.array(payloads, { minLength: 1, maxLength: 20 }), (list) => {
          const frames = list.map((payload) => serializer.encode(callMessage(1, {}, 'p', payload)));
          expect(batch.split(batch.join(frames))).toEqual(frames);
        }),
        { numRuns: 100 },
      );
    });

    test('with bytes changed, cut out or put in, it is messages or a ProtocolError', () => {
      const change = fc.record({ at: fc.nat(), drop: fc.nat(3), put: fc.uint8Array({ maxLength: 4 }) });
      fc.assert(
        fc.property(
          fc.array(payloads, { minLength: 1, maxLength: 4 }),
          fc.array(change, { maxLength: 4 }),
          (list, changes) => {
            const bytes = [...batch.join(list.map((payload) => serializer.encode(callMessage(1, {}, 'p', payload))))];
            for (const { at, drop, put } of changes) bytes.splice(at % bytes.length, drop, ...put);
            let frames: Uint8Array[] = [];
            try {
              frames = batch.split(Uint8Array.from(bytes));
            } catch (error) {
              if (!(error instanceof ProtocolError)) throw error;
            }
            for (const frame of frames) survives(serializer, frame);
          },
        ),
        { numRuns: 300 },
      );
    });
  },
);

function survives(serializer: Serializer, frame: Uint8Array): void {
  try {
    const message = serializer.decode(frame);
    // What was let in must be readable, and what is read can be sent again.
    const values = decoded(payloadIn(message));
    serializer.encode(callMessage(1, {}, 'p', finite(values) ? values : undefined));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
}

/** Neither a number that only foreign peers send, nor a string that JSON cannot send back. */
function finite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string') return !value.startsWith('\u0000');
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return true;
  return Object.values(value).every(finite);
}
