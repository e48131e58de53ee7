import { MAX_DEPTH } from '@wamp-run/protocol';
import { uint16, uint32 } from '../big-endian.js';
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

// Heads that say all by themselves, or whose argument stands in the one, two, or four octets behind them.
const ONE_OCTET = 24;
const FOUR_OCTETS = 26;
const FALSE = 0xf4;
const NULL = 0xf6;
const FLOAT64 = 0xfb;
const NEGATIVE_ZERO = 0x80;
/** In the place of an index, for what is looked at more closely. */
const RARE = -1;

/**
 * Walks over a value and builds nothing. `depth` lists and dicts are around it. Odd is what cbor-x reads otherwise
 * than `readValue`: tags, integers beyond ±2^53, -0, undefined and other simple values, indefinite lengths, a key
 * `__proto__`, a text that begins with a byte order mark.
 */
export function walkValue(cursor: Cursor, depth: number): void {
  cursor.at = walk(cursor, cursor.at, depth);
}

/**
 * Walks over the value at an index; returns where it ends. What nearly every payload is made of is settled here, with no
 * more than indices; for all else, and for what is wrong, there is `walkRare`.
 */
function walk(cursor: Cursor, at: number, depth: number): number {
  const { bytes } = cursor;
  const head = bytes[at] as number;
  const info = head & 0x1f;
  let end = RARE;
  switch (head >> 5) {
    case UNSIGNED:
    case NEGATIVE:
      end = endOfHead(at, info);
      break;
    case BYTES:
      if (info <= FOUR_OCTETS) end = endOfHead(at, info) + argumentAt(bytes, at, info);
      break;
    case TEXT:
      end = endOfAscii(bytes, at);
      break;
    case LIST:
      if (info < ONE_OCTET && depth < MAX_DEPTH) {
        end = at + 1;
        for (let i = 0; i < info; i++) end = walk(cursor, end, depth + 1);
      }
      break;
    case DICT:
      if (info < ONE_OCTET && depth < MAX_DEPTH) {
        end = at + 1;
        for (let i = 0; i < info; i++) end = walk(cursor, walkKey(cursor, end), depth + 1);
      }
      break;
    default:
      if (head >= FALSE && head <= NULL) end = at + 1;
      else if (head === FLOAT64 && bytes[at + 1] !== NEGATIVE_ZERO) end = at + 9;
  }
  if (end !== RARE && end <= bytes.length) return end;
  cursor.at = at;
  walkRare(cursor, depth);
  return cursor.at;
}

/** Where a head ends that begins at an index, by its lower bits; RARE for the long and the reserved ones. */
function endOfHead(at: number, info: number): number {
  if (info < ONE_OCTET) return at + 1;
  return info <= FOUR_OCTETS ? at + 1 + (1 << (info - ONE_OCTET)) : RARE;
}

/** The argument of a head of at most four octets more. Where they are not all there, it is no number. */
function argumentAt(bytes: Uint8Array, at: number, info: number): number {
  if (info < ONE_OCTET) return info;
  if (info === ONE_OCTET) return bytes[at + 1] as number;
  return info === FOUR_OCTETS ? uint32(bytes, at + 1) : uint16(bytes, at + 1);
}

/** Where a text ends that is ASCII, and not very long; RARE for others. */
function endOfAscii(bytes: Uint8Array, at: number): number {
  const info = (bytes[at] as number) & 0x1f;
  let start = at + 1;
  let length = info;
  if (info === ONE_OCTET) {
    length = bytes[start] as number;
    start++;
  } else if (info > ONE_OCTET) {
    return RARE;
  }
  const end = start + length;
  for (let i = start; i < end; i++) if (!((bytes[i] as number) < 0x80)) return RARE;
  return end;
}

/** Walks over the key at an index; returns where it ends. */
function walkKey(cursor: Cursor, at: number): number {
  const { bytes } = cursor;
  const head = bytes[at] as number;
  if (head >> 5 === TEXT) {
    const end = endOfAscii(bytes, at);
    if (end !== RARE && end <= bytes.length) {
      if (endsInProto(bytes, end)) cursor.odd = true;
      return end;
    }
  }
  cursor.at = at;
  walkRareKey(cursor);
  return cursor.at;
}

/** `walkValue` for any value, with a word for all that can be wrong. */
function walkRare(cursor: Cursor, depth: number): void {
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
  cursor.at = walk(cursor, walkKey(cursor, cursor.at), depth);
}

function walkRareKey(cursor: Cursor): void {
  const head = cursor.bytes[cursor.at];
  if (head === undefined) throw cursor.fault('ends where a key should be');
  if (head >> 5 !== TEXT) throw cursor.fault('a key that is no string');
  walkString(cursor, TEXT);
  if (endsInProto(cursor.bytes, cursor.at)) cursor.odd = true;
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
