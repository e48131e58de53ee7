import type { PlainPayload, PortableOptions, Value } from '@wamp-run/protocol';
import type { Cursor } from './cursor.js';
import type { FrameWriter } from './frame-writer.js';

/** What FrameSerializer needs to know of a format to put messages together and take them apart. */
export interface Format {
  /** The serializer's, and whose bytes its raw payloads are. */
  readonly name: string;
  /** What follows `wamp.2.` in the subprotocol, where that is not the name: two formats may go by one. */
  readonly subprotocol?: string;
  /** Whether frames are binary; text otherwise. */
  readonly binary: boolean;
  /** How `portable` prepares values for `writeItem`. */
  readonly portable: PortableOptions;

  // What follows walks and reads at the cursor and moves it on. Each throws a ProtocolError where the bytes are malformed.

  /** The list that a message is. */
  openMessage(cursor: Cursor): void;
  /** A tail of so many elements, which stand there without a list around them. */
  openTail(cursor: Cursor, elements: 1 | 2): void;
  /** Goes to the next item of the message or tail. False where there is none. */
  next(cursor: Cursor): boolean;
  /** After `next` was false: nothing may follow. */
  close(cursor: Cursor): void;
  /** Walks over a value, building nothing. Sets `cursor.odd` where a library would read it wrongly. */
  walk(cursor: Cursor): void;
  /** Walks over a value, and reads it. */
  readItem(cursor: Cursor): Value;
  /** What kind of value begins at the cursor, in `typeName`'s words. Leaves the cursor where it is. */
  typeAt(cursor: Cursor): string;
  /** Whether what begins at the cursor is bytes: well-formed, and in the way this format writes them. Leaves the cursor where it is. */
  isBytesAt(cursor: Cursor): boolean;
  /** Whether an empty list or dict begins at the index of a walked value. */
  isEmptyAt(bytes: Uint8Array, at: number): boolean;
  /** The bytes of args with nothing in them, as they stand before kwargs. */
  readonly emptyArgs: Uint8Array;
  /** The values of a tail that has been walked. */
  readTail(raw: Uint8Array, elements: 1 | 2, odd: boolean): PlainPayload;

  // What follows writes values that have been through `portable`.

  /** The beginning of a message of so many items. */
  beginMessage(writer: FrameWriter, items: number): void;
  /** One item; `index` is its place in the message. */
  writeItem(writer: FrameWriter, item: Value, index: number): void;
  /** Args and kwargs as they came. */
  writeRaw(writer: FrameWriter, raw: Uint8Array): void;
  endMessage(writer: FrameWriter): void;
}
