import type { Dict, Value } from '@wamp-run/protocol';
import type { FrameWriter } from '../frame-writer.js';
import { isIntegerNumber } from '../integer.js';
import {
  BIN8,
  BIN16,
  BIN32,
  DICT16,
  DICT32,
  FALSE,
  FIXDICT,
  FIXLIST,
  FIXSTR,
  FLOAT64,
  INT8,
  INT16,
  INT32,
  INT64,
  LIST16,
  LIST32,
  NIL,
  STR8,
  STR16,
  STR32,
  TRUE,
  UINT8,
  UINT16,
  UINT32,
  UINT64,
} from './head.js';

const SMALLEST_INTEGER = -(2n ** 63n);
const LARGEST_INTEGER = 2n ** 64n - 1n;

/** `wide` of `portable`: MessagePack has no integers of more than 64 bits. */
export function refuseBeyond64Bits(value: number | bigint): number | bigint {
  if (typeof value === 'bigint' && (value < SMALLEST_INTEGER || value > LARGEST_INTEGER)) {
    throw new RangeError('MessagePack carries integers of at most 64 bits; send this one as a string or as bytes');
  }
  return value;
}

/** Writes a value that has been through `portable`, in the shortest form; a float always with 64 bits. */
export function writeValue(writer: FrameWriter, value: Value): void {
  switch (typeof value) {
    case 'string':
      writer.headedText(value, writeTextHead);
      return;
    case 'number':
      writeNumber(writer, value);
      return;
    case 'boolean':
      writer.byte(value ? TRUE : FALSE);
      return;
    case 'bigint':
      writer.room(9);
      writer.bytes[writer.at] = value < 0n ? INT64 : UINT64;
      if (value < 0n) writer.view.setBigInt64(writer.at + 1, value);
      else writer.view.setBigUint64(writer.at + 1, value);
      writer.at += 9;
      return;
    default:
      if (value === null) writer.byte(NIL);
      else if (Array.isArray(value)) writeList(writer, value);
      else if (value instanceof Uint8Array) writeBytes(writer, value);
      else writeDict(writer, value);
  }
}

function writeNumber(writer: FrameWriter, value: number): void {
  if (!isIntegerNumber(value)) {
    writer.room(9);
    writer.bytes[writer.at] = FLOAT64;
    writer.view.setFloat64(writer.at + 1, value);
    writer.at += 9;
  } else if (value >= 0) {
    writePositive(writer, value);
  } else {
    writeNegative(writer, value);
  }
}

function writePositive(writer: FrameWriter, value: number): void {
  if (value < 0x80) {
    writer.byte(value);
  } else if (value < 0x100) {
    writeHead8(writer, UINT8, value);
  } else if (value < 0x10000) {
    writeHead16(writer, UINT16, value);
  } else if (value < 0x100000000) {
    writeHead32(writer, UINT32, value);
  } else {
    writer.room(9);
    writer.bytes[writer.at] = UINT64;
    writer.view.setUint32(writer.at + 1, value / 0x100000000);
    writer.view.setUint32(writer.at + 5, value % 0x100000000);
    writer.at += 9;
  }
}

// The narrow ones drop the bits beyond their width, which makes two's complement of a negative number.
function writeNegative(writer: FrameWriter, value: number): void {
  if (value >= -0x20) {
    writer.byte(value);
  } else if (value >= -0x80) {
    writeHead8(writer, INT8, value);
  } else if (value >= -0x8000) {
    writeHead16(writer, INT16, value);
  } else if (value >= -0x80000000) {
    writeHead32(writer, INT32, value);
  } else {
    writer.room(9);
    writer.bytes[writer.at] = INT64;
    writer.view.setBigInt64(writer.at + 1, BigInt(value));
    writer.at += 9;
  }
}

function writeHead8(writer: FrameWriter, head: number, value: number): void {
  writer.room(2);
  writer.bytes[writer.at] = head;
  writer.bytes[writer.at + 1] = value;
  writer.at += 2;
}

function writeHead16(writer: FrameWriter, head: number, value: number): void {
  writer.room(3);
  writer.bytes[writer.at] = head;
  writer.view.setUint16(writer.at + 1, value);
  writer.at += 3;
}

function writeHead32(writer: FrameWriter, head: number, value: number): void {
  writer.room(5);
  writer.bytes[writer.at] = head;
  writer.view.setUint32(writer.at + 1, value);
  writer.at += 5;
}

function writeTextHead(writer: FrameWriter, length: number): void {
  if (length < 0x20) writer.byte(FIXSTR | length);
  else if (length < 0x100) writeHead8(writer, STR8, length);
  else if (length < 0x10000) writeHead16(writer, STR16, length);
  else writeHead32(writer, STR32, length);
}

/** The head of a list of so many items. */
export function writeListHead(writer: FrameWriter, length: number): void {
  if (length < 0x10) writer.byte(FIXLIST | length);
  else if (length < 0x10000) writeHead16(writer, LIST16, length);
  else writeHead32(writer, LIST32, length);
}

function writeBytes(writer: FrameWriter, bytes: Uint8Array): void {
  const { length } = bytes;
  if (length < 0x100) writeHead8(writer, BIN8, length);
  else if (length < 0x10000) writeHead16(writer, BIN16, length);
  else writeHead32(writer, BIN32, length);
  writer.copy(bytes);
}

function writeList(writer: FrameWriter, list: readonly Value[]): void {
  writeListHead(writer, list.length);
  for (let i = 0; i < list.length; i++) writeValue(writer, list[i] as Value);
}

function writeDict(writer: FrameWriter, dict: Dict): void {
  const keys = Object.keys(dict);
  const { length } = keys;
  if (length < 0x10) writer.byte(FIXDICT | length);
  else if (length < 0x10000) writeHead16(writer, DICT16, length);
  else writeHead32(writer, DICT32, length);
  for (let i = 0; i < length; i++) {
    const key = keys[i] as string;
    writer.headedText(key, writeTextHead);
    writeValue(writer, dict[key] as Value);
  }
}
