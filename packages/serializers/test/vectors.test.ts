import {
  BinaryPayload,
  type Dict,
  decoded,
  headerOf,
  type Message,
  MessageType,
  messageFromList,
  ProtocolError,
  payloadIn,
  type Serializer,
  type Value,
} from '@wamp-run/protocol';
import { Encoder } from 'cbor-x';
import { Packr } from 'msgpackr';
import { describe, expect, test } from 'vitest';
import { cbor } from '../src/cbor/index.js';
import { flatbuffers } from '../src/flatbuffers/index.js';
import { json } from '../src/json/index.js';
import { msgpack } from '../src/msgpack/index.js';
import { ubjson } from '../src/ubjson/index.js';
import { haveVectors, serializationSamples, validationSamples } from './vectors.js';

const title = `samples of the WAMP protocol${haveVectors ? '' : ' (skipped: ../shared/wamp-vectors is not there)'}`;

describe.skipIf(!haveVectors)(title, () => {
  const samples = serializationSamples();

  test('there are samples', () => {
    expect(samples.length).toBeGreaterThan(15);
    expect(validationSamples().length).toBeGreaterThan(25);
  });

  for (const serializer of [json(), cbor(), msgpack(), ubjson(), ubjson({ dialect: 'draft12' }), flatbuffers()]) {
    test.each(samples)(`${serializer.name}: $description`, ({ message, variants }) => {
      const frames = variants[serializer.name] ?? [];
      expect(frames.length).toBeGreaterThan(0);
      if (
        serializer.name === 'flatbuffers' &&
        (message.type === MessageType.HELLO || message.type === MessageType.WELCOME)
      ) {
        for (const frame of frames) expectWithoutRoles(serializer.decode(frame), message);
        expect(comparable(serializer.decode(serializer.encode(message)))).toEqual(comparable(message));
        return;
      }
      for (const frame of frames) expect(comparable(serializer.decode(frame))).toEqual(comparable(message));
      expect(frames.map(digits)).toContain(digits(serializer.encode(message)));
    });
  }

  // As another implementation would write them.
  const writers: [Serializer, (list: Value[]) => Uint8Array][] = [
    [json(), (list) => new TextEncoder().encode(JSON.stringify(list))],
    [cbor(), (list) => new Encoder({ useRecords: false }).encode(list)],
    [msgpack(), (list) => new Packr({ useRecords: false }).pack(list)],
  ];

  test.each(validationSamples())('$description', ({ list, refusedFor }) => {
    for (const [serializer, write] of writers) {
      const read = () => serializer.decode(write(list));
      if (refusedFor === undefined) {
        expect(comparable(read())).toEqual(comparable(messageFromList(list)));
      } else {
        expect(read).toThrow(ProtocolError);
        expect(read).toThrow(refusedFor);
      }
    }
    if (refusedFor !== undefined) expect(() => messageFromList(list)).toThrow(refusedFor);
  });
});

/** The FlatBuffers of HELLO and WELCOME carry no roles: all are taken, and ours carry them. */
function expectWithoutRoles(read: Message, sample: Message): void {
  const [header, wanted] = [headerOf(read), headerOf(sample)];
  const [details, roles] = [header[2] as Dict, (wanted[2] as Dict).roles as Dict];
  expect(header.slice(0, 2)).toEqual(wanted.slice(0, 2));
  expect(Object.keys(details)).toEqual(['roles']);
  expect(Object.keys(details.roles as Dict)).toEqual(expect.arrayContaining(Object.keys(roles)));
}

function comparable(message: Message): unknown[] {
  const payload = payloadIn(message);
  return [headerOf(message), payload instanceof BinaryPayload ? payload.bytes : decoded(payload)];
}

function digits(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
