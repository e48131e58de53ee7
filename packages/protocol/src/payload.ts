import { SerializationError } from './errors.js';
import type { Serializer } from './serializer.js';
import type { Dict, Value } from './value.js';

/** Arguments as values. */
export interface PlainPayload {
  args: Value[];
  kwargs: Dict;
}

/**
 * Arguments as they came over a wire: the bytes behind the header, known to be well-formed and not decoded.
 * A peer that speaks the same serializer gets these very bytes behind a new header.
 */
export class RawPayload {
  /** `elements` list items back to back: the args, or the args and the kwargs. */
  readonly raw: Uint8Array;
  readonly elements: 1 | 2;
  readonly #codec: Serializer;

  constructor(raw: Uint8Array, elements: 1 | 2, codec: Serializer) {
    this.raw = raw;
    this.elements = elements;
    this.#codec = codec;
  }

  /** The name of the serializer whose bytes these are. */
  get serializer(): string {
    return this.#codec.name;
  }

  /** The same, with bytes of its own: for keeping. What came over a wire lies in a larger piece of memory. */
  copy(): RawPayload {
    return new RawPayload(new Uint8Array(this.raw), this.elements, this.#codec);
  }

  /** The values: new ones at every call. Throws a SerializationError where the bytes hold what no value can be. */
  decode(): PlainPayload {
    return this.#codec.decodePayload(this.raw, this.elements);
  }
}

/**
 * Bytes in the place of the args: Autobahn's transparent payload, which comes with `enc_algo` and without kwargs. What is
 * in the bytes is between the sender and the receiver.
 */
export class BinaryPayload {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }
}

/** What follows a message's header. A message without arguments has none (`undefined`). */
export type Payload = PlainPayload | RawPayload | BinaryPayload;

/**
 * The values of a payload; for none, an empty list and an empty dict. Throws a SerializationError where the bytes hold
 * what no value can be, and for a BinaryPayload, which only a codec can read.
 */
export function decoded(payload: Payload | undefined): PlainPayload {
  if (payload === undefined) return { args: [], kwargs: {} };
  if (payload instanceof BinaryPayload)
    throw new SerializationError('the payload is encoded: only a codec can read it');
  return payload instanceof RawPayload ? payload.decode() : payload;
}

/** A payload of these arguments, or none where both are empty: an empty tail is not sent. */
export function payloadOf(args: Value[], kwargs: Dict): PlainPayload | undefined {
  for (const _ in kwargs) return { args, kwargs };
  return args.length === 0 ? undefined : { args, kwargs };
}
