import {
  type Batching,
  BinaryPayload,
  headerLength,
  kwargsBehindBytes,
  type Message,
  type MessageShape,
  type Payload,
  type PlainPayload,
  ProtocolError,
  payloadIn,
  portable,
  portableArgs,
  portableKwargs,
  RawPayload,
  SerializationError,
  type Serializer,
  shapeOf,
  type Value,
} from '@wamp-run/protocol';
import { Cursor } from './cursor.js';
import type { Format } from './format.js';
import { FrameWriter } from './frame-writer.js';
import { WalkedBinary } from './walked-binary.js';
import { WalkedPayload } from './walked-payload.js';

/** Messages as frames of one format: headers are read and written, payloads walked and spliced. */
export class FrameSerializer implements Serializer {
  readonly name: string;
  readonly subprotocol: string;
  readonly binary: boolean;
  readonly batch?: Batching;
  readonly #format: Format;
  #writer: FrameWriter | undefined;

  constructor(format: Format, batch?: Batching) {
    this.name = format.name;
    this.subprotocol = subprotocolOf(format.subprotocol ?? format.name, batch);
    this.binary = format.binary;
    if (batch !== undefined) this.batch = batch;
    this.#format = format;
  }

  encode(message: Message): Uint8Array {
    const writer = this.#written(message, false);
    const frame = writer.finish();
    this.#writer = writer;
    return frame;
  }

  encodeInPieces(message: Message): readonly Uint8Array[] {
    const writer = this.#written(message, true);
    const pieces = writer.finishPieces();
    this.#writer = writer;
    return pieces;
  }

  /** A writer with the whole message in it, which nobody else uses. */
  #written(message: Message, inPieces: boolean): FrameWriter {
    const format = this.#format;
    const shape = shapeOf(message.type);
    const header = shape.write(message);
    for (let i = 0; i < header.length; i++) {
      const item = header[i];
      if (typeof item === 'object' && hasMembers(item))
        header[i] = portable(item, `${shape.name}[${i}]`, format.portable);
    }
    const payload = this.#outgoing(payloadIn(message));
    // The application's code (toJSON, getters) runs above. Should it still encode a message from a getter below,
    // then that one finds no writer here and makes its own.
    const writer = this.#writer ?? new FrameWriter();
    this.#writer = undefined;
    writer.begin(inPieces);
    const { length } = header;
    format.beginMessage(writer, length + elementsOf(payload));
    for (let i = 0; i < length; i++) format.writeItem(writer, header[i] as Value, i);
    if (payload instanceof RawPayload) {
      if (payload.raw.length === 0) throw handedOverBefore();
      format.writeRaw(writer, payload.raw);
    } else if (payload instanceof BinaryPayload) {
      if (payload instanceof WalkedBinary && payload.serializer === this.name) format.writeRaw(writer, payload.item);
      else format.writeItem(writer, payload.bytes, length);
    } else if (payload !== undefined) {
      format.writeItem(writer, payload.args, length);
      if (hasMembers(payload.kwargs)) format.writeItem(writer, payload.kwargs, length + 1);
    }
    format.endMessage(writer);
    return writer;
  }

  /** The payload as it can be written, or undefined where there is nothing in it. */
  #outgoing(payload: Payload | undefined): Payload | undefined {
    if (payload === undefined || payload instanceof BinaryPayload) return payload;
    if (payload instanceof RawPayload) {
      if (payload.serializer === this.name) return payload;
      return this.#outgoing(payload.decode());
    }
    const args = portableArgs(payload.args, this.#format.portable);
    const kwargs = portableKwargs(payload.kwargs, this.#format.portable);
    return args.length === 0 && !hasMembers(kwargs) ? undefined : { args, kwargs };
  }

  decode(bytes: Uint8Array): Message {
    const format = this.#format;
    const cursor = new Cursor(bytes, this.name);
    format.openMessage(cursor);
    if (!format.next(cursor)) {
      throw new ProtocolError('message: expected a list with a message type, got an empty list');
    }
    const shape = shapeOf(format.readItem(cursor));
    const [least, most] = shape.header;
    const longest = shape.payload ? least : most;
    const header: Value[] = [shape.type];
    while (header.length < longest && format.next(cursor)) header.push(format.readItem(cursor));
    const payload = shape.payload ? this.#incoming(cursor, shape) : undefined;
    let length = header.length + cursor.elements;
    for (; format.next(cursor); length++) format.walk(cursor);
    format.close(cursor);
    headerLength(shape, length);
    return shape.read(header, payload);
  }

  /** The args and kwargs behind the header; undefined where there are none, or nothing is in them. */
  #incoming(cursor: Cursor, shape: MessageShape<Message>): Payload | undefined {
    const format = this.#format;
    if (!format.next(cursor)) return undefined;
    cursor.elements = 1;
    cursor.odd = false;
    const { bytes, at: start } = cursor;
    // Autobahn and fox-wamp write null for what is not there.
    const type = format.typeAt(cursor);
    if (type !== 'list' && format.isBytesAt(cursor)) return this.#binary(cursor, shape);
    const noArgs = type === 'null';
    const emptyArgs = noArgs || format.isEmptyAt(bytes, start);
    if (noArgs) format.walk(cursor);
    else this.#walkArgs(cursor, shape);
    const end = cursor.at;
    if (!format.next(cursor)) return emptyArgs ? undefined : this.#payload(cursor, start, end, 1);
    cursor.elements = 2;
    const kwargs = cursor.at;
    if (format.typeAt(cursor) === 'null') {
      format.walk(cursor);
      return emptyArgs ? undefined : this.#payload(cursor, start, end, 1);
    }
    const emptyKwargs = format.isEmptyAt(bytes, kwargs);
    this.#walkKwargs(cursor, shape);
    if (emptyArgs && emptyKwargs) return undefined;
    if (!noArgs) return this.#payload(cursor, start, cursor.at, 2);
    const raw = new Uint8Array(format.emptyArgs.length + cursor.at - kwargs);
    raw.set(format.emptyArgs);
    raw.set(bytes.subarray(kwargs, cursor.at), format.emptyArgs.length);
    return new WalkedPayload(raw, 2, this, cursor.odd);
  }

  #payload(cursor: Cursor, start: number, end: number, elements: 1 | 2): Payload {
    const { bytes } = cursor;
    const raw = new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
    return new WalkedPayload(raw, elements, this, cursor.odd);
  }

  /** Bytes in the place of the args. Whether there may be any is the shape's matter. */
  #binary(cursor: Cursor, shape: MessageShape<Message>): Payload {
    const { bytes, at: start } = cursor;
    this.#format.walk(cursor);
    const end = cursor.at;
    // Nothing may follow.
    if (this.#format.next(cursor)) throw kwargsBehindBytes(shape);
    return new WalkedBinary(new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start), this);
  }

  #walkArgs(cursor: Cursor, shape?: MessageShape<Message>): void {
    const type = this.#format.typeAt(cursor);
    if (type !== 'list') throw mismatch(shape, 0, 'args: expected list', type);
    this.#format.walk(cursor);
  }

  #walkKwargs(cursor: Cursor, shape?: MessageShape<Message>): void {
    const type = this.#format.typeAt(cursor);
    if (type !== 'dict') throw mismatch(shape, 1, 'kwargs: expected dict', type);
    this.#format.walk(cursor);
  }

  decodePayload(raw: Uint8Array, elements: 1 | 2): PlainPayload {
    const format = this.#format;
    const cursor = new Cursor(raw, this.name);
    try {
      format.openTail(cursor, elements);
      format.next(cursor);
      this.#walkArgs(cursor);
      if (elements === 2) {
        format.next(cursor);
        this.#walkKwargs(cursor);
      }
    } catch (error) {
      if (error instanceof ProtocolError) throw new SerializationError(error.message, { cause: error });
      throw error;
    }
    if (cursor.at !== raw.length) throw new SerializationError(`${this.name}: more bytes than the payload takes`);
    return format.readTail(raw, elements, cursor.odd);
  }

  /** The bytes of an item that this serializer has walked. */
  readBytes(item: Uint8Array): Uint8Array {
    return this.#format.readItem(new Cursor(item, this.name)) as Uint8Array;
  }

  /** The values of a payload that this serializer has walked. */
  readTail(raw: Uint8Array, elements: 1 | 2, odd: boolean): PlainPayload {
    return this.#format.readTail(raw, elements, odd);
  }
}

/** `wamp.2.cbor`, `wamp.2.cbor.batched` */
export function subprotocolOf(name: string, batch: Batching | undefined): string {
  return batch === undefined ? `wamp.2.${name}` : `wamp.2.${name}.batched`;
}

function elementsOf(payload: Payload | undefined): 0 | 1 | 2 {
  if (payload === undefined) return 0;
  if (payload instanceof RawPayload) return payload.elements;
  if (payload instanceof BinaryPayload) return 1;
  return hasMembers(payload.kwargs) ? 2 : 1;
}

function handedOverBefore(): SerializationError {
  return new SerializationError(
    'this payload was handed over to its receiver, and its memory given back; to send it once more, send a copy() of it',
  );
}

function hasMembers(dict: object | null): boolean {
  for (const _ in dict) return true;
  return false;
}

function mismatch(
  shape: MessageShape<Message> | undefined,
  element: 0 | 1,
  expected: string,
  got: string,
): ProtocolError {
  const place = shape === undefined ? '' : `${shape.name}[${shape.header[0] + element}] `;
  return new ProtocolError(`${place}${expected}, got ${got}`);
}
