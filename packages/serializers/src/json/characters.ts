import type { Cursor } from '../cursor.js';

export const SPACE = 0x20;
export const QUOTE = 0x22;
export const PLUS = 0x2b;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const DOT = 0x2e;
export const ZERO = 0x30;
export const NINE = 0x39;
export const COLON = 0x3a;
export const LIST_BEGIN = 0x5b;
export const BACKSLASH = 0x5c;
export const LIST_END = 0x5d;
export const DICT_BEGIN = 0x7b;
export const DICT_END = 0x7d;

/** Moves on to what is no white space. */
export function skipSpace(cursor: Cursor): void {
  const { bytes } = cursor;
  let { at } = cursor;
  for (;;) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at++;
  }
  cursor.at = at;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}
