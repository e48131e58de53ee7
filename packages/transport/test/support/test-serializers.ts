import {
  type Batching,
  decoded,
  headerOf,
  messageFromList,
  type PlainPayload,
  type PortableOptions,
  ProtocolError,
  payloadIn,
  portable,
  portableArgs,
  portableKwargs,
  type Serializer,
  type Value,
} from '@wamp-run/protocol';

const AS_TEXT: PortableOptions = { bytes: (bytes) => `\0${Buffer.from(bytes).toString('base64')}` };

/** JSON in text frames. */
export function textSerializer(name = 'test-text'): Serializer {
  return serializer(name, false, (bytes) => bytes);
}

/** The same with every bit turned over, in binary frames: no text, and no UTF-8. */
export function binarySerializer(name = 'test-binary'): Serializer {
  return serializer(name, true, (bytes) => bytes.map((byte) => byte ^ 0xff));
}

/** The same in batches, where a frame has its length in four octets before it. */
export function batchedSerializer(name = 'test-batched'): Serializer {
  const { batch: _none, ...single } = binarySerializer(name);
  return { ...single, subprotocol: `wamp.2.${name}.batched`, batch: BATCHING };
}

const BATCHING: Batching = {
  overhead: 4,
  join(frames) {
    return Buffer.concat(frames.flatMap((frame) => [headOf(frame), frame]));
  },
  split(batch) {
    const bytes = Buffer.from(batch);
    const frames: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; ) {
      const end = at + 4 + (bytes.length - at < 4 ? Number.NaN : bytes.readUInt32BE(at));
      if (!(end <= bytes.length)) throw new ProtocolError('half a message in a batch');
      frames.push(bytes.subarray(at + 4, end));
      at = end;
    }
    if (frames.length === 0) throw new ProtocolError('a batch of nothing');
    return frames;
  },
};

function headOf(frame: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(frame.length);
  return head;
}

function serializer(name: string, binary: boolean, turn: (bytes: Uint8Array) => Uint8Array): Serializer {
  return {
    name,
    subprotocol: `wamp.2.${name}`,
    binary,
    encode(message) {
      const list = portable(headerOf(message), 'header', AS_TEXT) as Value[];
      const payload = payloadIn(message);
      if (payload !== undefined) {
        const { args, kwargs } = decoded(payload);
        list.push(portableArgs(args, AS_TEXT), portableKwargs(kwargs, AS_TEXT));
      }
      return turn(new TextEncoder().encode(JSON.stringify(list)));
    },
    decode(bytes) {
      let list: Value;
      try {
        const text = new TextDecoder('utf-8', { fatal: true }).decode(turn(bytes));
        list = JSON.parse(text, (_key, value) =>
          typeof value === 'string' && value.startsWith('\0')
            ? Uint8Array.from(Buffer.from(value.slice(1), 'base64'))
            : value,
        );
      } catch (cause) {
        throw new ProtocolError('not JSON', { cause });
      }
      return messageFromList(list as Value[]);
    },
    decodePayload(): PlainPayload {
      throw new Error('the test serializers make no raw payloads');
    },
  };
}
