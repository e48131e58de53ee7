/**
 * UBJSON for WAMP: `wamp.2.ubjson` and `wamp.2.ubjson.batched`.
 *
 * @packageDocumentation
 */
import { InvalidConfiguration, type Serializer } from '@wamp-run/protocol';
import { PREFIXED } from '../batching.js';
import type { Format } from '../format.js';
import { FrameSerializer } from '../frame-serializer.js';
import { UBJSON, UBJSON_DRAFT12 } from './format.js';

/** Two formats go by the name of UBJSON in WAMP; nothing on the wire tells them apart. */
export type UbjsonDialect = 'bjdata' | 'draft12';

/** Which UBJSON. */
export interface UbjsonOptions {
  /**
   * `bjdata`: BJData Draft 3, little-endian, as Autobahn|Python speaks it from 26.6 on.
   * `draft12`: UBJSON Draft 12, big-endian, as it spoke until 25.12. Default: `bjdata`.
   */
  readonly dialect?: UbjsonDialect;
}

/**
 * UBJSON, subprotocol `wamp.2.ubjson`, binary frames.
 *
 * Integers beyond ±2^53 are bigint up to 32768 bits; what 64 bits do not hold travels as a number of high precision.
 * Of what other peers may send, a list typed as bytes is bytes (`$B` in BJData, `$U` in Draft 12) and one of another
 * type a list of its values; lists of several dimensions, and lists whose values take no bytes, are refused.
 * `encode` throws a SerializationError, `decode` a ProtocolError.
 *
 * @throws InvalidConfiguration where there is no such dialect
 * @see https://ubjson.org/type-reference/ and https://neurojson.org/bjdata/draft3
 * @example
 * const connector = websocket('wss://router.example/ws', { serializers: [ubjson({ dialect: 'draft12' })] });
 */
export function ubjson(options: UbjsonOptions = {}): Serializer {
  return new FrameSerializer(formatFor(options));
}

/**
 * UBJSON in batches, subprotocol `wamp.2.ubjson.batched`: all messages of one turn leave in one frame, before each its
 * length as 32 bits. Otherwise the same as `ubjson`. A batch has at most MAX_BATCH messages.
 *
 * @throws InvalidConfiguration where there is no such dialect
 * @example
 * const connector = websocket('wss://router.example/ws', { serializers: [ubjsonBatched(), ubjson()] });
 */
export function ubjsonBatched(options: UbjsonOptions = {}): Serializer {
  return new FrameSerializer(formatFor(options), PREFIXED);
}

function formatFor({ dialect = 'bjdata' }: UbjsonOptions): Format {
  switch (dialect) {
    case 'bjdata':
      return UBJSON;
    case 'draft12':
      return UBJSON_DRAFT12;
    default:
      throw new InvalidConfiguration(
        `ubjson: dialect: expected bjdata or draft12, got ${JSON.stringify(dialect satisfies never)}`,
      );
  }
}
