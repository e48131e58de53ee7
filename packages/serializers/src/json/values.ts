import type { Dict, PlainPayload, Value } from '@wamp-run/protocol';
import { Cursor } from '../cursor.js';
import { readUtf8 } from '../utf8.js';
import { skipSpace } from './characters.js';
import { readValue } from './read.js';

/** The values of args, or of args and kwargs, that have been walked. */
export function readTail(raw: Uint8Array, elements: 1 | 2, odd: boolean): PlainPayload {
  if (odd) return readOddTail(raw, elements);
  const text = readUtf8(raw, 0, raw.length);
  if (elements === 1) return plain(JSON.parse(text), {});
  const both: [Value, Value] = JSON.parse(`[${text}]`);
  return plain(both[0], both[1]);
}

function readOddTail(raw: Uint8Array, elements: 1 | 2): PlainPayload {
  const cursor = new Cursor(raw, 'json');
  skipSpace(cursor);
  const args = readValue(cursor);
  if (elements === 1) return plain(args, {});
  skipSpace(cursor);
  // The comma.
  cursor.at++;
  skipSpace(cursor);
  return plain(args, readValue(cursor));
}

function plain(args: Value, kwargs: Value): PlainPayload {
  return { args: args as Value[], kwargs: kwargs as Dict };
}
