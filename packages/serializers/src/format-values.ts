import { ProtocolError, portable, SerializationError, type Value, type ValueSerializer } from '@wamp-run/protocol';
import { Cursor } from './cursor.js';
import type { Format } from './format.js';
import { FrameWriter } from './frame-writer.js';

/** Single values as bytes of one format. */
export class FormatValues implements ValueSerializer {
  readonly name: string;
  readonly #format: Format;
  #writer: FrameWriter | undefined;

  constructor(format: Format) {
    this.name = format.name;
    this.#format = format;
  }

  encode(value: unknown): Uint8Array {
    // The application's code (toJSON, getters) runs in here, and may encode a value itself: the writer is taken after it.
    const prepared = portable(value, 'value', this.#format.portable);
    const writer = this.#writer ?? new FrameWriter();
    this.#writer = undefined;
    writer.begin();
    try {
      this.#format.writeItem(writer, prepared, 0);
    } catch (error) {
      // A format knows items of messages only.
      if (!(error instanceof SerializationError)) throw error;
      throw new SerializationError(error.message.replace(/^message\[0\]/, 'value'), { cause: error });
    }
    const bytes = writer.finish();
    this.#writer = writer;
    return bytes;
  }

  decode(bytes: Uint8Array): Value {
    const cursor = new Cursor(bytes, this.name);
    let value: Value;
    try {
      value = this.#format.readItem(cursor);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      throw new SerializationError(error.message, { cause: error });
    }
    if (cursor.at !== bytes.length) throw new SerializationError(`${this.name}: more bytes than the value takes`);
    return value;
  }
}
