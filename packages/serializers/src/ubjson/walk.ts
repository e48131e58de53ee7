import { MAX_DEPTH } from '@wamp-run/protocol';
import type { Cursor } from '../cursor.js';
import { walkNumber } from '../json/walk-number.js';
import { utf8Fault } from '../utf8.js';
import { DICT_END, type Dialect, Kind, LIST_END } from './dialect.js';
import { readContainerHead, readLength, skipNoOps } from './head.js';

/** Walks over a value and builds nothing. `depth` lists and dicts are around it. */
export function walkValue(cursor: Cursor, dialect: Dialect, depth: number): void {
  skipNoOps(cursor);
  const marker = cursor.bytes[cursor.at];
  if (marker === undefined) throw cursor.fault('ends where a value should be');
  if (dialect.kinds[marker] === Kind.NOTHING) throw cursor.fault(`0x${marker.toString(16)}, which begins no value`);
  cursor.at++;
  walkContent(cursor, dialect, marker, depth);
}

/** Walks over what is behind a marker. */
function walkContent(cursor: Cursor, dialect: Dialect, marker: number, depth: number): void {
  switch (dialect.kinds[marker]) {
    case Kind.INTEGER:
      cursor.skip(dialect.widths[marker] as number, 'an integer');
      return;
    case Kind.TEXT:
      walkText(cursor, dialect, 'a string');
      return;
    case Kind.DICT:
      walkDict(cursor, dialect, depth);
      return;
    case Kind.LIST:
      walkList(cursor, dialect, depth);
      return;
    case Kind.FLOAT:
      cursor.skip(dialect.widths[marker] as number, 'a float');
      return;
    case Kind.CHAR:
      cursor.skip(1, 'a character');
      if ((cursor.bytes[cursor.at - 1] as number) >= 0x80) {
        throw cursor.fault('a character that is not ASCII', cursor.at - 1);
      }
      return;
    case Kind.HIGH_PRECISION:
      walkDigits(cursor, dialect);
      return;
    default:
    // Null, true and false are their marker.
  }
}

function walkText(cursor: Cursor, dialect: Dialect, what: string): void {
  const length = readLength(cursor, dialect);
  const start = cursor.at;
  cursor.skip(length, what);
  const fault = utf8Fault(cursor.bytes, start, cursor.at);
  if (fault !== -1) throw cursor.fault('a string that is no valid UTF-8', fault);
}

/** A number as text, as JSON has it. */
function walkDigits(cursor: Cursor, dialect: Dialect): void {
  const length = readLength(cursor, dialect);
  const start = cursor.at;
  cursor.skip(length, 'a number');
  const end = cursor.at;
  cursor.at = start;
  walkNumber(cursor);
  // Nothing that may follow could be part of it.
  if (cursor.at !== end) throw cursor.fault('a number of high precision that is none', start);
}

function walkList(cursor: Cursor, dialect: Dialect, depth: number): void {
  const { type, count } = readContainerHead(cursor, dialect);
  if (type === dialect.bytesType) {
    cursor.skip(count, 'bytes');
    return;
  }
  if (depth >= MAX_DEPTH) throw cursor.fault(`nested deeper than ${MAX_DEPTH} levels`);
  if (type !== 0) {
    for (let i = 0; i < count; i++) walkContent(cursor, dialect, type, depth + 1);
  } else if (count >= 0) {
    for (let i = 0; i < count; i++) walkValue(cursor, dialect, depth + 1);
  } else {
    for (skipNoOps(cursor); cursor.bytes[cursor.at] !== LIST_END; skipNoOps(cursor)) {
      walkValue(cursor, dialect, depth + 1);
    }
    cursor.at++;
  }
}

function walkDict(cursor: Cursor, dialect: Dialect, depth: number): void {
  if (depth >= MAX_DEPTH) throw cursor.fault(`nested deeper than ${MAX_DEPTH} levels`);
  const { type, count } = readContainerHead(cursor, dialect);
  if (count >= 0) {
    for (let i = 0; i < count; i++) {
      skipNoOps(cursor);
      walkText(cursor, dialect, 'a key');
      if (type === 0) walkValue(cursor, dialect, depth + 1);
      else walkContent(cursor, dialect, type, depth + 1);
    }
  } else {
    for (skipNoOps(cursor); cursor.bytes[cursor.at] !== DICT_END; skipNoOps(cursor)) {
      walkText(cursor, dialect, 'a key');
      walkValue(cursor, dialect, depth + 1);
    }
    cursor.at++;
  }
}
