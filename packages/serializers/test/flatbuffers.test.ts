import {
  abortMessage,
  BinaryPayload,
  callMessage,
  challengeMessage,
  decoded,
  errorMessage,
  eventMessage,
  eventReceivedMessage,
  goodbyeMessage,
  headerOf,
  helloMessage,
  type Message,
  MessageType,
  ProtocolError,
  payloadIn,
  publishMessage,
  RawPayload,
  registerMessage,
  resultMessage,
  SerializationError,
  subscribeMessage,
  welcomeMessage,
  yieldMessage,
} from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { cbor } from '../src/cbor/index.js';
import { flatbuffers, flatbuffersBatched } from '../src/flatbuffers/index.js';
import { TableWriter } from '../src/flatbuffers/table-writer.js';
import { flatbuffersCall } from './frames.js';
import { hex } from './vectors.js';

const serializer = flatbuffers();
const comparable = (message: Message) => {
  const payload = payloadIn(message);
  return [headerOf(message), payload instanceof BinaryPayload ? payload.bytes : decoded(payload)];
};
const digits = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

// What Autobahn|Python 26.6 writes for messages of ours.
const SAMPLES: [what: string, bytes: string, message: Message][] = [
  [
    'PUBLISH that came through routers',
    '0c00000008000a0009000400080000003400000000102e00180000000c0008000000000000000000000000000000000000000000000000000000000000000000000004002e000000140000007c0000000d000000000000000000000002000000440000001000000000000a0018000c00080004000a000000140000001800000003000000000000000000000001000000720000000100000062000a0014000c00080004000a00000010000000140000000000000000010000010000007200000001000000610000000100000074000000',
    publishMessage(
      13,
      {
        forward_for: [
          { session: 2 ** 40, authid: 'a', authrole: 'r' },
          { session: 3, authid: 'b', authrole: 'r' },
        ],
      },
      't',
    ),
  ],
  [
    'EVENT with details',
    '0c00000008000a0009000400080000002c00000000242600380000002c0024002000000000000000000000000000140010000c00080007000000060026000000000001013000000040000000480000000700000000000000000000004400000000000000000020000000000000010000000000000d000000636f6d2e6578616d706c652e7400000004000000757365720000000004000000616e6e61000000000200000081010000',
    eventMessage(
      2 ** 40,
      2 ** 53,
      {
        publisher: 7,
        publisher_authid: 'anna',
        publisher_authrole: 'user',
        topic: 'com.example.t',
        retained: true,
        x_acknowledged_delivery: true,
      },
      { args: [1], kwargs: {} },
    ),
  ],
  [
    'CALL with options',
    '0c00000008000c000b000400080000002c00000000000030240030000000240020001c000000000000000000000000001800170000000c0008000400240000002c00000030000000050000000000000000000001e803000038000000200000000e0000000000000000000000010000006200000001000000610000000d000000636f6d2e6578616d706c652e700000000200000081010000',
    callMessage(
      14,
      { timeout: 1000, receive_progress: true, caller: 5, caller_authid: 'a', caller_authrole: 'b' },
      'com.example.p',
      { args: [1], kwargs: {} },
    ),
  ],
  [
    'CALL with a payload that is passed through',
    '100000000000000008000c000b00040008000000200000000000003018001c00000014001000000000000c000b000a000000040018000000180000000000030130000000180000000e00000000000000040000006b657931000000000d000000636f6d2e6578616d706c652e700000000300000001020300',
    callMessage(
      14,
      { enc_algo: 'cryptobox', enc_serializer: 'cbor', enc_key: 'key1' },
      'com.example.p',
      new BinaryPayload(Uint8Array.of(1, 2, 3)),
    ),
  ],
  [
    'YIELD with kwargs alone',
    '100000000000000008000c000b0004000800000020000000000000461800140000000c000000080000000000000000000000070018000000000000010c000000110000000000000004000000a16161f5',
    yieldMessage(17, { progress: true }, { args: [], kwargs: { a: true } }),
  ],
  [
    'RESULT of a callee',
    '0c00000008000a0009000400080000002400000000321e00240000001c00180000000000000000000000000017000c00080004001e00000020000000240000000900000000000000000000011c0000000f00000000000000010000007900000001000000780000000200000081010000',
    resultMessage(
      15,
      { progress: true, callee: 9, callee_authid: 'x', callee_authrole: 'y' },
      { args: [1], kwargs: {} },
    ),
  ],
  [
    'REGISTER with options',
    '0c00000008000a00090004000800000018000000004012001c00000010000c000b000a0008000700120000000000000105000301100000000700000000000000000000000d000000636f6d2e6578616d706c652e70000000',
    registerMessage(
      7,
      { match: 'prefix', invoke: 'roundrobin', concurrency: 5, force_reregister: true },
      'com.example.p',
    ),
  ],
  [
    'SUBSCRIBE with options',
    '0c00000008000a0009000400080000001400000000200e00140000000c000800070006000e000000000001020c000000020000000000000011000000636f6d2e6578616d706c652e746f706963000000',
    subscribeMessage(2, { match: 'wildcard', get_retained: true }, 'com.example.topic'),
  ],
  [
    'ERROR',
    '0c00000008000c000b0004000800000018000000000000081000200000001e0010000c0008000400100000003400000038000000140000000c00000000000000000000000000300011000000636f6d2e6578616d706c652e6572726f7200000004000000a16179020300000081617800',
    errorMessage(48, 12, 'com.example.error', { args: ['x'], kwargs: { y: 2 } }),
  ],
  [
    'EVENT_RECEIVED, whose number is another',
    '100000000000000008000c000b00040008000000100000000000002508000c0000000400080000000000000000002000',
    eventReceivedMessage(2 ** 53),
  ],
  [
    'GOODBYE with details',
    '0c00000008000c000b0004000800000014000000000000060c00100000000c00080007000c00000000000001080000000c00000003000000627965001100000077616d702e636c6f73652e6e6f726d616c000000',
    goodbyeMessage('wamp.close.normal', { message: 'bye', resumable: true }),
  ],
  [
    'CHALLENGE',
    '0c00000008000c000b00040008000000100000000000000408000800000007000800000000000001',
    challengeMessage('ticket', {}),
  ],
];

test.each(SAMPLES)('%s', (_, bytes, message) => {
  expect(comparable(serializer.decode(hex(bytes)))).toEqual(comparable(message));
  expect(digits(serializer.encode(message))).toBe(bytes);
  // A router passes it on with nothing lost on the way.
  expect(digits(serializer.encode(serializer.decode(hex(bytes))))).toBe(bytes);
});

test('HELLO and WELCOME of Autobahn|Python lack their roles: every one is taken', () => {
  const hello = hex(
    '0c00000008000c000b00040008000000180000000000000110001000000000000c00000008000400100000000c000000140000001c00000004000000757365720000000004000000616e6e610000000011000000636f6d2e6578616d706c652e7265616c6d000000',
  );
  expect(headerOf(serializer.decode(hello))).toEqual([
    MessageType.HELLO,
    'com.example.realm',
    { authid: 'anna', authrole: 'user', roles: { publisher: {}, subscriber: {}, caller: {}, callee: {} } },
  ]);
  const welcome = hex(
    '100000000000000008000a000900040008000000180000000002120020001400000010000c00080000000400120000001c000000240000002c0000003400000000000000000020000000000006000000737461746963000004000000757365720000000004000000616e6e610000000011000000636f6d2e6578616d706c652e7265616c6d000000',
  );
  expect(headerOf(serializer.decode(welcome))).toEqual([
    MessageType.WELCOME,
    2 ** 53,
    {
      realm: 'com.example.realm',
      authid: 'anna',
      authrole: 'user',
      authprovider: 'static',
      roles: { broker: {}, dealer: {} },
    },
  ]);
});

describe('what the schema cannot say', () => {
  const roles = { callee: { features: { shared_registration: true, of_next_year: true } }, caller: {} };
  const messages: [what: string, message: Message][] = [
    [
      'HELLO with roles, methods and extras',
      helloMessage('r', { roles, authmethods: ['anonymous', 'cryptosign'], authextra: { deep: [{ n: 2 ** 40 }] } }),
    ],
    ['WELCOME with details of its own', welcomeMessage(1, { roles: { dealer: {}, broker: {} }, x_cb_node: 'n' })],
    ['CHALLENGE of another method', challengeMessage('wamp-scram', { nonce: 'n', iterations: 4096 })],
    ['a timeout of more than 32 bits', callMessage(1, { timeout: 2 ** 40 }, 'p')],
    ['ABORT with a payload', abortMessage('e', { message: 'm' }, { args: [1], kwargs: { a: 2 } })],
    ['ABORT with kwargs alone', abortMessage('e', {}, { args: [], kwargs: { a: 2 } })],
    ['keys in another order', registerMessage(1, { invoke: 'random', match: 'exact' }, 'p')],
    ['a word that it does not have', registerMessage(1, { invoke: 'least_loaded' }, 'p')],
    ['a value of another type', callMessage(1, { timeout: 'soon' }, 'p')],
    ['an unknown option', subscribeMessage(1, { x_mine: Uint8Array.of(1) }, 'p')],
    ['a principal with more than it knows', publishMessage(1, { forward_for: [{ session: 1, more: true }] }, 't')],
    ['an id beyond 2^53', publishMessage(1, { exclude: [2n ** 60n] }, 't')],
  ];

  test.each(messages)('arrives all the same: %s', (_, message) => {
    // Rules about known options are the messages' own, and refuse some of these.
    const read = () => comparable(serializer.decode(serializer.encode(message)));
    const plain = () => comparable(cbor().decode(cbor().encode(message)));
    let expected: unknown;
    try {
      expected = plain();
    } catch (error) {
      expect(read).toThrow((error as Error).message);
      return;
    }
    expect(read()).toEqual(expected);
    expect(JSON.stringify(read())).toBe(JSON.stringify(expected));
  });

  test('costs nothing where the schema can', () => {
    const said = serializer.encode(subscribeMessage(1, { match: 'exact', get_retained: false }, 'p'));
    const beside = serializer.encode(subscribeMessage(1, { get_retained: false, match: 'exact' }, 'p'));
    expect(said.length).toBeLessThan(80);
    expect(beside.length).toBeGreaterThan(said.length + 30);
    expect(JSON.stringify(headerOf(serializer.decode(beside)))).toBe(
      '[32,1,{"get_retained":false,"match":"exact"},"p"]',
    );
  });
});

describe('a payload', () => {
  const payload = { args: [1, 'two', [2 ** 40]], kwargs: { key: Uint8Array.of(1, 2) } };

  test.each([payload, { ...payload, kwargs: {} }, { ...payload, args: [] }])(
    'goes on to CBOR and back without being decoded',
    (values) => {
      const sealed = (message: Message): Message => {
        const raw = payloadIn(message) as RawPayload;
        const codec = { ...cbor(), name: raw.serializer, decodePayload: () => expect.unreachable() };
        return { ...message, payload: new RawPayload(raw.raw, raw.elements, codec) } as Message;
      };
      const sent = callMessage(1, {}, 'p', values);
      const there = cbor().encode(sealed(serializer.decode(serializer.encode(sent))));
      expect(there).toEqual(cbor().encode(sent));
      expect(serializer.encode(sealed(cbor().decode(there)))).toEqual(serializer.encode(sent));
    },
  );

  test('of args that is one view of the frame is not copied', () => {
    const frame = serializer.encode(callMessage(1, {}, 'p', { args: [1], kwargs: {} }));
    expect((payloadIn(serializer.decode(frame)) as RawPayload).raw.buffer).toBe(frame.buffer);
  });

  test('with nothing in it, and null in place of one, is none', () => {
    for (const args of ['', '80', 'f6']) {
      expect(payloadIn(serializer.decode(flatbuffersCall(hex(args))))).toBeUndefined();
    }
  });

  test('that is malformed cannot be sent', () => {
    const raw = new RawPayload(hex('82 01'), 2, cbor());
    expect(() => serializer.encode(callMessage(1, {}, 'p', raw))).toThrow(SerializationError);
  });
});

describe('what is refused', () => {
  const good = flatbuffersCall(hex('8101'));

  test('what it is made of', () => {
    expect(comparable(serializer.decode(good))).toEqual([[48, 1, {}, 'p'], { args: [1], kwargs: {} }]);
  });

  const patches: [what: string, at: number, bytes: string, message: RegExp][] = [
    ['a root beyond the end', 0x00, 'ffffffff', /^flatbuffers: ends inside a table at byte 72$/],
    ['a root without fields', 0x0c, 'ffffff7f', /^flatbuffers: a table without its fields at byte 12$/],
    ['fields beyond the end', 0x0c, '00ffffff', /^flatbuffers: ends inside a table's fields at byte 72$/],
    ['fields of an odd length', 0x04, '0900', /^flatbuffers: a length that no table's fields have at byte 4$/],
    ['fields of no length', 0x04, '0000', /^flatbuffers: a length that no table's fields have at byte 4$/],
    ['fields without end', 0x04, 'feff', /^flatbuffers: ends inside a table's fields at byte 72$/],
    ['a table of no size', 0x06, '0000', /^flatbuffers: a size that no table has at byte 6$/],
    ['a table without end', 0x06, 'ffff', /^flatbuffers: ends inside a table at byte 72$/],
    ['a field outside of its table', 0x0a, '0900', /^flatbuffers: a field outside of its table at byte 10$/],
    ['a field in the place of its table', 0x08, '0200', /^flatbuffers: a field outside of its table at byte 8$/],
    ['no type', 0x08, '0000', /^message\[0\] type: 0 is no message of the protocol$/],
    ['a type that is none', 0x17, '07', /^message\[0\] type: 7 is no message of the protocol$/],
    ['no message', 0x0a, '0000', /^flatbuffers: no table for CALL at byte 12$/],
    ['a message beyond the end', 0x10, '00000080', /^flatbuffers: ends inside a table at byte 72$/],
    ['an id of 0', 0x30, '00', /^CALL\[1\] request: expected id/],
    ['an id beyond 2^53', 0x36, '21', /^CALL\[1\] request: expected id/],
    ['no procedure', 0x20, '0000', /^CALL\[3\] procedure: expected uri, got null$/],
    ['a procedure beyond the end', 0x2c, 'ffffff7f', /^flatbuffers: ends inside a string at byte 72$/],
    ['a procedure of 2^32 - 1 bytes', 0x38, 'ffffffff', /^flatbuffers: ends inside a string at byte 72$/],
    ['a procedure without a 0 behind it', 0x3d, '70', /^flatbuffers: a string without a 0 behind it at byte 61$/],
    ['a procedure that is no UTF-8', 0x3c, 'ff', /^flatbuffers: a string that is no valid UTF-8 at byte 60$/],
    ['args of 2^32 - 1 bytes', 0x40, 'ffffffff', /^flatbuffers: ends inside bytes at byte 72$/],
    ['args that are no list', 0x44, '01', /^flatbuffers, args: expected a list in CBOR, got integer at byte 0$/],
    ['args with bytes behind them', 0x44, '80', /^flatbuffers, args: more bytes than the message takes at byte 1$/],
    ['args cut short', 0x44, '82', /^flatbuffers, args: ends where a value should be at byte 2$/],
  ];
  test.each(patches)('%s', (_, at, bytes, message) => {
    const frame = Uint8Array.from(good);
    frame.set(hex(bytes), at);
    expect(() => serializer.decode(frame)).toThrow(ProtocolError);
    expect(() => serializer.decode(frame)).toThrow(message);
  });

  test('no bytes, too few, and a length that no FlatBuffer has', () => {
    expect(() => serializer.decode(new Uint8Array())).toThrow(/^flatbuffers: an empty frame at byte 0$/);
    for (const length of [1, 4, 7, good.length - 1]) {
      expect(() => serializer.decode(good.slice(0, length))).toThrow(/its length is no multiple of 4/);
    }
    expect(() => serializer.decode(Uint8Array.of(...good, 0, 0, 0, 0))).toThrow(
      /^flatbuffers: more bytes than the message takes at byte 70$/,
    );
  });

  /** A frame with a table of these slots, and fields of ours beside it. */
  function frameOf(type: number, fill: (writer: TableWriter) => () => void, beside?: [slot: number, bytes: string]) {
    const writer = new TableWriter();
    writer.begin();
    const ours = beside === undefined ? undefined : writer.bytes(hex(beside[1]));
    const fields = fill(writer);
    writer.beginTable(40);
    fields();
    const message = writer.endTable();
    writer.beginTable(9);
    writer.integer(0, type, 1);
    writer.reference(1, message);
    if (beside !== undefined && ours !== undefined) writer.reference(beside[0], ours);
    return writer.finish(writer.endTable());
  }

  test('a thousand references to one long string', () => {
    const publish = (times: number) =>
      frameOf(16, (writer) => {
        const topic = writer.text('t');
        const long = writer.text('x'.repeat(10_000));
        const many = writer.references(new Array(times).fill(long));
        return () => {
          writer.integer(1, 1, 8);
          writer.reference(2, topic);
          writer.reference(13, many);
        };
      });
    expect(headerOf(serializer.decode(publish(2)))[2]).toMatchObject({
      exclude_authid: ['x'.repeat(10_000), 'x'.repeat(10_000)],
    });
    expect(() => serializer.decode(publish(1000))).toThrow(/^flatbuffers: more references than there are things/);
  });

  test('not: a field that the schema may have one day, wherever it lies', () => {
    const frame = frameOf(17, (writer) => {
      const text = writer.text('of next year');
      return () => {
        writer.integer(1, 7, 8);
        writer.integer(2, 8, 8);
        writer.reference(30, text);
      };
    });
    expect(headerOf(serializer.decode(frame))).toEqual([17, 7, 8]);
  });

  test('args, and a payload in the place of them', () => {
    const frame = frameOf(16, (writer) => {
      const [topic, args, binary] = [writer.text('t'), writer.bytes(hex('80')), writer.bytes(hex('01'))];
      return () => {
        writer.integer(1, 1, 8);
        writer.reference(2, topic);
        writer.reference(3, args);
        writer.reference(5, binary);
        writer.integer(6, 1, 1);
      };
    });
    expect(() => serializer.decode(frame)).toThrow(ProtocolError);
    expect(() => serializer.decode(frame)).toThrow('args or kwargs, and a payload in the place of both');
    const abort = serializer.encode(abortMessage('e', {}, new BinaryPayload(Uint8Array.of(1))));
    expect(() => serializer.decode(abort)).toThrow('ABORT[3] args: expected list, got binary without enc_algo');
  });

  test('a header beside the table that is not the one of its message', () => {
    const published = (header: string) =>
      frameOf(
        17,
        (writer) => () => {
          writer.integer(1, 7, 8);
          writer.integer(2, 8, 8);
        },
        [7, header],
      );
    expect(headerOf(serializer.decode(published('83 11 01 02')))).toEqual([17, 1, 2]);
    for (const [header, message] of [
      ['a0', 'flatbuffers, header: expected list, got dict'],
      ['83 12 01 02', 'flatbuffers, header: expected the 3 items of a PUBLISHED, its code first'],
      ['82 11 01', 'flatbuffers, header: expected the 3 items of a PUBLISHED, its code first'],
      ['84 11 01 02 03', 'flatbuffers, header: expected the 3 items of a PUBLISHED, its code first'],
      ['83 11 01 02 03', 'flatbuffers, header: more bytes than the message takes at byte 4'],
      ['83 11 01', 'flatbuffers, header: ends where a value should be at byte 3'],
      ['83 11 01 60', 'PUBLISHED[2] publication: expected id'],
      [`83 11 01 ${'81'.repeat(200)}80`, 'flatbuffers, header: nested deeper than 128 levels'],
    ] as const) {
      expect(() => serializer.decode(published(header))).toThrow(ProtocolError);
      expect(() => serializer.decode(published(header))).toThrow(message);
    }
  });
});

test('it says what it is', () => {
  const facts = [serializer, flatbuffersBatched()].map(({ name, subprotocol, payloads, binary }) => ({
    name,
    subprotocol,
    payloads,
    binary,
  }));
  expect(facts).toEqual([
    { name: 'flatbuffers', subprotocol: 'wamp.2.flatbuffers', payloads: 'cbor', binary: true },
    { name: 'flatbuffers', subprotocol: 'wamp.2.flatbuffers.batched', payloads: 'cbor', binary: true },
  ]);
});
