/**
 * MessagePack for WAMP: `wamp.2.msgpack` and `wamp.2.msgpack.batched`.
 *
 * @packageDocumentation
 */
import type { Serializer } from '@wamp-run/protocol';
import { PREFIXED } from '../batching.js';
import { FrameSerializer } from '../frame-serializer.js';
import { MSGPACK } from './format.js';

/**
 * MessagePack, subprotocol `wamp.2.msgpack`, binary frames.
 *
 * Integers beyond ±2^53 are bigint, from -2^63 to 2^64 - 1; a larger one is a SerializationError when sending.
 * Of what other peers may send, an extension arrives as its bytes (a timestamp too), NaN and infinities as numbers.
 * Keys that are no strings are refused, and so are strings that are no valid UTF-8.
 * `encode` throws a SerializationError, `decode` a ProtocolError.
 *
 * @example
 * const connector = websocket('wss://router.example/ws', { serializers: [msgpack()] });
 */
export function msgpack(): Serializer {
  return new FrameSerializer(MSGPACK);
}

/**
 * MessagePack in batches, subprotocol `wamp.2.msgpack.batched`: all messages of one turn leave in one frame, before each its
 * length as 32 bits. Otherwise the same as `msgpack`. A batch has at most MAX_BATCH messages.
 *
 * @example
 * const connector = websocket('wss://router.example/ws', { serializers: [msgpackBatched(), msgpack()] });
 */
export function msgpackBatched(): Serializer {
  return new FrameSerializer(MSGPACK, PREFIXED);
}
