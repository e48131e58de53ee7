import { uint16 as bigUint16, uint32 as bigUint32 } from '../big-endian.js';
import type { Cursor } from '../cursor.js';
import { float16 } from '../float16.js';
import { integerOf } from '../integer.js';
import { uint16 as littleUint16, uint32 as littleUint32 } from '../little-endian.js';
import {
  COUNT,
  type Dialect,
  FLOAT16,
  FLOAT32,
  INT8,
  INT16,
  INT32,
  INT64,
  Kind,
  LIST_BEGIN,
  NO_OP,
  TYPE,
  UINT8,
  UINT16,
  UINT32,
  UINT64,
} from './dialect.js';

const BIG = { uint16: bigUint16, uint32: bigUint32 } as const;
const LITTLE = { uint16: littleUint16, uint32: littleUint32 } as const;

/** Moves over the marks that stand for nothing. */
export function skipNoOps(cursor: Cursor): void {
  while (cursor.bytes[cursor.at] === NO_OP) cursor.at++;
}

/** The integer behind a marker that has been read; a bigint only beyond ±2^53. */
export function readInteger(cursor: Cursor, { littleEndian, widths }: Dialect, marker: number): number | bigint {
  const { bytes, at } = cursor;
  const width = widths[marker] as number;
  cursor.skip(width, 'an integer');
  const one = littleEndian ? LITTLE : BIG;
  switch (marker) {
    case INT8:
      return ((bytes[at] as number) << 24) >> 24;
    case INT16:
      return (one.uint16(bytes, at) << 16) >> 16;
    case UINT16:
      return one.uint16(bytes, at);
    case INT32:
      return one.uint32(bytes, at) | 0;
    case UINT32:
      return one.uint32(bytes, at);
    case INT64:
    case UINT64: {
      const low = one.uint32(bytes, littleEndian ? at : at + 4);
      const high = one.uint32(bytes, littleEndian ? at + 4 : at);
      return integerOf(marker === INT64 ? high | 0 : high, low);
    }
    default:
      return bytes[at] as number;
  }
}

/** The float behind a marker that has been read. */
export function readFloat(cursor: Cursor, { littleEndian, widths }: Dialect, marker: number): number {
  const { view, at } = cursor;
  cursor.skip(widths[marker] as number, 'a float');
  let value: number;
  if (marker === FLOAT16) value = float16(view.getUint16(at, littleEndian));
  else value = marker === FLOAT32 ? view.getFloat32(at, littleEndian) : view.getFloat64(at, littleEndian);
  return value === 0 ? 0 : value;
}

/** A length or count: an integer with its marker. */
export function readLength(cursor: Cursor, dialect: Dialect): number {
  const marker = cursor.bytes[cursor.at];
  // Nearly all are of this kind.
  if (marker === UINT8 && cursor.at + 1 < cursor.bytes.length) {
    cursor.at += 2;
    return cursor.bytes[cursor.at - 1] as number;
  }
  const start = cursor.at;
  if (marker === undefined) throw cursor.fault('ends where a length should be');
  if (dialect.kinds[marker] !== Kind.INTEGER) throw cursor.fault('a length that is no integer');
  cursor.at++;
  const length = readInteger(cursor, dialect, marker);
  if (length < 0) throw cursor.fault('a length below 0', start);
  return Number(length);
}

/** What is said behind the beginning of a list or dict. */
export interface ContainerHead {
  /** The marker of all its values, or 0 where each has its own. */
  readonly type: number;
  /** How many there are, or -1 where a mark ends them. */
  readonly count: number;
}

const OPEN: ContainerHead = { type: 0, count: -1 };

/** The head of a list or dict, whose first mark has been read. Throws where it is one that takes no bytes for a value. */
export function readContainerHead(cursor: Cursor, dialect: Dialect): ContainerHead {
  const { bytes } = cursor;
  let type = 0;
  if (bytes[cursor.at] === TYPE) {
    const kind = dialect.kinds[bytes[cursor.at + 1] ?? 0] as number;
    // Of null, true and false a few bytes could stand for any number of values; lists and dicts are left out with them.
    if (kind < Kind.INTEGER || kind > Kind.TEXT)
      throw cursor.fault('a type that all values cannot have', cursor.at + 1);
    type = bytes[cursor.at + 1] as number;
    cursor.at += 2;
    if (bytes[cursor.at] !== COUNT) throw cursor.fault('a type of values without their count');
  } else if (bytes[cursor.at] !== COUNT) {
    return OPEN;
  }
  cursor.at++;
  if (bytes[cursor.at] === LIST_BEGIN) throw cursor.fault('a list of several dimensions');
  return { type, count: readLength(cursor, dialect) };
}
