import { type Dict, setKey, type Value } from '@wamp-run/protocol';
import type { Cursor } from '../cursor.js';
import { integerValue } from '../integer.js';
import { readUtf8 } from '../utf8.js';
import { DICT_END, type Dialect, Kind, LIST_END, TRUE } from './dialect.js';
import { readContainerHead, readFloat, readInteger, readLength, skipNoOps } from './head.js';

const INTEGER = /^-?\d+$/;

/** Reads a value that has been walked, under the rules of Value: a list typed as bytes is bytes. */
export function readValue(cursor: Cursor, dialect: Dialect): Value {
  skipNoOps(cursor);
  return readContent(cursor, dialect, cursor.bytes[cursor.at++] as number);
}

/** Reads what is behind a marker. */
function readContent(cursor: Cursor, dialect: Dialect, marker: number): Value {
  switch (dialect.kinds[marker]) {
    case Kind.INTEGER:
      return readInteger(cursor, dialect, marker);
    case Kind.TEXT:
      return readText(cursor, dialect);
    case Kind.DICT:
      return readDict(cursor, dialect);
    case Kind.LIST:
      return readList(cursor, dialect);
    case Kind.FLOAT:
      return readFloat(cursor, dialect, marker);
    case Kind.CHAR:
      return String.fromCharCode(cursor.bytes[cursor.at++] as number);
    case Kind.HIGH_PRECISION:
      return readDigits(cursor, dialect);
    case Kind.BOOLEAN:
      return marker === TRUE;
    default:
      return null;
  }
}

function readText(cursor: Cursor, dialect: Dialect): string {
  const length = readLength(cursor, dialect);
  const start = cursor.at;
  cursor.at += length;
  return readUtf8(cursor.bytes, start, cursor.at);
}

function readDigits(cursor: Cursor, dialect: Dialect): number | bigint {
  const digits = readText(cursor, dialect);
  if (INTEGER.test(digits)) return integerValue(BigInt(digits));
  const value = Number(digits);
  return value === 0 ? 0 : value;
}

function readList(cursor: Cursor, dialect: Dialect): Value[] | Uint8Array {
  const { type, count } = readContainerHead(cursor, dialect);
  if (type === dialect.bytesType) {
    const start = cursor.at;
    cursor.at += count;
    return new Uint8Array(cursor.bytes.subarray(start, cursor.at));
  }
  const list: Value[] = [];
  if (type !== 0) {
    for (let i = 0; i < count; i++) list.push(readContent(cursor, dialect, type));
  } else if (count >= 0) {
    for (let i = 0; i < count; i++) list.push(readValue(cursor, dialect));
  } else {
    for (skipNoOps(cursor); cursor.bytes[cursor.at] !== LIST_END; skipNoOps(cursor)) {
      list.push(readValue(cursor, dialect));
    }
    cursor.at++;
  }
  return list;
}

function readDict(cursor: Cursor, dialect: Dialect): Dict {
  const { type, count } = readContainerHead(cursor, dialect);
  const dict: Dict = {};
  if (count >= 0) {
    for (let i = 0; i < count; i++) {
      skipNoOps(cursor);
      const key = readText(cursor, dialect);
      setKey(dict, key, type === 0 ? readValue(cursor, dialect) : readContent(cursor, dialect, type));
    }
  } else {
    for (skipNoOps(cursor); cursor.bytes[cursor.at] !== DICT_END; skipNoOps(cursor)) {
      setKey(dict, readText(cursor, dialect), readValue(cursor, dialect));
    }
    cursor.at++;
  }
  return dict;
}
