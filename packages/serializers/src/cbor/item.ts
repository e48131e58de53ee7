import type { Value } from '@wamp-run/protocol';
import type { Cursor } from '../cursor.js';
import { readShortAscii } from '../utf8.js';
import { DICT, readArgument, TEXT } from './head.js';
import { readValue } from './read.js';
import { walkValue } from './walk.js';

const EMPTY_DICT = DICT << 5;
const UINT32 = 0x1a;

/** Reads an item of a header, which nobody has walked yet. */
export function readItem(cursor: Cursor): Value {
  const { bytes, at } = cursor;
  const head = bytes[at] as number;
  // What nearly every header is made of first: ids, options with nothing in them, URIs.
  if (head <= UINT32) return readArgument(cursor);
  if (head === EMPTY_DICT) {
    cursor.at = at + 1;
    return {};
  }
  if (head >> 5 === TEXT) {
    const text = readShortText(cursor);
    if (text !== undefined) return text;
    cursor.at = at;
  }
  walkValue(cursor, 0);
  cursor.at = at;
  return readValue(cursor);
}

function readShortText(cursor: Cursor): string | undefined {
  const end = readArgument(cursor) + cursor.at;
  if (end < cursor.at || end > cursor.bytes.length) return undefined;
  const text = readShortAscii(cursor.bytes, cursor.at, end);
  cursor.at = end;
  return text;
}
