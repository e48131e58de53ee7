import type { Message } from './messages/message.js';
import type { PlainPayload } from './payload.js';
import type { Value } from './value.js';

/**
 * Turns messages into bytes and back. Headers are read and written apart from the payload, which stays bytes
 * (`RawPayload`) until somebody asks for its values. An implementation is proven by `serializerConformance`.
 */
export interface Serializer {
  /** `json`, `cbor`, `msgpack`: also how a RawPayload says whose bytes it holds. */
  readonly name: string;
  /** The WebSocket subprotocol, e.g. `wamp.2.cbor`. */
  readonly subprotocol: string;
  /** Whether frames are binary; JSON's are text. */
  readonly binary: boolean;

  /**
   * The bytes of a message, which nobody writes to again: a wire may keep them. A RawPayload of this serializer is copied behind the header, any other is decoded first.
   * Throws a SerializationError where a value cannot be carried.
   */
  encode(message: Message): Uint8Array;

  /**
   * The message in these bytes, its payload a RawPayload over a part of them (no copy), walked once:
   * well-formed, not nested deeper than MAX_DEPTH, args a list, kwargs a dict with string keys.
   * Throws a ProtocolError that says what is wrong; never anything else, whatever the bytes.
   */
  decode(bytes: Uint8Array): Message;

  /** The values of a raw payload, made anew: nothing in them shares memory with the bytes. */
  decodePayload(raw: Uint8Array, elements: 1 | 2): PlainPayload;
}

/** Turns one value into bytes and back: for what is serialized by itself, such as the inside of an encoded payload. */
export interface ValueSerializer {
  /** `json`, `cbor`: what `ppt_serializer` and `enc_serializer` say. */
  readonly name: string;

  /** The bytes of a value, under the rules of Value. Throws a SerializationError where it cannot be carried. */
  encode(value: unknown): Uint8Array;

  /**
   * The value in these bytes, made anew: nothing in it shares memory with them. Throws a SerializationError where they
   * are not one whole value, or nested deeper than MAX_DEPTH; never anything else, whatever the bytes.
   */
  decode(bytes: Uint8Array): Value;
}
