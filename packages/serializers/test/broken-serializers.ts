import {
  BinaryPayload,
  callMessage,
  decoded,
  type Message,
  MessageType,
  type Payload,
  type PlainPayload,
  ProtocolError,
  payloadIn,
  RawPayload,
  SerializationError,
  type Serializer,
  type Value,
} from '@wamp-run/protocol';
import { Decoder } from 'cbor-x';
import { cbor } from '../src/cbor/index.js';

/** A serializer with one fault, and the test of the suite that must notice it. */
export interface Broken {
  readonly fault: string;
  readonly noticedBy: string;
  readonly serializer: Serializer;
}

const good = cbor();
const viewing = new Decoder({ useRecords: false, mapsAsObjects: true });

/** A good serializer, but for the given methods. */
function but(faults: Partial<Serializer>): Serializer {
  const methods: Serializer = {
    name: 'cbor',
    subprotocol: 'wamp.2.cbor',
    binary: true,
    encode: (message) => good.encode(message),
    decode: (bytes) => good.decode(bytes),
    decodePayload: (raw, elements) => good.decodePayload(raw, elements),
  };
  return { ...methods, ...faults };
}

function withPayload(message: Message, payload: Payload | undefined): Message {
  return 'payload' in message ? { ...message, payload } : message;
}

/** Reads payloads in a way of its own. */
function reading(read: (raw: Uint8Array, elements: 1 | 2) => PlainPayload): Serializer {
  const serializer = but({
    decodePayload: read,
    decode: (bytes) => {
      const message = good.decode(bytes);
      const payload = payloadIn(message);
      if (!(payload instanceof RawPayload)) return message;
      return withPayload(message, new RawPayload(payload.raw, payload.elements, serializer));
    },
  });
  return serializer;
}

/** Reads payloads right, and then changes each value. */
function changing(change: (value: Value) => Value): Serializer {
  const each = (value: Value): Value => {
    if (Array.isArray(value)) return value.map(each);
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return change(value);
    const dict = change(value) as { [key: string]: Value };
    for (const key of Object.keys(dict)) {
      Object.defineProperty(dict, key, {
        value: each(Reflect.get(dict, key)),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return dict;
  };
  return reading((raw, elements) => {
    const { args, kwargs } = good.decodePayload(raw, elements);
    return { args: each(args) as Value[], kwargs: each(kwargs) as PlainPayload['kwargs'] };
  });
}

function floatId(id: number): number[] {
  const bytes = new Uint8Array(9).fill(0xfb, 0, 1);
  new DataView(bytes.buffer).setFloat64(1, id);
  return [...bytes];
}

function passing(
  decode: (bytes: Uint8Array) => Message,
  instead: (error: ProtocolError, bytes: Uint8Array) => Message,
) {
  return (bytes: Uint8Array) => {
    try {
      return decode(bytes);
    } catch (error) {
      if (error instanceof ProtocolError) return instead(error, bytes);
      throw error;
    }
  };
}

const shared = new Uint8Array(2 ** 21);
const seen = new WeakMap<Uint8Array, PlainPayload>();

export const BROKEN: readonly Broken[] = [
  {
    fault: 'writes ids as floats',
    noticedBy: 'ids of every size are integers',
    serializer: but({
      encode: (message) =>
        message.type === MessageType.PUBLISHED
          ? Uint8Array.of(0x83, 17, ...floatId(message.request), ...floatId(message.publication))
          : good.encode(message),
    }),
  },
  {
    fault: 'swaps args and kwargs',
    noticedBy: 'every message arrives as it was sent, without a payload and with each kind of payload',
    serializer: but({
      encode: (message) => {
        const { args, kwargs } = decoded(payloadIn(message));
        return good.encode(withPayload(message, { args: Object.values(kwargs), kwargs: { ...args } as never }));
      },
    }),
  },
  {
    fault: 'loses the payload of ABORT',
    noticedBy: 'every message arrives as it was sent, without a payload and with each kind of payload',
    serializer: but({
      encode: (message) => good.encode(message.type === MessageType.ABORT ? withPayload(message, undefined) : message),
    }),
  },
  {
    fault: 'sends bytes in the place of the args as a list',
    noticedBy: 'bytes in the place of the args arrive, also when they are sent on, and only with enc_algo',
    serializer: but({
      encode: (message) => {
        const payload = payloadIn(message);
        if (!(payload instanceof BinaryPayload)) return good.encode(message);
        return good.encode(withPayload(message, { args: [payload.bytes], kwargs: {} }));
      },
    }),
  },
  {
    fault: 'sends args with nothing in them',
    noticedBy: 'a payload with nothing in it is not sent',
    serializer: but({
      encode: (message) => {
        const frame = good.encode(message);
        const payload = payloadIn(message);
        if (payload === undefined || !('args' in payload) || payload.args.length > 0) return frame;
        return Object.keys(payload.kwargs).length > 0
          ? frame
          : Uint8Array.of((frame[0] as number) + 1, ...frame.slice(1), 0x80);
      },
    }),
  },
  {
    fault: 'rounds integers beyond 2^53',
    noticedBy: 'integers of every width arrive exactly',
    serializer: changing((value) => (typeof value === 'bigint' ? Number(value) : value)),
  },
  {
    fault: 'makes an integer of a large float',
    noticedBy: 'other numbers stay the numbers they are',
    serializer: changing((value) => (typeof value === 'number' && Math.abs(value) > 2 ** 53 ? BigInt(value) : value)),
  },
  {
    fault: 'drops a byte order mark',
    noticedBy: 'strings arrive letter by letter',
    serializer: changing((value) => (typeof value === 'string' ? value.replace(/^\ufeff/, '') : value)),
  },
  {
    fault: 'gives bytes as another class',
    noticedBy: 'values travel under the rules of Value',
    serializer: changing((value) => (value instanceof Uint8Array ? new (class extends Uint8Array {})(value) : value)),
  },
  {
    fault: 'drops a key __proto__',
    noticedBy: '__proto__ is a key like any other',
    serializer: changing((value) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      return Object.fromEntries(Object.entries(value).filter(([key]) => key !== '__proto__')) as Value;
    }),
  },
  {
    fault: 'does not say where a value is that cannot travel',
    noticedBy: 'what cannot travel is a SerializationError that says where, and does no harm',
    serializer: but({
      encode: (message) => {
        try {
          return good.encode(message);
        } catch {
          throw new SerializationError('cannot be sent');
        }
      },
    }),
  },
  {
    fault: 'takes any depth when receiving',
    noticedBy: 'nesting is limited when receiving',
    serializer: but({
      decode: passing(good.decode.bind(good), (error) => {
        if (error.message.includes('nested')) return callMessage(1, {}, 'p');
        throw error;
      }),
    }),
  },
  {
    fault: 'decodes and encodes what it should pass on',
    noticedBy: 'a raw payload is passed on byte by byte',
    serializer: but({ encode: (message) => good.encode(withPayload(message, decoded(payloadIn(message)))) }),
  },
  {
    fault: 'passes on what is of another serializer',
    noticedBy: "another serializer's raw payload is decoded and encoded anew",
    serializer: but({
      encode: (message) => {
        const payload = payloadIn(message);
        if (!(payload instanceof RawPayload)) return good.encode(message);
        return good.encode(withPayload(message, new RawPayload(payload.raw, payload.elements, good)));
      },
    }),
  },
  {
    fault: 'gives views of the frame as bytes',
    noticedBy: 'what was decoded shares nothing with the frame, nor one decoding with the next',
    serializer: reading((raw, elements) => {
      const [args, kwargs = {}] = viewing.decodeMultiple(raw.subarray()) as unknown as [
        Value[],
        PlainPayload['kwargs']?,
      ];
      return elements === 1 ? { args, kwargs: {} } : { args, kwargs };
    }),
  },
  {
    fault: 'decodes once and hands out the same values again',
    noticedBy: 'what was decoded shares nothing with the frame, nor one decoding with the next',
    serializer: reading((raw, elements) => {
      const values = seen.get(raw) ?? good.decodePayload(raw, elements);
      seen.set(raw, values);
      return values;
    }),
  },
  {
    fault: 'writes every frame into the same bytes',
    noticedBy: 'a frame stays as it is, whatever happens afterwards',
    serializer: but({
      encode: (message) => {
        const frame = good.encode(message);
        shared.set(frame);
        return shared.subarray(0, frame.length);
      },
    }),
  },
  {
    fault: 'keeps no frame of an event',
    noticedBy: 'an event for many is encoded once',
    serializer: {
      ...but({}),
      get name() {
        return `cbor ${Math.random()}`;
      },
    },
  },
  {
    fault: 'takes bytes behind the message',
    noticedBy: 'a frame cut short, or with something behind it, is a ProtocolError',
    serializer: but({ decode: passing(good.decode.bind(good), (_, bytes) => good.decode(bytes.slice(0, -1))) }),
  },
  {
    fault: 'makes a message of a frame that was cut short',
    noticedBy: 'a frame cut short, or with something behind it, is a ProtocolError',
    serializer: but({
      decode: passing(good.decode.bind(good), (_, bytes) => good.decode(Uint8Array.of(...bytes, 0x80))),
    }),
  },
  {
    fault: 'throws what is no ProtocolError',
    noticedBy: 'whatever the bytes, there is a message or a ProtocolError',
    serializer: but({
      decode: passing(good.decode.bind(good), (error) => {
        throw new RangeError(error.message);
      }),
    }),
  },
];
