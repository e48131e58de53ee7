import { type Dict, type PlainPayload, SerializationError, type Value } from '@wamp-run/protocol';
import { Unpackr } from 'msgpackr';
import { Cursor } from '../cursor.js';
import { readValue } from './read.js';

// Integers that `int64AsType: 'number'` would round are odd and never get there.
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, copyBuffers: true, int64AsType: 'number' });
/** Below so many bytes, getting into the library costs more than reading. */
const SMALL = 128;

/** The values of args, or of args and kwargs, that have been walked. */
export function readTail(raw: Uint8Array, elements: 1 | 2, odd: boolean): PlainPayload {
  if (odd || raw.length < SMALL) {
    const cursor = new Cursor(raw, 'msgpack');
    return plain(readValue(cursor), elements === 2 ? readValue(cursor) : {});
  }
  // A view of its own: the library hangs a property on what it is given, and its bytes are of the same class.
  const view = new Uint8Array(raw.buffer, raw.byteOffset, raw.length);
  try {
    if (elements === 1) return plain(unpackr.unpack(view), {});
    const both: Value[] = unpackr.unpackMultiple(view) ?? [];
    return plain(both[0] as Value, both[1] as Value);
  } catch (cause) {
    throw new SerializationError(`msgpack: msgpackr refuses the payload: ${String(cause)}`, { cause });
  }
}

function plain(args: Value, kwargs: Value): PlainPayload {
  return { args: args as Value[], kwargs: kwargs as Dict };
}
