/**
 * JSON for WAMP: `wamp.2.json` and `wamp.2.json.batched`.
 *
 * @packageDocumentation
 */
import type { Serializer, ValueSerializer } from '@wamp-run/protocol';
import { separated } from '../batching.js';
import { FormatValues } from '../format-values.js';
import { FrameSerializer } from '../frame-serializer.js';
import { JSON_TEXT } from './format.js';

/**
 * JSON (RFC 8259), subprotocol `wamp.2.json`, text frames, handed over as UTF-8.
 *
 * Bytes travel as a string of NUL and base64, as WAMP has it. So a string of an application's own that begins with NUL
 * is a SerializationError when sending; one that arrives and is no base64 behind its NUL stays a string.
 * Integers beyond ±2^53 are bigint up to 32768 bits, written as digits; a float without a fraction that is as large
 * is written with an exponent. Half of a surrogate pair arrives as U+FFFD.
 * `encode` throws a SerializationError, `decode` a ProtocolError.
 *
 * @example
 * const connector = websocket('wss://router.example/ws', { serializers: [json()] });
 */
export function json(): Serializer {
  return new FrameSerializer(JSON_TEXT);
}

/** How JSON travels in batches. */
export interface JsonBatchedOptions {
  /**
   * Take batches, too, whose messages end in 0x18, as those of Autobahn|Python and Crossbar.io do: they read the
   * specification's `\30` as octal. What is sent ends in 0x1e either way. Default: false.
   */
  readonly octalSeparator?: boolean;
}

/**
 * JSON in batches, subprotocol `wamp.2.json.batched`: all messages of one turn leave in one frame, behind each the
 * octet 0x1e. Otherwise the same as `json`. A batch has at most MAX_BATCH messages.
 *
 * @example
 * const connector = websocket('wss://router.example/ws', { serializers: [jsonBatched(), json()] });
 */
export function jsonBatched(options: JsonBatchedOptions = {}): Serializer {
  return new FrameSerializer(JSON_TEXT, separated(options.octalSeparator ?? false));
}

/**
 * JSON for single values, as UTF-8 without white space, by the same rules: what Autobahn's cryptobox is made of.
 *
 * @example new TextDecoder().decode(jsonValues().encode({ a: new Uint8Array([3]) })) // {"a":"\u0000Aw=="}
 */
export function jsonValues(): ValueSerializer {
  return new FormatValues(JSON_TEXT);
}
