import { callMessage, MAX_BATCH, ProtocolError, type Serializer } from '@wamp-run/protocol';
import { serializerConformance } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { cbor, cborBatched } from '../src/cbor/index.js';
import { json, jsonBatched } from '../src/json/index.js';
import { msgpackBatched } from '../src/msgpack/index.js';
import { hex } from './vectors.js';

const text = (value: string) => new TextEncoder().encode(value);

function batchOf(serializer: Serializer) {
  const { batch } = serializer;
  if (batch === undefined) throw new Error('a batched serializer was expected');
  return batch;
}

describe('a batch of binary frames', () => {
  const batch = batchOf(cborBatched());

  test('has the length before each frame, the highest octet first', () => {
    const frames = [hex('83 1831 01 a0'), new Uint8Array(258)];
    const bytes = hex(`00000005 83183101a0 00000102 ${'00'.repeat(258)}`);
    expect(batch.join(frames)).toEqual(bytes);
    expect(batch.split(bytes)).toEqual(frames);
  });

  test('copies no frame when it is split', () => {
    const bytes = hex('00000002 aabb');
    expect(batch.split(bytes)[0]?.buffer).toBe(bytes.buffer);
  });

  test.each([
    ['nothing', '', /^batch: expected at least one message, got none$/],
    ['half a length', '000000', /^batch: ends inside a length at byte 3$/],
    ['half a message', '00000003 aabb', /^batch: a message of 3 bytes at byte 4, of which 2 are there$/],
    ['a length of 2^32 - 1', 'ffffffff aabb', /^batch: a message of 4294967295 bytes at byte 4, of which 2 are there$/],
    ['a bit behind the last message', '00000002 aabb 00', /^batch: ends inside a length at byte 7$/],
    ['messages of no bytes without end', '00000000'.repeat(MAX_BATCH + 1), /^batch: more than 1024 messages/],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => batch.split(hex(bytes))).toThrow(ProtocolError);
    expect(() => batch.split(hex(bytes))).toThrow(message);
  });
});

describe('a batch of JSON', () => {
  const batch = batchOf(jsonBatched());

  test('has 0x1e behind each message', () => {
    const frames = [text('[49,1,{}]'), text('[49,2,{}]')];
    expect(batch.join(frames)).toEqual(text('[49,1,{}]\u001e[49,2,{}]\u001e'));
    expect(batch.split(text('[49,1,{}]\u001e[49,2,{}]\u001e'))).toEqual(frames);
  });

  test('cannot be torn by what is in a message', () => {
    const message = callMessage(1, { 'x\u001e': '\u001e' }, 'p\u001e', { args: ['\u001e\u0018'], kwargs: {} });
    const serializer = jsonBatched({ octalSeparator: true });
    expect(batch.split(batch.join([serializer.encode(message)]))).toHaveLength(1);
    expect(batchOf(serializer).split(batch.join([serializer.encode(message)]))).toHaveLength(1);
  });

  test.each([
    ['nothing', '', /^batch: expected at least one message, got none$/],
    ['a message without an end', '[49,1,{}]', /^batch: expected 0x1e behind the last message, at byte 8$/],
    ['half a message behind a whole one', '[49,1,{}]\u001e[49', /^batch: expected 0x1e behind the last message/],
    ['what Autobahn|Python sends', '[49,1,{}]\u0018', /Autobahn\|Python writes it: octalSeparator\)$/],
    ['separators without end', '\u001e'.repeat(MAX_BATCH + 1), /^batch: more than 1024 messages/],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => batch.split(text(bytes))).toThrow(ProtocolError);
    expect(() => batch.split(text(bytes))).toThrow(message);
  });

  test('of Autobahn|Python is taken where that is asked for, and 0x1e is still sent', () => {
    const octal = batchOf(jsonBatched({ octalSeparator: true }));
    const frames = [text('[49,1,{}]'), text('[49,2,{}]')];
    expect(octal.split(text('[49,1,{}]\u0018[49,2,{}]\u0018'))).toEqual(frames);
    expect(octal.split(text('[49,1,{}]\u001e[49,2,{}]\u001e'))).toEqual(frames);
    expect(octal.join(frames)).toEqual(text('[49,1,{}]\u001e[49,2,{}]\u001e'));
    const mixed = octal.split(text('[49,1,{}]\u001e[49,2,{}]\u0018'));
    expect(() => json().decode(mixed[0] as Uint8Array)).toThrow(ProtocolError);
  });
});

test('a batched serializer makes the frames of the plain one, and says so', () => {
  const message = callMessage(1, {}, 'p', { args: [1], kwargs: {} });
  expect(cborBatched().encode(message)).toEqual(cbor().encode(message));
  const facts = [jsonBatched(), cborBatched(), msgpackBatched()].map(({ name, subprotocol }) => [name, subprotocol]);
  expect(facts).toEqual([
    ['json', 'wamp.2.json.batched'],
    ['cbor', 'wamp.2.cbor.batched'],
    ['msgpack', 'wamp.2.msgpack.batched'],
  ]);
  expect(cbor().batch).toBeUndefined();
});

describe('the suite notices batches that', () => {
  const good = batchOf(cborBatched());
  const split = (bytes: Uint8Array): Uint8Array[] => {
    try {
      return good.split(bytes);
    } catch {
      return [];
    }
  };
  const faults: [fault: string, noticedBy: string, batch: Partial<typeof good>][] = [
    [
      'lose their order',
      'the messages of a batch arrive in their order',
      { split: (bytes) => good.split(bytes).reverse() },
    ],
    ['are empty', 'a batch of nothing, cut short, or with something behind it, is a ProtocolError', { split }],
    [
      'drop a last message that is not whole',
      'a batch of nothing, cut short, or with something behind it, is a ProtocolError',
      {
        split: (bytes) => {
          const frames: Uint8Array[] = [];
          const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
          if (bytes.length === 0) return good.split(bytes);
          for (let at = 0; at + 4 <= bytes.length; at += 4 + view.getUint32(at)) {
            frames.push(bytes.subarray(at + 4, at + 4 + view.getUint32(at)));
          }
          return frames;
        },
      },
    ],
    [
      'are of any length',
      'a batch has as many messages as it may have, and no more',
      {
        split: (bytes) => {
          const frames: Uint8Array[] = [];
          const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
          for (let at = 0; at < bytes.length; at += 4 + view.getUint32(at)) {
            frames.push(bytes.subarray(at + 4, at + 4 + view.getUint32(at)));
          }
          return frames;
        },
      },
    ],
    [
      'are the very frame where it is one',
      'frames are the same in a batch and out of it',
      { join: (frames) => frames[0] as Uint8Array },
    ],
  ];

  test.each(faults)('%s', (_, noticedBy, fault) => {
    expect(outcome(cborBatched(), noticedBy)).toBe('passed');
    const serializer = cborBatched();
    const broken: Serializer = {
      name: 'cbor',
      subprotocol: serializer.subprotocol,
      binary: true,
      batch: { ...good, ...fault },
      encode: (message) => serializer.encode(message),
      decode: (bytes) => serializer.decode(bytes),
      decodePayload: (raw, elements) => serializer.decodePayload(raw, elements),
    };
    expect(outcome(broken, noticedBy)).toBe('failed');
  });
});

function outcome(serializer: Serializer, noticedBy: string): 'passed' | 'failed' | 'not run' {
  let result: 'passed' | 'failed' | 'not run' = 'not run';
  serializerConformance({
    serializer,
    test: (name, run) => {
      if (name !== noticedBy) return;
      try {
        run();
        result = 'passed';
      } catch {
        result = 'failed';
      }
    },
  });
  return result;
}
