import type { Dict, Value } from '@wamp-run/protocol';
import type { FrameWriter } from '../frame-writer.js';
import { isIntegerNumber } from '../integer.js';
import {
  BYTES,
  DICT,
  LIST,
  NEGATIVE,
  NEGATIVE_BIGNUM,
  POSITIVE_BIGNUM,
  TAG,
  TEXT,
  UNSIGNED,
  writeHead,
} from './head.js';

const LARGEST_ARGUMENT = 2n ** 64n - 1n;

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
      writer.byte(value ? 0xf5 : 0xf4);
      return;
    case 'bigint':
      writeBigint(writer, value);
      return;
    default:
      if (value === null) writer.byte(0xf6);
      else if (Array.isArray(value)) writeList(writer, value);
      else if (value instanceof Uint8Array) writeBytes(writer, value);
      else writeDict(writer, value);
  }
}

function writeTextHead(writer: FrameWriter, length: number): void {
  writeHead(writer, TEXT, length);
}

function writeNumber(writer: FrameWriter, value: number): void {
  if (isIntegerNumber(value)) {
    if (value >= 0) writeHead(writer, UNSIGNED, value);
    else writeHead(writer, NEGATIVE, -1 - value);
    return;
  }
  writer.room(9);
  writer.bytes[writer.at] = 0xfb;
  writer.view.setFloat64(writer.at + 1, value);
  writer.at += 9;
}

function writeBigint(writer: FrameWriter, value: bigint): void {
  const negative = value < 0n;
  const argument = negative ? -1n - value : value;
  if (argument <= LARGEST_ARGUMENT) {
    writer.room(9);
    writer.bytes[writer.at] = ((negative ? NEGATIVE : UNSIGNED) << 5) | 27;
    writer.view.setBigUint64(writer.at + 1, argument);
    writer.at += 9;
    return;
  }
  writeHead(writer, TAG, negative ? NEGATIVE_BIGNUM : POSITIVE_BIGNUM);
  const digits = argument.toString(16);
  const hex = digits.length % 2 === 0 ? digits : `0${digits}`;
  writeHead(writer, BYTES, hex.length / 2);
  for (let i = 0; i < hex.length; i += 2) writer.byte(Number.parseInt(hex.slice(i, i + 2), 16));
}

function writeBytes(writer: FrameWriter, bytes: Uint8Array): void {
  writeHead(writer, BYTES, bytes.length);
  writer.copy(bytes);
}

function writeList(writer: FrameWriter, list: readonly Value[]): void {
  writeHead(writer, LIST, list.length);
  for (let i = 0; i < list.length; i++) writeValue(writer, list[i] as Value);
}

function writeDict(writer: FrameWriter, dict: Dict): void {
  const keys = Object.keys(dict);
  writeHead(writer, DICT, keys.length);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    writer.headedText(key, writeTextHead);
    writeValue(writer, dict[key] as Value);
  }
}
