import type { Value } from '@wamp-run/protocol';
import type { Cursor } from '../cursor.js';
import { readShortAscii } from '../utf8.js';
import { FIXDICT, KINDS, Kind, readLength } from './head.js';
import { readValue } from './read.js';
import { walkValue } from './walk.js';

/** Reads an item of a header, which nobody has walked yet. */
export function readItem(cursor: Cursor): Value {
  const { bytes, at } = cursor;
  const head = bytes[at] as number;
  // What nearly every header is made of first: codes, options with nothing in them, URIs.
  if (head < FIXDICT) {
    cursor.at = at + 1;
    return head;
  }
  if (head === FIXDICT) {
    cursor.at = at + 1;
    return {};
  }
  if (KINDS[head] === Kind.TEXT) {
    const text = readShortText(cursor);
    if (text !== undefined) return text;
    cursor.at = at;
  }
  walkValue(cursor, 0);
  cursor.at = at;
  return readValue(cursor);
}

function readShortText(cursor: Cursor): string | undefined {
  const end = readLength(cursor) + cursor.at;
  if (end > cursor.bytes.length) return undefined;
  const text = readShortAscii(cursor.bytes, cursor.at, end);
  cursor.at = end;
  return text;
}
