import { uint16, uint32, uint64 } from '../big-endian.js';
import type { Cursor } from '../cursor.js';
import type { FrameWriter } from '../frame-writer.js';

// The major types of RFC 8949, 3.1: the three high bits of a head.
export const UNSIGNED = 0;
export const NEGATIVE = 1;
export const BYTES = 2;
export const TEXT = 3;
export const LIST = 4;
export const DICT = 5;
export const TAG = 6;

/** What `readArgument` gives where a list, a dict or a string ends with a break instead of having a length. */
export const INDEFINITE = -1;
export const BREAK = 0xff;

/** The numbers of the tags that make an integer of a byte string (RFC 8949, 3.4.3). */
export const POSITIVE_BIGNUM = 2;
export const NEGATIVE_BIGNUM = 3;

/** The argument of the head at the cursor, rounded where it is beyond 2^53. Moves behind the head. */
export function readArgument(cursor: Cursor): number {
  const { bytes, at } = cursor;
  const info = (bytes[at] as number) & 0x1f;
  if (info < 24) {
    cursor.at = at + 1;
    return info;
  }
  if (info === 31) {
    cursor.at = at + 1;
    return INDEFINITE;
  }
  if (info > 27) throw cursor.fault(`a head of the reserved form ${info}`);
  cursor.skip(1 + (1 << (info - 24)), 'a head');
  if (info === 24) return bytes[at + 1] as number;
  if (info === 25) return uint16(bytes, at + 1);
  if (info === 26) return uint32(bytes, at + 1);
  return uint64(bytes, at + 1);
}

/** Writes a head of the smallest width. The argument is an integer up to 2^53. */
export function writeHead(writer: FrameWriter, major: number, argument: number): void {
  writer.room(9);
  const { bytes, at } = writer;
  const high = major << 5;
  if (argument < 24) {
    bytes[at] = high | argument;
    writer.at = at + 1;
  } else if (argument < 0x100) {
    bytes[at] = high | 24;
    bytes[at + 1] = argument;
    writer.at = at + 2;
  } else if (argument < 0x10000) {
    bytes[at] = high | 25;
    writer.view.setUint16(at + 1, argument);
    writer.at = at + 3;
  } else if (argument < 0x100000000) {
    bytes[at] = high | 26;
    writer.view.setUint32(at + 1, argument);
    writer.at = at + 5;
  } else {
    bytes[at] = high | 27;
    writer.view.setUint32(at + 1, argument / 0x100000000);
    writer.view.setUint32(at + 5, argument % 0x100000000);
    writer.at = at + 9;
  }
}
