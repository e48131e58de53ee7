import { MAX_DEPTH } from '@wamp-run/protocol';
import type { Cursor } from '../cursor.js';
import { LONGEST_INTEGER, WIDEST_NUMBER } from '../integer.js';
import { endsInProto } from '../proto-key.js';
import { beginsWithMark, utf8Fault } from '../utf8.js';
import {
  BREAK,
  BYTES,
  DICT,
  INDEFINITE,
  LIST,
  NEGATIVE,
  NEGATIVE_BIGNUM,
  POSITIVE_BIGNUM,
  readArgument,
  TAG,
  TEXT,
  UNSIGNED,
} from './head.js';

/**
 * Walks over a value and builds nothing. `depth` lists and dicts are around it. Odd is what cbor-x reads otherwise
 * than `readValue`: tags, integers beyond ±2^53, -0, undefined and other simple values, indefinite lengths, a key
 * `__proto__`, a text that begins with a byte order mark.
 */
export function walkValue(cursor: Cursor, depth: number): void {
  const { bytes } = cursor;
  let head = bytes[cursor.at];
  let tag = -1;
  // In a loop, so that no number of tags in a row can fill the stack.
  while (head !== undefined && head >> 5 === TAG) {
    tag = readArgument(cursor);
    if (tag === INDEFINITE) throw cursor.fault('a tag without a number', cursor.at - 1);
    cursor.odd = true;
    head = bytes[cursor.at];
  }
  if (head === undefined) throw cursor.fault('ends where a value should be');
  switch (head >> 5) {
    case UNSIGNED:
    case NEGATIVE:
      walkInteger(cursor);
      return;
    case BYTES: {
      const start = cursor.at;
      walkString(cursor, BYTES);
      if ((tag === POSITIVE_BIGNUM || tag === NEGATIVE_BIGNUM) && cursor.at - start > LONGEST_INTEGER + 9) {
        throw cursor.fault(`an integer of more than ${LONGEST_INTEGER} bytes`, start);
      }
      return;
    }
    case TEXT:
      walkString(cursor, TEXT);
      return;
    case LIST:
      walkList(cursor, depth);
      return;
    case DICT:
      walkDict(cursor, depth);
      return;
    default:
      walkSimple(cursor, head);
  }
}

function walkInteger(cursor: Cursor): void {
  const argument = readArgument(cursor);
  if (argument === INDEFINITE) throw cursor.fault('an integer of indefinite length', cursor.at - 1);
  if (argument >= WIDEST_NUMBER) cursor.odd = true;
}

function walkString(cursor: Cursor, major: number): void {
  const length = readArgument(cursor);
  if (length !== INDEFINITE) {
    walkContent(cursor, major, length);
    return;
  }
  cursor.odd = true;
  while (cursor.bytes[cursor.at] !== BREAK) {
    const head = cursor.bytes[cursor.at];
    if (head === undefined) throw cursor.fault('ends inside a string');
    if (head >> 5 !== major) throw cursor.fault('a piece of another type inside a string');
    const piece = readArgument(cursor);
    if (piece === INDEFINITE) throw cursor.fault('a piece of indefinite length inside a string', cursor.at - 1);
    walkContent(cursor, major, piece);
  }
  cursor.at++;
}

function walkContent(cursor: Cursor, major: number, length: number): void {
  const start = cursor.at;
  cursor.skip(length, major === TEXT ? 'a string' : 'bytes');
  if (major !== TEXT) return;
  const fault = utf8Fault(cursor.bytes, start, cursor.at);
  if (fault !== -1) throw cursor.fault('a string that is no valid UTF-8', fault);
  if (beginsWithMark(cursor.bytes, start, cursor.at)) cursor.odd = true;
}

function walkList(cursor: Cursor, depth: number): void {
  if (depth >= MAX_DEPTH) throw cursor.fault(`nested deeper than ${MAX_DEPTH} levels`);
  const length = readArgument(cursor);
  if (length === INDEFINITE) {
    cursor.odd = true;
    while (cursor.bytes[cursor.at] !== BREAK) walkValue(cursor, depth + 1);
    cursor.at++;
    return;
  }
  for (let i = 0; i < length; i++) walkValue(cursor, depth + 1);
}

function walkDict(cursor: Cursor, depth: number): void {
  if (depth >= MAX_DEPTH) throw cursor.fault(`nested deeper than ${MAX_DEPTH} levels`);
  const length = readArgument(cursor);
  if (length === INDEFINITE) {
    cursor.odd = true;
    while (cursor.bytes[cursor.at] !== BREAK) walkMember(cursor, depth + 1);
    cursor.at++;
    return;
  }
  for (let i = 0; i < length; i++) walkMember(cursor, depth + 1);
}

function walkMember(cursor: Cursor, depth: number): void {
  const head = cursor.bytes[cursor.at];
  if (head === undefined) throw cursor.fault('ends where a key should be');
  if (head >> 5 !== TEXT) throw cursor.fault('a key that is no string');
  walkString(cursor, TEXT);
  if (endsInProto(cursor.bytes, cursor.at)) cursor.odd = true;
  walkValue(cursor, depth);
}

function walkSimple(cursor: Cursor, head: number): void {
  const { bytes, at } = cursor;
  const info = head & 0x1f;
  const argument = readArgument(cursor);
  if (argument === INDEFINITE) throw cursor.fault('a break where a value should be', at);
  if (info === 24 && argument < 32) throw cursor.fault('a simple value in the wrong form', at);
  if (info > 24) {
    // A float with the sign set and the next seven bits clear may be -0.
    if (bytes[at + 1] === 0x80) cursor.odd = true;
  } else if (info < 20 || info > 22) {
    cursor.odd = true;
  }
}
