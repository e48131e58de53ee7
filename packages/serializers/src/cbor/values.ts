import { type Dict, type PlainPayload, SerializationError, type Value } from '@wamp-run/protocol';
import { Decoder, type Options } from 'cbor-x';
import { Cursor } from '../cursor.js';
import { readValue } from './read.js';

// `int64AsNumber` is missing from the library's types. Integers that it would round are odd and never get there.
const OPTIONS: Options & { int64AsNumber: boolean } = {
  useRecords: false,
  mapsAsObjects: true,
  copyBuffers: true,
  int64AsNumber: true,
};
const decoder = new Decoder(OPTIONS);
/** Below so many bytes, getting into the library costs more than reading. */
const SMALL = 128;

/** The values of args, or of args and kwargs, that have been walked. */
export function readTail(raw: Uint8Array, elements: 1 | 2, odd: boolean): PlainPayload {
  if (odd || raw.length < SMALL) {
    const cursor = new Cursor(raw, 'cbor');
    return plain(readValue(cursor), elements === 2 ? readValue(cursor) : {});
  }
  // A view of its own: the library hangs a property on what it is given, and its bytes are of the same class.
  const view = new Uint8Array(raw.buffer, raw.byteOffset, raw.length);
  try {
    if (elements === 1) return plain(decoder.decode(view), {});
    const both: Value[] = decoder.decodeMultiple(view) ?? [];
    return plain(both[0] as Value, both[1] as Value);
  } catch (cause) {
    // The bytes are well-formed; what is left is a limit that the application set for the whole library.
    throw new SerializationError(`cbor: cbor-x refuses the payload: ${String(cause)}`, { cause });
  }
}

function plain(args: Value, kwargs: Value): PlainPayload {
  return { args: args as Value[], kwargs: kwargs as Dict };
}
