import { type Dict, setKey, type Value } from '@wamp-run/protocol';
import { exactUint64 } from '../big-endian.js';
import type { Cursor } from '../cursor.js';
import { float16 } from '../float16.js';
import { integerValue, WIDEST_NUMBER } from '../integer.js';
import { readUtf8 } from '../utf8.js';
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

/** Reads a value that has been walked, under the rules of Value: a tag is left out, undefined and unknown simple values are null. */
export function readValue(cursor: Cursor): Value {
  const { bytes } = cursor;
  let head = bytes[cursor.at] as number;
  let tag = -1;
  while (head >> 5 === TAG) {
    tag = readArgument(cursor);
    head = bytes[cursor.at] as number;
  }
  switch (head >> 5) {
    case UNSIGNED: {
      const argument = readArgument(cursor);
      return argument < WIDEST_NUMBER ? argument : integerValue(exactUint64(bytes, cursor.at - 8));
    }
    case NEGATIVE: {
      const argument = readArgument(cursor);
      return argument < WIDEST_NUMBER ? -1 - argument : integerValue(-1n - exactUint64(bytes, cursor.at - 8));
    }
    case BYTES:
      return tag === POSITIVE_BIGNUM || tag === NEGATIVE_BIGNUM ? readBignum(cursor, tag) : readBytes(cursor);
    case TEXT:
      return readText(cursor);
    case LIST:
      return readList(cursor);
    case DICT:
      return readDict(cursor);
    default:
      return readSimple(cursor, head);
  }
}

function readBytes(cursor: Cursor): Uint8Array {
  const length = readArgument(cursor);
  if (length !== INDEFINITE) return readPiece(cursor, length);
  const pieces: Uint8Array[] = [];
  let whole = 0;
  while (cursor.bytes[cursor.at] !== BREAK) {
    const piece = readPiece(cursor, readArgument(cursor));
    pieces.push(piece);
    whole += piece.length;
  }
  cursor.at++;
  const bytes = new Uint8Array(whole);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function readPiece(cursor: Cursor, length: number): Uint8Array {
  const start = cursor.at;
  cursor.at += length;
  return new Uint8Array(cursor.bytes.subarray(start, cursor.at));
}

function readBignum(cursor: Cursor, tag: number): number | bigint {
  let hex = '0x0';
  for (const byte of readBytes(cursor)) hex += byte.toString(16).padStart(2, '0');
  const magnitude = BigInt(hex);
  return integerValue(tag === POSITIVE_BIGNUM ? magnitude : -1n - magnitude);
}

function readText(cursor: Cursor): string {
  const length = readArgument(cursor);
  if (length !== INDEFINITE) {
    const start = cursor.at;
    cursor.at += length;
    return readUtf8(cursor.bytes, start, cursor.at);
  }
  let text = '';
  while (cursor.bytes[cursor.at] !== BREAK) text += readText(cursor);
  cursor.at++;
  return text;
}

function readList(cursor: Cursor): Value[] {
  const length = readArgument(cursor);
  const list: Value[] = [];
  if (length === INDEFINITE) {
    while (cursor.bytes[cursor.at] !== BREAK) list.push(readValue(cursor));
    cursor.at++;
  } else {
    for (let i = 0; i < length; i++) list.push(readValue(cursor));
  }
  return list;
}

function readDict(cursor: Cursor): Dict {
  const length = readArgument(cursor);
  const dict: Dict = {};
  if (length === INDEFINITE) {
    while (cursor.bytes[cursor.at] !== BREAK) setKey(dict, readText(cursor), readValue(cursor));
    cursor.at++;
  } else {
    for (let i = 0; i < length; i++) setKey(dict, readText(cursor), readValue(cursor));
  }
  return dict;
}

function readSimple(cursor: Cursor, head: number): Value {
  const { at } = cursor;
  readArgument(cursor);
  switch (head & 0x1f) {
    case 20:
      return false;
    case 21:
      return true;
    case 25:
      return withoutSignedZero(float16(cursor.view.getUint16(at + 1)));
    case 26:
      return withoutSignedZero(cursor.view.getFloat32(at + 1));
    case 27:
      return withoutSignedZero(cursor.view.getFloat64(at + 1));
    default:
      return null;
  }
}

function withoutSignedZero(value: number): number {
  return value === 0 ? 0 : value;
}
