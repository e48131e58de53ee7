import { BinaryPayload, decoded, headerOf, type Message, payloadIn } from '@wamp-run/protocol';
import { expect, test } from 'vitest';
import { cbor } from '../src/cbor/index.js';
import { json } from '../src/json/index.js';
import { msgpack } from '../src/msgpack/index.js';
import { ubjson, ubjsonBatched } from '../src/ubjson/index.js';
import { SAMPLES } from './samples.js';
import { hex } from './vectors.js';

test.each(SAMPLES)('$what', ({ message, ...bytes }) => {
  const frames = [
    [json(), new TextEncoder().encode(bytes.json)],
    [cbor(), hex(bytes.cbor)],
    [msgpack(), hex(bytes.msgpack)],
    [ubjson(), hex(bytes.ubjson)],
    [ubjson({ dialect: 'draft12' }), hex(bytes.draft12)],
  ] as const;
  for (const [serializer, frame] of frames) {
    expect(serializer.encode(message)).toEqual(frame);
    expect(comparable(serializer.decode(frame))).toEqual(comparable(message));
  }
});

test('each serializer says what it is', () => {
  const facts = [json(), cbor(), msgpack(), ubjson(), ubjson({ dialect: 'draft12' }), ubjsonBatched()].map(
    ({ name, subprotocol, binary }) => ({ name, subprotocol, binary }),
  );
  expect(facts).toEqual([
    { name: 'json', subprotocol: 'wamp.2.json', binary: false },
    { name: 'cbor', subprotocol: 'wamp.2.cbor', binary: true },
    { name: 'msgpack', subprotocol: 'wamp.2.msgpack', binary: true },
    { name: 'ubjson', subprotocol: 'wamp.2.ubjson', binary: true },
    { name: 'ubjson-draft12', subprotocol: 'wamp.2.ubjson', binary: true },
    { name: 'ubjson', subprotocol: 'wamp.2.ubjson.batched', binary: true },
  ]);
});

function comparable(message: Message): unknown[] {
  const payload = payloadIn(message);
  return [headerOf(message), payload instanceof BinaryPayload ? payload.bytes : decoded(payload)];
}
