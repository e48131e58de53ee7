/**
 * CBOR for WAMP: `wamp.2.cbor` and `wamp.2.cbor.batched`.
 *
 * @packageDocumentation
 */
import type { Serializer, ValueSerializer } from '@wamp-run/protocol';
import { PREFIXED } from '../batching.js';
import { FormatValues } from '../format-values.js';
import { FrameSerializer } from '../frame-serializer.js';
import { CBOR } from './format.js';

/**
 * CBOR (RFC 8949), subprotocol `wamp.2.cbor`, binary frames.
 *
 * Integers beyond ±2^53 are bigint up to 32768 bits either way. Of what other peers may send, tags arrive as their content
 * (bignums as integers), indefinite lengths as if they had been definite, NaN and infinities as numbers,
 * undefined and simple values without a meaning as null. Keys that are no strings are refused.
 * `encode` throws a SerializationError, `decode` a ProtocolError.
 *
 * @example
 * const connector = websocket('wss://router.example/ws', { serializers: [cbor()] });
 */
export function cbor(): Serializer {
  return new FrameSerializer(CBOR);
}

/**
 * CBOR in batches, subprotocol `wamp.2.cbor.batched`: all messages of one turn leave in one frame, before each its
 * length as 32 bits. Otherwise the same as `cbor`. A batch has at most MAX_BATCH messages.
 *
 * @example
 * const connector = websocket('wss://router.example/ws', { serializers: [cborBatched(), cbor()] });
 */
export function cborBatched(): Serializer {
  return new FrameSerializer(CBOR, PREFIXED);
}

/**
 * CBOR for single values, by the same rules: what an encrypted payload is made of.
 *
 * @example cborValues().decode(cborValues().encode({ args: [1] })) // { args: [1] }
 */
export function cborValues(): ValueSerializer {
  return new FormatValues(CBOR);
}
