import type { Dict, PlainPayload, Value } from '@wamp-run/protocol';
import { Cursor } from '../cursor.js';
import type { Format } from '../format.js';
import { refuseLongIntegers } from '../integer.js';
import { readShortAscii } from '../utf8.js';
import {
  BJDATA,
  COUNT,
  DICT_BEGIN,
  DICT_END,
  type Dialect,
  DRAFT12,
  INT8,
  Kind,
  LIST_BEGIN,
  LIST_END,
  TEXT,
  TYPE,
  UINT8,
} from './dialect.js';
import { readContainerHead, skipNoOps } from './head.js';
import { readValue } from './read.js';
import { walkValue } from './walk.js';
import { ValueWriter } from './write.js';

const TYPE_NAMES: Readonly<Record<number, string>> = {
  [Kind.NULL]: 'null',
  [Kind.BOOLEAN]: 'boolean',
  [Kind.INTEGER]: 'integer',
  [Kind.FLOAT]: 'float',
  [Kind.HIGH_PRECISION]: 'number',
  [Kind.CHAR]: 'string',
  [Kind.TEXT]: 'string',
  [Kind.LIST]: 'list',
  [Kind.DICT]: 'dict',
};

/** UBJSON as current peers speak it: BJData. */
export const UBJSON: Format = formatOf('ubjson', BJDATA);

/** UBJSON as it was specified. Its bytes are others, so it is a format of its own; on the wire it goes by the same name. */
export const UBJSON_DRAFT12: Format = { ...formatOf('ubjson-draft12', DRAFT12), subprotocol: 'ubjson' };

function formatOf(name: string, dialect: Dialect): Format {
  const values = new ValueWriter(dialect);
  return {
    name,
    binary: true,
    portable: { wide: refuseLongIntegers },

    openMessage(cursor) {
      skipNoOps(cursor);
      const { bytes } = cursor;
      if (cursor.at >= bytes.length) throw cursor.fault('an empty frame');
      if (bytes[cursor.at] !== LIST_BEGIN) throw cursor.fault('a message that is no list');
      cursor.at++;
      const { type, count } = readContainerHead(cursor, dialect);
      // No message is made of values of one type; one that is, as PUBLISHED, is not written so by anybody.
      if (type !== 0) throw cursor.fault('a message whose items are said to have one type');
      cursor.left = count;
    },
    openTail(cursor, elements) {
      cursor.left = elements;
    },
    next(cursor) {
      if (cursor.left === 0) return false;
      skipNoOps(cursor);
      if (cursor.left < 0) {
        if (cursor.bytes[cursor.at] !== LIST_END) return true;
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
      walkValue(cursor, dialect, 0);
    },
    readItem(cursor) {
      const { bytes, at } = cursor;
      // What nearly every header is made of first: codes, options with nothing in them, URIs.
      if (bytes[at] === UINT8 && at + 1 < bytes.length) {
        cursor.at = at + 2;
        return bytes[at + 1] as number;
      }
      if (bytes[at] === DICT_BEGIN && bytes[at + 1] === DICT_END) {
        cursor.at = at + 2;
        return {};
      }
      if (bytes[at] === TEXT && bytes[at + 1] === UINT8) {
        const end = at + 3 + (bytes[at + 2] ?? 0);
        const text = end <= bytes.length ? readShortAscii(bytes, at + 3, end) : undefined;
        if (text !== undefined) {
          cursor.at = end;
          return text;
        }
      }
      walkValue(cursor, dialect, 0);
      cursor.at = at;
      return readValue(cursor, dialect);
    },
    typeAt({ bytes, at }) {
      const marker = bytes[at];
      if (marker === LIST_BEGIN && bytes[at + 1] === TYPE && bytes[at + 2] === dialect.bytesType) return 'binary';
      if (marker === undefined) return 'nothing';
      return TYPE_NAMES[dialect.kinds[marker] as number] ?? 'another value';
    },
    isBytesAt(cursor) {
      return this.typeAt(cursor) === 'binary';
    },
    isEmptyAt(bytes, at) {
      const next = bytes[at + 1];
      if (next === LIST_END || next === DICT_END) return true;
      return next === COUNT && (bytes[at + 2] === UINT8 || bytes[at + 2] === INT8) && bytes[at + 3] === 0;
    },
    emptyArgs: Uint8Array.of(LIST_BEGIN, LIST_END),
    readTail(raw, elements) {
      const cursor = new Cursor(raw, name);
      const args = readValue(cursor, dialect);
      return plain(args, elements === 2 ? readValue(cursor, dialect) : {});
    },

    beginMessage(writer) {
      writer.byte(LIST_BEGIN);
    },
    writeItem(writer, item) {
      values.write(writer, item);
    },
    writeRaw(writer, raw) {
      writer.copy(raw);
    },
    endMessage(writer) {
      writer.byte(LIST_END);
    },
  };
}

function plain(args: Value, kwargs: Value): PlainPayload {
  return { args: args as Value[], kwargs: kwargs as Dict };
}
