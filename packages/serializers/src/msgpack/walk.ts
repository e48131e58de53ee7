import { MAX_DEPTH } from '@wamp-run/protocol';
import { uint32, uint64 } from '../big-endian.js';
import type { Cursor } from '../cursor.js';
import { WIDEST_NUMBER } from '../integer.js';
import { endsInProto } from '../proto-key.js';
import { beginsWithMark, utf8Fault } from '../utf8.js';
import {
  FLOAT32,
  INT8,
  INT16,
  INT32,
  INT64,
  KINDS,
  Kind,
  NEGATIVE_FIXINT,
  readLength,
  UINT8,
  UINT16,
  UINT32,
  UINT64,
} from './head.js';

/**
 * Walks over a value and builds nothing. `depth` lists and dicts are around it. Odd is what msgpackr reads otherwise
 * than `readValue`: extensions, integers beyond ±2^53, -0, a key `__proto__`, a text that begins with a byte order mark.
 */
export function walkValue(cursor: Cursor, depth: number): void {
  const head = cursor.bytes[cursor.at];
  if (head === undefined) throw cursor.fault('ends where a value should be');
  switch (KINDS[head]) {
    case Kind.INTEGER:
      walkInteger(cursor, head);
      return;
    case Kind.TEXT:
      walkText(cursor);
      return;
    case Kind.DICT:
      walkDict(cursor, depth);
      return;
    case Kind.LIST:
      walkList(cursor, depth);
      return;
    case Kind.NIL:
    case Kind.BOOLEAN:
      cursor.at++;
      return;
    case Kind.FLOAT:
      cursor.skip(head === FLOAT32 ? 5 : 9, 'a float');
      // The sign set and the next seven bits clear: it may be -0.
      if (cursor.bytes[cursor.at - (head === FLOAT32 ? 4 : 8)] === 0x80) cursor.odd = true;
      return;
    case Kind.BYTES:
      cursor.skip(readLength(cursor), 'bytes');
      return;
    case Kind.EXT:
      cursor.odd = true;
      // One more byte says what kind of extension it is.
      cursor.skip(readLength(cursor) + 1, 'an extension');
      return;
    default:
      throw cursor.fault(`0x${head.toString(16)}, which begins no value`);
  }
}

function walkInteger(cursor: Cursor, head: number): void {
  if (head < UINT8 || head >= NEGATIVE_FIXINT) {
    cursor.at++;
    return;
  }
  const { bytes, at } = cursor;
  cursor.skip(integerWidth(head), 'an integer');
  if (head === UINT64) {
    if (uint64(bytes, at + 1) >= WIDEST_NUMBER) cursor.odd = true;
  } else if (head === INT64) {
    // The upper half of a number within ±2^53, read without its sign, is near either end of the 32 bits.
    const high = uint32(bytes, at + 1);
    if (high >= 0x200000 && high < 0x100000000 - 0x200000) cursor.odd = true;
  }
}

/** How many bytes an integer takes that is not in its first byte, that byte included. */
export function integerWidth(head: number): number {
  switch (head) {
    case UINT8:
    case INT8:
      return 2;
    case UINT16:
    case INT16:
      return 3;
    case UINT32:
    case INT32:
      return 5;
    default:
      return 9;
  }
}

function walkText(cursor: Cursor): void {
  const length = readLength(cursor);
  const start = cursor.at;
  cursor.skip(length, 'a string');
  const fault = utf8Fault(cursor.bytes, start, cursor.at);
  if (fault !== -1) throw cursor.fault('a string that is no valid UTF-8', fault);
  if (beginsWithMark(cursor.bytes, start, cursor.at)) cursor.odd = true;
}

function walkList(cursor: Cursor, depth: number): void {
  if (depth >= MAX_DEPTH) throw cursor.fault(`nested deeper than ${MAX_DEPTH} levels`);
  const length = readLength(cursor);
  for (let i = 0; i < length; i++) walkValue(cursor, depth + 1);
}

function walkDict(cursor: Cursor, depth: number): void {
  if (depth >= MAX_DEPTH) throw cursor.fault(`nested deeper than ${MAX_DEPTH} levels`);
  const length = readLength(cursor);
  for (let i = 0; i < length; i++) {
    const head = cursor.bytes[cursor.at];
    if (head === undefined) throw cursor.fault('ends where a key should be');
    if (KINDS[head] !== Kind.TEXT) throw cursor.fault('a key that is no string');
    walkText(cursor);
    if (endsInProto(cursor.bytes, cursor.at)) cursor.odd = true;
    walkValue(cursor, depth + 1);
  }
}
