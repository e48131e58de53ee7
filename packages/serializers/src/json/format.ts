import { SerializationError } from '@wamp-run/protocol';
import type { Format } from '../format.js';
import { refuseLongIntegers } from '../integer.js';
import { COMMA, DICT_BEGIN, DICT_END, isDigit, LIST_BEGIN, LIST_END, MINUS, QUOTE, skipSpace } from './characters.js';
import { readItem } from './item.js';
import { readTail } from './values.js';
import { anotherIn, beginsWithNul, walkValue } from './walk.js';
import { AmbiguousString, writeValue } from './write.js';

const NULL_BEGIN = 0x6e;

// What `left` of a cursor means here.
const DONE = 0;
const BEFORE_FIRST = -1;
const BEHIND_ITEM = -2;

/** JSON (RFC 8259), as UTF-8. */
export const JSON_TEXT: Format = {
  name: 'json',
  binary: false,
  portable: { wide: refuseLongIntegers },

  openMessage(cursor) {
    skipSpace(cursor);
    if (cursor.at >= cursor.bytes.length) throw cursor.fault('an empty frame');
    if (cursor.bytes[cursor.at] !== LIST_BEGIN) throw cursor.fault('a message that is no list');
    cursor.at++;
    cursor.left = BEFORE_FIRST;
  },
  openTail(cursor) {
    cursor.left = BEFORE_FIRST;
  },
  next(cursor) {
    if (cursor.left === DONE) return false;
    skipSpace(cursor);
    const another = cursor.left === BEFORE_FIRST ? cursor.bytes[cursor.at] !== LIST_END : anotherIn(cursor, LIST_END);
    if (!another && cursor.left === BEFORE_FIRST) cursor.at++;
    cursor.left = another ? BEHIND_ITEM : DONE;
    return another;
  },
  close(cursor) {
    skipSpace(cursor);
    if (cursor.at < cursor.bytes.length) throw cursor.fault('more text than the message');
  },
  walk(cursor) {
    walkValue(cursor, 0);
  },
  readItem,
  typeAt(cursor) {
    const byte = cursor.bytes[cursor.at];
    switch (byte) {
      case undefined:
        return 'nothing';
      case LIST_BEGIN:
        return 'list';
      case DICT_BEGIN:
        return 'dict';
      case QUOTE:
        return 'string';
      case NULL_BEGIN:
        return 'null';
      default:
        return byte === MINUS || isDigit(byte) ? 'number' : 'another value';
    }
  },
  isBytesAt(cursor) {
    if (!beginsWithNul(cursor.bytes, cursor.at + 1)) return false;
    const start = cursor.at;
    const item = readItem(cursor);
    cursor.at = start;
    return item instanceof Uint8Array;
  },
  isEmptyAt(bytes, at) {
    return bytes[at + 1] === LIST_END || bytes[at + 1] === DICT_END;
  },
  emptyArgs: Uint8Array.of(LIST_BEGIN, LIST_END, COMMA),
  readTail,

  beginMessage(writer) {
    writer.byte(LIST_BEGIN);
  },
  writeItem(writer, item, index) {
    if (index > 0) writer.byte(COMMA);
    try {
      writeValue(writer, item);
    } catch (error) {
      if (!(error instanceof AmbiguousString)) throw error;
      throw new SerializationError(`message[${index}]${error.path}: ${error.message}`);
    }
  },
  writeRaw(writer, raw) {
    writer.byte(COMMA);
    writer.copy(raw);
  },
  endMessage(writer) {
    writer.byte(LIST_END);
  },
};
