import { type Dict, setKey, type Value } from '@wamp-run/protocol';
import { exactUint64, uint16, uint32, uint64 } from '../big-endian.js';
import type { Cursor } from '../cursor.js';
import { integerValue, WIDEST_NUMBER } from '../integer.js';
import { readUtf8 } from '../utf8.js';
import {
  FIXDICT,
  FLOAT32,
  INT8,
  INT16,
  INT32,
  KINDS,
  Kind,
  NEGATIVE_FIXINT,
  readLength,
  TRUE,
  UINT8,
  UINT16,
  UINT32,
  UINT64,
} from './head.js';

/** Reads a value that has been walked, under the rules of Value: an extension is its bytes. */
export function readValue(cursor: Cursor): Value {
  const head = cursor.bytes[cursor.at] as number;
  switch (KINDS[head]) {
    case Kind.INTEGER:
      return readInteger(cursor);
    case Kind.TEXT:
      return readText(cursor);
    case Kind.DICT:
      return readDict(cursor);
    case Kind.LIST:
      return readList(cursor);
    case Kind.FLOAT:
      return readFloat(cursor, head);
    case Kind.BYTES:
      return readBytes(cursor, readLength(cursor));
    case Kind.EXT: {
      const length = readLength(cursor);
      cursor.at++;
      return readBytes(cursor, length);
    }
    case Kind.BOOLEAN:
      cursor.at++;
      return head === TRUE;
    default:
      cursor.at++;
      return null;
  }
}

/** Reads an integer that has been walked. */
export function readInteger(cursor: Cursor): number | bigint {
  const { bytes, at } = cursor;
  const head = bytes[at] as number;
  if (head < FIXDICT) {
    cursor.at = at + 1;
    return head;
  }
  if (head >= NEGATIVE_FIXINT) {
    cursor.at = at + 1;
    return head - 0x100;
  }
  switch (head) {
    case UINT8:
      cursor.at = at + 2;
      return bytes[at + 1] as number;
    case UINT16:
      cursor.at = at + 3;
      return uint16(bytes, at + 1);
    case UINT32:
      cursor.at = at + 5;
      return uint32(bytes, at + 1);
    case UINT64: {
      cursor.at = at + 9;
      const value = uint64(bytes, at + 1);
      return value < WIDEST_NUMBER ? value : integerValue(exactUint64(bytes, at + 1));
    }
    case INT8:
      cursor.at = at + 2;
      return cursor.view.getInt8(at + 1);
    case INT16:
      cursor.at = at + 3;
      return cursor.view.getInt16(at + 1);
    case INT32:
      cursor.at = at + 5;
      return cursor.view.getInt32(at + 1);
    default:
      cursor.at = at + 9;
      return integerValue(cursor.view.getBigInt64(at + 1));
  }
}

function readFloat(cursor: Cursor, head: number): number {
  const { at } = cursor;
  const single = head === FLOAT32;
  cursor.at = at + (single ? 5 : 9);
  const value = single ? cursor.view.getFloat32(at + 1) : cursor.view.getFloat64(at + 1);
  return value === 0 ? 0 : value;
}

function readBytes(cursor: Cursor, length: number): Uint8Array {
  const start = cursor.at;
  cursor.at += length;
  return new Uint8Array(cursor.bytes.subarray(start, cursor.at));
}

function readText(cursor: Cursor): string {
  const length = readLength(cursor);
  const start = cursor.at;
  cursor.at += length;
  return readUtf8(cursor.bytes, start, cursor.at);
}

function readList(cursor: Cursor): Value[] {
  const length = readLength(cursor);
  const list: Value[] = [];
  for (let i = 0; i < length; i++) list.push(readValue(cursor));
  return list;
}

function readDict(cursor: Cursor): Dict {
  const length = readLength(cursor);
  const dict: Dict = {};
  for (let i = 0; i < length; i++) setKey(dict, readText(cursor), readValue(cursor));
  return dict;
}
