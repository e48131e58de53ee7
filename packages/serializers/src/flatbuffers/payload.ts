import { BinaryPayload, type Payload, ProtocolError, SerializationError, type Value } from '@wamp-run/protocol';
import { CBOR } from '../cbor/format.js';
import { Cursor } from '../cursor.js';
import type { FrameSerializer } from '../frame-serializer.js';
import type { FrameWriter } from '../frame-writer.js';
import { WalkedPayload } from '../walked-payload.js';
import type { Field } from './fields.js';
import type { Layout } from './layouts.js';
import type { Table, TableReader } from './table-reader.js';

/** Args and kwargs as CBOR, as they lie in two fields; what is not there is undefined. */
export interface Parts {
  readonly args: Uint8Array | undefined;
  readonly kwargs: Uint8Array | undefined;
}

/** The parts of args and kwargs in CBOR, back to back. Throws a SerializationError where they are malformed. */
export function partsOf(raw: Uint8Array, elements: 1 | 2): Parts {
  if (elements === 1) return { args: raw, kwargs: undefined };
  const cursor = new Cursor(raw, 'cbor');
  try {
    CBOR.walk(cursor);
  } catch (cause) {
    throw new SerializationError('args: the raw payload is malformed', { cause });
  }
  const empty = CBOR.isEmptyAt(raw, 0);
  return { args: empty ? undefined : raw.subarray(0, cursor.at), kwargs: raw.subarray(cursor.at) };
}

/** Bytes in the place of args and kwargs, as they lie in a frame: they go on as they are, and are copied only when read. */
export class FrameBytes extends BinaryPayload {
  readonly view: Uint8Array;

  constructor(view: Uint8Array) {
    super(view);
    this.view = view;
  }

  /** The bytes: new ones at every call. */
  override get bytes(): Uint8Array {
    return new Uint8Array(this.view);
  }
}

/** The payload in a table's fields for args, kwargs and what is passed through. Its bytes are those of `cbor`. */
export function readPayload(
  reader: TableReader,
  table: Table,
  slots: NonNullable<Layout['payload']>,
  cbor: FrameSerializer,
): Payload | undefined {
  const args = partIn(reader, table, slots[0]);
  const kwargs = partIn(reader, table, slots[1]);
  const binary = partIn(reader, table, slots[2]);
  if (binary === undefined) return joined({ args, kwargs }, cbor);
  if (args === undefined && kwargs === undefined) return new FrameBytes(binary);
  throw new ProtocolError('flatbuffers: args or kwargs, and a payload in the place of both');
}

function partIn(reader: TableReader, table: Table, { slot, width }: Field): Uint8Array | undefined {
  const at = reader.field(table, slot, width);
  return at === 0 ? undefined : reader.bytes(at);
}

/** A payload of parts that nobody has walked. Null in place of one is nothing. Throws a ProtocolError. */
function joined(parts: Parts, cbor: FrameSerializer): Payload | undefined {
  const args = checked(parts.args, 'args', 'list');
  const kwargs = checked(parts.kwargs, 'kwargs', 'dict');
  const noArgs = args === undefined || CBOR.isEmptyAt(args.bytes, 0);
  if (kwargs === undefined) {
    return noArgs ? undefined : new WalkedPayload(args.bytes, 1, cbor, args.odd);
  }
  if (noArgs && CBOR.isEmptyAt(kwargs.bytes, 0)) return undefined;
  const first = args?.bytes ?? CBOR.emptyArgs;
  const raw = new Uint8Array(first.length + kwargs.bytes.length);
  raw.set(first);
  raw.set(kwargs.bytes, first.length);
  return new WalkedPayload(raw, 2, cbor, (args?.odd ?? false) || kwargs.odd);
}

/** A part that has been walked, and is of the type that it should be. */
function checked(bytes: Uint8Array | undefined, part: string, type: 'list' | 'dict'): Cursor | undefined {
  if (bytes === undefined || bytes.length === 0) return undefined;
  const cursor = new Cursor(bytes, `flatbuffers, ${part}`);
  const got = CBOR.typeAt(cursor);
  if (got !== type && got !== 'null') throw cursor.fault(`expected a ${type} in CBOR, got ${got}`);
  CBOR.walk(cursor);
  CBOR.close(cursor);
  return got === 'null' ? undefined : cursor;
}

/** The payload in the bytes of args, or of args and kwargs back to back. Throws a ProtocolError. */
export function readTail(bytes: Uint8Array, cbor: FrameSerializer): Payload | undefined {
  const cursor = new Cursor(bytes, 'flatbuffers, args');
  const type = CBOR.typeAt(cursor);
  CBOR.walk(cursor);
  const end = cursor.at;
  if (type === 'binary' && end === bytes.length) {
    cursor.at = 0;
    return new BinaryPayload(CBOR.readItem(cursor) as Uint8Array);
  }
  return joined({ args: bytes.subarray(0, end), kwargs: end < bytes.length ? bytes.subarray(end) : undefined }, cbor);
}

/** A value as CBOR. It has been through `portable`. */
export function cborOf(writer: FrameWriter, value: Value): Uint8Array {
  writer.begin();
  CBOR.writeItem(writer, value, 0);
  return writer.finish();
}
