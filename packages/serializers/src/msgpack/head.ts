import { uint16, uint32 } from '../big-endian.js';
import type { Cursor } from '../cursor.js';

// The first bytes of the MessagePack specification, where they are not part of a range.
export const NIL = 0xc0;
export const FALSE = 0xc2;
export const TRUE = 0xc3;
export const BIN8 = 0xc4;
export const BIN16 = 0xc5;
export const BIN32 = 0xc6;
export const EXT8 = 0xc7;
export const EXT16 = 0xc8;
export const EXT32 = 0xc9;
export const FLOAT32 = 0xca;
export const FLOAT64 = 0xcb;
export const UINT8 = 0xcc;
export const UINT16 = 0xcd;
export const UINT32 = 0xce;
export const UINT64 = 0xcf;
export const INT8 = 0xd0;
export const INT16 = 0xd1;
export const INT32 = 0xd2;
export const INT64 = 0xd3;
export const FIXEXT1 = 0xd4;
export const FIXEXT16 = 0xd8;
export const STR8 = 0xd9;
export const STR16 = 0xda;
export const STR32 = 0xdb;
export const LIST16 = 0xdc;
export const LIST32 = 0xdd;
export const DICT16 = 0xde;
export const DICT32 = 0xdf;

// Where the ranges begin whose first byte carries the value or the length itself.
export const FIXDICT = 0x80;
export const FIXLIST = 0x90;
export const FIXSTR = 0xa0;
export const NEGATIVE_FIXINT = 0xe0;

/** What a first byte can begin. 0xc1 begins nothing. */
export const Kind = {
  NOTHING: 0,
  NIL: 1,
  BOOLEAN: 2,
  INTEGER: 3,
  FLOAT: 4,
  BYTES: 5,
  EXT: 6,
  TEXT: 7,
  LIST: 8,
  DICT: 9,
} as const;

/** The kind by first byte. */
export const KINDS: Uint8Array = new Uint8Array(256)
  .fill(Kind.INTEGER, 0, FIXDICT)
  .fill(Kind.DICT, FIXDICT, FIXLIST)
  .fill(Kind.LIST, FIXLIST, FIXSTR)
  .fill(Kind.TEXT, FIXSTR, NIL)
  .fill(Kind.NIL, NIL, NIL + 1)
  .fill(Kind.BOOLEAN, FALSE, TRUE + 1)
  .fill(Kind.BYTES, BIN8, BIN32 + 1)
  .fill(Kind.EXT, EXT8, EXT32 + 1)
  .fill(Kind.FLOAT, FLOAT32, FLOAT64 + 1)
  .fill(Kind.INTEGER, UINT8, INT64 + 1)
  .fill(Kind.EXT, FIXEXT1, FIXEXT16 + 1)
  .fill(Kind.TEXT, STR8, STR32 + 1)
  .fill(Kind.LIST, LIST16, LIST32 + 1)
  .fill(Kind.DICT, DICT16, DICT32 + 1)
  .fill(Kind.INTEGER, NEGATIVE_FIXINT, 256);

/** The length in the head at the cursor, which begins bytes, text, a list, a dict or an extension. Moves behind it. */
export function readLength(cursor: Cursor): number {
  const { bytes, at } = cursor;
  const head = bytes[at] as number;
  if (head < FIXSTR) {
    cursor.at = at + 1;
    return head & 0x0f;
  }
  if (head < NIL) {
    cursor.at = at + 1;
    return head & 0x1f;
  }
  switch (head) {
    case BIN8:
    case EXT8:
    case STR8:
      cursor.skip(2, 'a head');
      return bytes[at + 1] as number;
    case BIN16:
    case EXT16:
    case STR16:
    case LIST16:
    case DICT16:
      cursor.skip(3, 'a head');
      return uint16(bytes, at + 1);
    case BIN32:
    case EXT32:
    case STR32:
    case LIST32:
    case DICT32:
      cursor.skip(5, 'a head');
      return uint32(bytes, at + 1);
    default:
      // What is left are the extensions of 1, 2, 4, 8 and 16 bytes.
      cursor.at = at + 1;
      return 1 << (head - FIXEXT1);
  }
}
