import { MAX_DEPTH } from '@wamp-run/protocol';
import type { Cursor } from '../cursor.js';
import { utf8Fault } from '../utf8.js';
import {
  BACKSLASH,
  COLON,
  COMMA,
  DICT_BEGIN,
  DICT_END,
  LIST_BEGIN,
  LIST_END,
  QUOTE,
  SPACE,
  skipSpace,
} from './characters.js';
import { walkNumber } from './walk-number.js';

const NUL_ESCAPE = Array.from('\\u0000', (character) => character.charCodeAt(0));

/**
 * Walks over a value (RFC 8259) and builds nothing. `depth` lists and dicts are around it. Odd is what JSON.parse reads
 * otherwise than `readValue`: bytes (a string that begins with NUL), integers that may be beyond ±2^53, -0, surrogates.
 */
export function walkValue(cursor: Cursor, depth: number): void {
  switch (cursor.bytes[cursor.at]) {
    case undefined:
      throw cursor.fault('ends where a value should be');
    case QUOTE:
      if (beginsWithNul(cursor.bytes, cursor.at + 1)) cursor.odd = true;
      walkString(cursor);
      return;
    case LIST_BEGIN:
      walkList(cursor, depth);
      return;
    case DICT_BEGIN:
      walkDict(cursor, depth);
      return;
    case 0x74:
      walkWord(cursor, 'true');
      return;
    case 0x66:
      walkWord(cursor, 'false');
      return;
    case 0x6e:
      walkWord(cursor, 'null');
      return;
    default:
      walkNumber(cursor);
  }
}

/** Whether the text at an index, behind its quote, begins with NUL: in a string that holds bytes it does. */
export function beginsWithNul(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === BACKSLASH && NUL_ESCAPE.every((byte, i) => bytes[at + i] === byte);
}

function walkWord(cursor: Cursor, word: string): void {
  const { bytes, at } = cursor;
  for (let i = 0; i < word.length; i++) {
    if (bytes[at + i] !== word.charCodeAt(i)) throw cursor.fault('something that is no value');
  }
  cursor.at = at + word.length;
}

function walkString(cursor: Cursor): void {
  const { bytes } = cursor;
  const start = cursor.at + 1;
  let at = start;
  let ascii = true;
  for (;;) {
    const byte = bytes[at];
    if (byte === undefined) throw cursor.fault('ends inside a string', at);
    if (byte === QUOTE) break;
    if (byte === BACKSLASH) {
      at = walkEscape(cursor, at);
      continue;
    }
    if (byte < SPACE) throw cursor.fault('a control character inside a string', at);
    if (byte >= 0x80) ascii = false;
    at++;
  }
  const fault = ascii ? -1 : utf8Fault(bytes, start, at);
  if (fault !== -1) throw cursor.fault('a string that is no valid UTF-8', fault);
  cursor.at = at + 1;
}

/** The index behind the escape at an index. */
function walkEscape(cursor: Cursor, at: number): number {
  const { bytes } = cursor;
  switch (bytes[at + 1]) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return at + 2;
    case 0x75:
      for (let i = 2; i < 6; i++) {
        if (!isHex(bytes[at + i])) throw cursor.fault('an escape without four hexadecimal digits', at);
      }
      // d8 to df: half of a character, and perhaps without the other half.
      if (((bytes[at + 2] as number) | 0x20) === 0x64 && !isBelow8(bytes[at + 3] as number)) cursor.odd = true;
      return at + 6;
    default:
      throw cursor.fault('an unknown escape', at);
  }
}

function isHex(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}

function isBelow8(digit: number): boolean {
  return digit < 0x38;
}

function walkList(cursor: Cursor, depth: number): void {
  if (depth >= MAX_DEPTH) throw cursor.fault(`nested deeper than ${MAX_DEPTH} levels`);
  cursor.at++;
  skipSpace(cursor);
  if (cursor.bytes[cursor.at] === LIST_END) {
    cursor.at++;
    return;
  }
  for (;;) {
    walkValue(cursor, depth + 1);
    skipSpace(cursor);
    if (!anotherIn(cursor, LIST_END)) return;
  }
}

function walkDict(cursor: Cursor, depth: number): void {
  if (depth >= MAX_DEPTH) throw cursor.fault(`nested deeper than ${MAX_DEPTH} levels`);
  const { bytes } = cursor;
  cursor.at++;
  skipSpace(cursor);
  if (bytes[cursor.at] === DICT_END) {
    cursor.at++;
    return;
  }
  for (;;) {
    if (bytes[cursor.at] !== QUOTE) throw cursor.fault('something else than the key of a dict');
    walkString(cursor);
    skipSpace(cursor);
    if (bytes[cursor.at] !== COLON) throw cursor.fault('no colon behind a key');
    cursor.at++;
    skipSpace(cursor);
    walkValue(cursor, depth + 1);
    skipSpace(cursor);
    if (!anotherIn(cursor, DICT_END)) return;
  }
}

/** Behind an item: goes on to the next, or behind the end. */
export function anotherIn(cursor: Cursor, end: number): boolean {
  const byte = cursor.bytes[cursor.at];
  if (byte === end) {
    cursor.at++;
    return false;
  }
  if (byte === undefined) throw cursor.fault(`ends inside a ${end === LIST_END ? 'list' : 'dict'}`);
  if (byte !== COMMA) throw cursor.fault('no comma behind an item');
  cursor.at++;
  skipSpace(cursor);
  return true;
}
