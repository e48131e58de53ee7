import type { Value } from '@wamp-run/protocol';
import type { Cursor } from '../cursor.js';
import { readShortAscii } from '../utf8.js';
import { BACKSLASH, COMMA, DICT_BEGIN, DICT_END, isDigit, LIST_END, NINE, QUOTE, SPACE, ZERO } from './characters.js';
import { readValue } from './read.js';
import { walkValue } from './walk.js';
import { SAFE_DIGITS } from './walk-number.js';

/** Reads an item of a header, which nobody has walked yet. */
export function readItem(cursor: Cursor): Value {
  const { bytes, at } = cursor;
  const first = bytes[at] as number;
  // What nearly every header is made of first: ids, options with nothing in them, URIs.
  if (first > ZERO && first <= NINE) {
    const integer = readShortInteger(cursor);
    if (integer !== undefined) return integer;
  } else if (first === DICT_BEGIN && bytes[at + 1] === DICT_END) {
    cursor.at = at + 2;
    return {};
  } else if (first === QUOTE) {
    const text = readShortString(cursor);
    if (text !== undefined) return text;
  }
  walkValue(cursor, 0);
  cursor.at = at;
  return readValue(cursor);
}

/** An integer of few digits with nothing else behind them; undefined, and no move, for another number. */
function readShortInteger(cursor: Cursor): number | undefined {
  const { bytes, at: start } = cursor;
  let value = 0;
  let at = start;
  for (; isDigit(bytes[at]); at++) value = value * 10 + ((bytes[at] as number) - ZERO);
  if (at - start > SAFE_DIGITS || (bytes[at] !== COMMA && bytes[at] !== LIST_END)) return undefined;
  cursor.at = at;
  return value;
}

/** A string of ASCII without escapes; undefined, and no move, for another. */
function readShortString(cursor: Cursor): string | undefined {
  const { bytes, at } = cursor;
  const start = at + 1;
  let end = start;
  for (; bytes[end] !== QUOTE; end++) {
    const byte = bytes[end];
    if (byte === undefined || byte < SPACE || byte >= 0x80 || byte === BACKSLASH) return undefined;
  }
  const text = readShortAscii(bytes, start, end);
  if (text !== undefined) cursor.at = end + 1;
  return text;
}
