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
  #giveBack: ((raw: Uint8Array) => void) | undefined;
  #last = false;

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

  /**
   * For a wire that a message has come over, and whose memory holds nothing else: what gives that memory back when the
   * payload has been used for the last time. Only who knows that it has, says so (`handedOver`, `taken`).
   */
  givenBackBy(giveBack: (raw: Uint8Array) => void): void {
    this.#giveBack = giveBack;
  }

  /** Nobody looks at it any more once the next message that carries it is written, or it is decoded once more. */
  handOver(): void {
    this.#last = true;
  }

  /** It has been used: a wire has written a message with it. Where that was the last use, the memory is given back. */
  done(): void {
    if (!this.#last) return;
    this.#giveBack?.(this.raw);
    this.#giveBack = undefined;
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

/**
 * `decoded`, for whoever has no use for the payload any more: the memory that a large one lies in is given back at once,
 * and the payload is empty from then on. Throws what `decoded` throws.
 *
 * @example const { args, kwargs } = taken(result.payload);
 */
export function taken(payload: Payload | undefined): PlainPayload {
  const plain = decoded(payload);
  if (payload instanceof RawPayload) {
    payload.handOver();
    payload.done();
  }
  return plain;
}

/**
 * The same payload, for the last message that carries it: whoever passes it on so does not look at it again. The wire that
 * writes that message gives its memory back; what is to be kept is copied before (`RawPayload.copy`).
 *
 * @example peer.send(resultMessage(request, {}, handedOver(message.payload)));
 */
export function handedOver<P extends Payload | undefined>(payload: P): P {
  if (payload instanceof RawPayload) payload.handOver();
  return payload;
}

/** A payload of these arguments, or none where both are empty: an empty tail is not sent. */
export function payloadOf(args: Value[], kwargs: Dict): PlainPayload | undefined {
  for (const _ in kwargs) return { args, kwargs };
  return args.length === 0 ? undefined : { args, kwargs };
}
