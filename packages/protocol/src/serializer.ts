import type { Message } from './messages/message.js';
import type { PlainPayload } from './payload.js';
import type { Value } from './value.js';

/** The most messages that a batch may have. A sender begins a new one; a receiver refuses it. */
export const MAX_BATCH = 1024;

/** How frames of messages lie in one frame of a batched wire (`wamp.2.cbor.batched`): WAMP advanced profile, batched WebSocket. */
export interface Batching {
  /** Bytes that a message takes in a batch beside its own. */
  readonly overhead: number;
  /** The batch of these frames, of which there is at least one and at most MAX_BATCH. */
  join(frames: readonly Uint8Array[]): Uint8Array;
  /**
   * The frames in a batch, in order, each a view of it.
   * Throws a ProtocolError where there is none, are more than MAX_BATCH, or the last one is not whole.
   */
  split(batch: Uint8Array): Uint8Array[];
}

/**
 * Turns messages into bytes and back. Headers are read and written apart from the payload, which stays bytes
 * (`RawPayload`) until somebody asks for its values. An implementation is proven by `serializerConformance`.
 */
export interface Serializer {
  /** `json`, `cbor`, `msgpack`: also how a RawPayload says whose bytes it holds. The same for its batched form. */
  readonly name: string;
  /** The WebSocket subprotocol, e.g. `wamp.2.cbor` or `wamp.2.cbor.batched`. */
  readonly subprotocol: string;
  /** Whether frames are binary; JSON's are text. */
  readonly binary: boolean;
  /**
   * The name of the serializer whose bytes its raw payloads are, where that is another: FlatBuffers carries CBOR.
   * Such a payload goes on to that serializer untouched, too.
   */
  readonly payloads?: string;
  /**
   * Present where a frame of the wire carries a batch of messages, even if only one. A wire that knows batches joins
   * what `encode` gives and splits what `decode` takes; both are of one message, with or without batches.
   */
  readonly batch?: Batching;

  /**
   * The bytes of a message, which nobody writes to again: a wire may keep them. A RawPayload of this serializer is copied behind the header, any other is decoded first.
   * Throws a SerializationError where a value cannot be carried.
   */
  encode(message: Message): Uint8Array;

  /**
   * The same bytes as those of `encode`, in pieces that follow each other. Large ones are not copied: the bytes of a
   * RawPayload are those of the frame that it came in, and byte strings are the application's, which may write to them
   * when `send` is over. For wires that can do with several pieces of memory. Default: `encode` alone.
   */
  encodeInPieces?(message: Message): readonly Uint8Array[];

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
