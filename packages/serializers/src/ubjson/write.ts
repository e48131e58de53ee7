import type { Dict, Value } from '@wamp-run/protocol';
import type { FrameWriter } from '../frame-writer.js';
import { isIntegerNumber } from '../integer.js';
import {
  CHAR,
  COUNT,
  DICT_BEGIN,
  DICT_END,
  type Dialect,
  FALSE,
  FLOAT64,
  HIGH_PRECISION,
  INT8,
  INT16,
  INT32,
  INT64,
  LIST_BEGIN,
  LIST_END,
  NULL,
  TEXT,
  TRUE,
  TYPE,
  UINT8,
  UINT16,
  UINT32,
  UINT64,
} from './dialect.js';

const SMALLEST_INT64 = -(2n ** 63n);
const BEYOND_INT64 = 2n ** 63n;
const BEYOND_UINT64 = 2n ** 64n;

/** Writes values that have been through `portable`, in the shortest form; a float always with 64 bits. */
export class ValueWriter {
  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  write(writer: FrameWriter, value: Value): void {
    switch (typeof value) {
      case 'string':
        this.#writeText(writer, value);
        return;
      case 'number':
        this.#writeNumber(writer, value);
        return;
      case 'boolean':
        writer.byte(value ? TRUE : FALSE);
        return;
      case 'bigint':
        this.#writeBigInteger(writer, value);
        return;
      default:
        if (value === null) writer.byte(NULL);
        else if (Array.isArray(value)) this.#writeList(writer, value);
        else if (value instanceof Uint8Array) this.#writeBytes(writer, value);
        else this.#writeDict(writer, value);
    }
  }

  #writeText(writer: FrameWriter, text: string): void {
    const only = text.length === 1 ? text.charCodeAt(0) : 0x80;
    if (only < 0x80) {
      writer.byte(CHAR);
      writer.byte(only);
    } else {
      writer.headedText(text, this.#textHead);
    }
  }

  // One function each for the life of the serializer: no closure for each text.
  readonly #textHead = (writer: FrameWriter, length: number): void => {
    writer.byte(TEXT);
    this.#writeInteger(writer, length);
  };
  readonly #keyHead = (writer: FrameWriter, length: number): void => this.#writeInteger(writer, length);

  #writeNumber(writer: FrameWriter, value: number): void {
    if (isIntegerNumber(value)) {
      this.#writeInteger(writer, value);
      return;
    }
    writer.room(9);
    writer.bytes[writer.at] = FLOAT64;
    writer.view.setFloat64(writer.at + 1, value, this.#dialect.littleEndian);
    writer.at += 9;
  }

  /** An integer within ±2^53. What has the sign of its kind in BJData has the next signed width in Draft 12. */
  #writeInteger(writer: FrameWriter, value: number): void {
    const { littleEndian, unsigned } = this.#dialect;
    writer.room(9);
    const { bytes, view, at } = writer;
    if (value >= 0 ? value < 0x100 : value >= -0x80) {
      bytes[at] = value >= 0 ? UINT8 : INT8;
      bytes[at + 1] = value;
      writer.at = at + 2;
    } else if (value >= 0 ? value < (unsigned ? 0x10000 : 0x8000) : value >= -0x8000) {
      bytes[at] = value >= 0 && unsigned ? UINT16 : INT16;
      view.setUint16(at + 1, value, littleEndian);
      writer.at = at + 3;
    } else if (value >= 0 ? value < (unsigned ? 0x100000000 : 0x80000000) : value >= -0x80000000) {
      bytes[at] = value >= 0 && unsigned ? UINT32 : INT32;
      view.setUint32(at + 1, value, littleEndian);
      writer.at = at + 5;
    } else {
      bytes[at] = value >= 0 && unsigned ? UINT64 : INT64;
      view.setInt32(littleEndian ? at + 5 : at + 1, Math.floor(value / 0x100000000), littleEndian);
      view.setUint32(littleEndian ? at + 1 : at + 5, value, littleEndian);
      writer.at = at + 9;
    }
  }

  #writeBigInteger(writer: FrameWriter, value: bigint): void {
    const { littleEndian, unsigned } = this.#dialect;
    if (value < SMALLEST_INT64 || value >= (unsigned ? BEYOND_UINT64 : BEYOND_INT64)) {
      const digits = value.toString();
      writer.byte(HIGH_PRECISION);
      this.#writeInteger(writer, digits.length);
      writer.ascii(digits);
      return;
    }
    writer.room(9);
    writer.bytes[writer.at] = value >= 0n && unsigned ? UINT64 : INT64;
    if (value < 0n) writer.view.setBigInt64(writer.at + 1, value, littleEndian);
    else writer.view.setBigUint64(writer.at + 1, value, littleEndian);
    writer.at += 9;
  }

  #writeBytes(writer: FrameWriter, bytes: Uint8Array): void {
    writer.room(4);
    writer.bytes[writer.at] = LIST_BEGIN;
    writer.bytes[writer.at + 1] = TYPE;
    writer.bytes[writer.at + 2] = this.#dialect.bytesType;
    writer.bytes[writer.at + 3] = COUNT;
    writer.at += 4;
    this.#writeInteger(writer, bytes.length);
    writer.copy(bytes);
  }

  #writeList(writer: FrameWriter, list: readonly Value[]): void {
    writer.byte(LIST_BEGIN);
    for (let i = 0; i < list.length; i++) this.write(writer, list[i] as Value);
    writer.byte(LIST_END);
  }

  #writeDict(writer: FrameWriter, dict: Dict): void {
    const keys = Object.keys(dict);
    writer.byte(DICT_BEGIN);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      writer.headedText(key, this.#keyHead);
      this.write(writer, dict[key] as Value);
    }
    writer.byte(DICT_END);
  }
}
