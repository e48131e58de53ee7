import type { Dict, Value } from '@wamp-run/protocol';
import type { FrameWriter } from '../frame-writer.js';
import { isIntegerNumber } from '../integer.js';
import { writeBase64 } from './base64.js';
import { BACKSLASH, COLON, COMMA, DICT_BEGIN, DICT_END, LIST_BEGIN, LIST_END, QUOTE, SPACE } from './characters.js';

const SHORT = 40;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** A string that JSON cannot carry. Each level puts its own step before the path. */
export class AmbiguousString extends Error {
  path = '';

  constructor() {
    super('a string that begins with NUL means bytes in JSON; send it as bytes, or over another serializer');
  }
}

/** Writes a value that has been through `portable`, without white space. Throws an AmbiguousString. */
export function writeValue(writer: FrameWriter, value: Value): void {
  switch (typeof value) {
    case 'string':
      if (value.charCodeAt(0) === 0) throw new AmbiguousString();
      writeString(writer, value);
      return;
    case 'number':
      writer.ascii(numberText(value));
      return;
    case 'boolean':
      writer.ascii(value ? 'true' : 'false');
      return;
    case 'bigint':
      writer.ascii(value.toString());
      return;
    default:
      if (value === null) writer.ascii('null');
      else if (Array.isArray(value)) writeList(writer, value);
      else if (value instanceof Uint8Array) writeBytes(writer, value);
      else writeDict(writer, value);
  }
}

/** A float without a fraction gets an exponent, since digits alone would arrive as an integer. */
function numberText(value: number): string {
  return Number.isInteger(value) && !isIntegerNumber(value) ? value.toExponential() : value.toString();
}

function writeString(writer: FrameWriter, text: string): void {
  const { length } = text;
  if (length <= SHORT) {
    writer.room(length + 2);
    const { bytes, at } = writer;
    bytes[at] = QUOTE;
    let i = 0;
    for (; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < SPACE || unit >= 0x80 || unit === QUOTE || unit === BACKSLASH) break;
      bytes[at + 1 + i] = unit;
    }
    if (i === length) {
      bytes[at + 1 + length] = QUOTE;
      writer.at = at + length + 2;
      return;
    }
  }
  const quoted = JSON.stringify(text);
  // JSON.stringify keeps half of a surrogate pair as an escape; the other formats cannot carry it.
  writer.utf8(quoted.includes('\\ud') ? JSON.stringify(text.replace(LONE_SURROGATE, '\ufffd')) : quoted);
}

function writeBytes(writer: FrameWriter, bytes: Uint8Array): void {
  writer.ascii('"\\u0000');
  writeBase64(writer, bytes);
  writer.byte(QUOTE);
}

function writeList(writer: FrameWriter, list: readonly Value[]): void {
  writer.byte(LIST_BEGIN);
  let index = 0;
  try {
    for (; index < list.length; index++) {
      if (index > 0) writer.byte(COMMA);
      writeValue(writer, list[index] as Value);
    }
  } catch (error) {
    throw stepped(error, `[${index}]`);
  }
  writer.byte(LIST_END);
}

function writeDict(writer: FrameWriter, dict: Dict): void {
  writer.byte(DICT_BEGIN);
  const keys = Object.keys(dict);
  let index = 0;
  try {
    for (; index < keys.length; index++) {
      const key = keys[index] as string;
      if (index > 0) writer.byte(COMMA);
      writeString(writer, key);
      writer.byte(COLON);
      writeValue(writer, dict[key] as Value);
    }
  } catch (error) {
    throw stepped(error, `.${keys[index]}`);
  }
  writer.byte(DICT_END);
}

function stepped(error: unknown, step: string): unknown {
  if (error instanceof AmbiguousString) error.path = step + error.path;
  return error;
}
