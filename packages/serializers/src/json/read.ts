import { type Dict, setKey, type Value } from '@wamp-run/protocol';
import type { Cursor } from '../cursor.js';
import { integerValue } from '../integer.js';
import { readUtf8 } from '../utf8.js';
import { readBase64 } from './base64.js';
import { BACKSLASH, DICT_BEGIN, DICT_END, LIST_BEGIN, LIST_END, QUOTE, skipSpace } from './characters.js';
import { anotherIn } from './walk.js';
import { SAFE_DIGITS, walkNumber } from './walk-number.js';

const LONE_SURROGATE = /\p{Surrogate}/gu;
const FLOAT_MARK = /[.eE]/;

/** Reads a value that has been walked, under the rules of Value: a string of NUL and base64 is bytes. */
export function readValue(cursor: Cursor): Value {
  switch (cursor.bytes[cursor.at]) {
    case QUOTE:
      return bytesOrText(readString(cursor));
    case LIST_BEGIN:
      return readList(cursor);
    case DICT_BEGIN:
      return readDict(cursor);
    case 0x74:
      cursor.at += 4;
      return true;
    case 0x66:
      cursor.at += 5;
      return false;
    case 0x6e:
      cursor.at += 4;
      return null;
    default:
      return readNumber(cursor);
  }
}

/** A string from a peer that does not know the convention, and only begins like bytes, stays a string. */
function bytesOrText(text: string): Value {
  return text.charCodeAt(0) === 0 ? (readBase64(text, 1) ?? text) : text;
}

function readString(cursor: Cursor): string {
  const { bytes, at: start } = cursor;
  let end = start + 1;
  let escaped = false;
  for (; bytes[end] !== QUOTE; end++) {
    if (bytes[end] === BACKSLASH) {
      escaped = true;
      end++;
    }
  }
  cursor.at = end + 1;
  if (!escaped) return readUtf8(bytes, start + 1, end);
  const text: string = JSON.parse(readUtf8(bytes, start, end + 1));
  return text.replace(LONE_SURROGATE, '\ufffd');
}

function readList(cursor: Cursor): Value[] {
  const list: Value[] = [];
  cursor.at++;
  skipSpace(cursor);
  if (cursor.bytes[cursor.at] === LIST_END) {
    cursor.at++;
    return list;
  }
  do {
    list.push(readValue(cursor));
    skipSpace(cursor);
  } while (anotherIn(cursor, LIST_END));
  return list;
}

function readDict(cursor: Cursor): Dict {
  const dict: Dict = {};
  cursor.at++;
  skipSpace(cursor);
  if (cursor.bytes[cursor.at] === DICT_END) {
    cursor.at++;
    return dict;
  }
  do {
    const key = readString(cursor);
    skipSpace(cursor);
    cursor.at++;
    skipSpace(cursor);
    setKey(dict, key, readValue(cursor));
    skipSpace(cursor);
  } while (anotherIn(cursor, DICT_END));
  return dict;
}

function readNumber(cursor: Cursor): number | bigint {
  const start = cursor.at;
  walkNumber(cursor);
  const token = readUtf8(cursor.bytes, start, cursor.at);
  if (token.length > SAFE_DIGITS && !FLOAT_MARK.test(token)) return integerValue(BigInt(token));
  const value = Number(token);
  return value === 0 ? 0 : value;
}
