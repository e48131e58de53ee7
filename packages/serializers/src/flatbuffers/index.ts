/**
 * FlatBuffers for WAMP: `wamp.2.flatbuffers` and `wamp.2.flatbuffers.batched`.
 *
 * @packageDocumentation
 */
import type { Serializer } from '@wamp-run/protocol';
import { PREFIXED } from '../batching.js';
import { FlatBuffersSerializer } from './flatbuffers-serializer.js';

/**
 * FlatBuffers, subprotocol `wamp.2.flatbuffers`, binary frames: the schema of Autobahn|Python (`wamp/flatbuffers/*.fbs`),
 * args and kwargs as CBOR in it, under the rules of `cbor`. A payload goes on to a peer that speaks CBOR untouched.
 *
 * What the schema cannot say (roles, login details, options that it does not know) travels as CBOR in fields that it
 * does not have, which its readers leave alone. Between two ends of this project nothing is lost. Autobahn|Python itself
 * loses the details of HELLO and WELCOME: where they come without roles, every role is taken, without features.
 * `encode` throws a SerializationError, `decode` a ProtocolError.
 *
 * @example
 * const connector = websocket('wss://router.example/ws', { serializers: [flatbuffers()] });
 */
export function flatbuffers(): Serializer {
  return new FlatBuffersSerializer();
}

/**
 * FlatBuffers in batches, subprotocol `wamp.2.flatbuffers.batched`: all messages of one turn leave in one frame, before
 * each its length as 32 bits. Otherwise the same as `flatbuffers`. A batch has at most MAX_BATCH messages.
 *
 * @example
 * const connector = websocket('wss://router.example/ws', { serializers: [flatbuffersBatched(), flatbuffers()] });
 */
export function flatbuffersBatched(): Serializer {
  return new FlatBuffersSerializer(PREFIXED);
}
