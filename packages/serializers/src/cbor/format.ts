import type { Format } from '../format.js';
import { refuseLongIntegers } from '../integer.js';
import { BREAK, BYTES, DICT, INDEFINITE, LIST, NEGATIVE, readArgument, TEXT, UNSIGNED, writeHead } from './head.js';
import { readItem } from './item.js';
import { readTail } from './values.js';
import { walkValue } from './walk.js';
import { writeValue } from './write.js';

const EMPTY_LIST = LIST << 5;
const EMPTY_DICT = DICT << 5;
const NULL = 0xf6;
const UNDEFINED = 0xf7;

/** CBOR (RFC 8949). */
export const CBOR: Format = {
  name: 'cbor',
  binary: true,
  portable: { wide: refuseLongIntegers },

  openMessage(cursor) {
    const head = cursor.bytes[0];
    if (head === undefined) throw cursor.fault('an empty frame');
    if (head >> 5 !== LIST) throw cursor.fault('a message that is no list');
    cursor.left = readArgument(cursor);
  },
  openTail(cursor, elements) {
    cursor.left = elements;
  },
  next(cursor) {
    if (cursor.left === 0) return false;
    if (cursor.left === INDEFINITE) {
      if (cursor.bytes[cursor.at] !== BREAK) return true;
      cursor.at++;
      cursor.left = 0;
      return false;
    }
    cursor.left--;
    return true;
  },
  close(cursor) {
    if (cursor.at < cursor.bytes.length) throw cursor.fault('more bytes than the message takes');
  },
  walk(cursor) {
    walkValue(cursor, 0);
  },
  readItem,
  typeAt(cursor) {
    const head = cursor.bytes[cursor.at];
    switch (head === undefined ? undefined : head >> 5) {
      case undefined:
        return 'nothing';
      case UNSIGNED:
      case NEGATIVE:
        return 'integer';
      case BYTES:
        return 'binary';
      case TEXT:
        return 'string';
      case LIST:
        return 'list';
      case DICT:
        return 'dict';
      default:
        return head === NULL || head === UNDEFINED ? 'null' : 'another value';
    }
  },
  isBytesAt(cursor) {
    return this.typeAt(cursor) === 'binary';
  },
  isEmptyAt(bytes, at) {
    return bytes[at] === EMPTY_LIST || bytes[at] === EMPTY_DICT;
  },
  emptyArgs: Uint8Array.of(EMPTY_LIST),
  readTail,

  beginMessage(writer, items) {
    writeHead(writer, LIST, items);
  },
  writeItem(writer, item) {
    writeValue(writer, item);
  },
  writeRaw(writer, raw) {
    writer.copy(raw);
  },
  endMessage() {
    // The head has said how many items there are.
  },
};
