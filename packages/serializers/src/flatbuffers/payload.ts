import { type Payload, SerializationError, type Value } from '@wamp-run/protocol';
import { CBOR } from '../cbor/format.js';
import { BYTES, INDEFINITE, LIST, readArgument, writeHead } from '../cbor/head.js';
import { Cursor } from '../cursor.js';
import type { FrameSerializer } from '../frame-serializer.js';
import { FrameWriter } from '../frame-writer.js';
import { WalkedPayload } from '../walked-payload.js';
import type { Table, TableReader } from './table-reader.js';

const LIST_OF_ONE = (LIST << 5) | 1;

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

/** The bytes in args that hold nothing else: what Autobahn|Python passes through in a field of its own. */
export function onlyBytes({ args, kwargs }: Parts): Uint8Array | undefined {
  if (args === undefined || kwargs !== undefined || args[0] !== LIST_OF_ONE) return undefined;
  const cursor = new Cursor(args, 'cbor');
  cursor.at = 1;
  if ((args[1] ?? 0) >> 5 !== BYTES) return undefined;
  const length = readArgument(cursor);
  return length === INDEFINITE || cursor.at + length !== args.length ? undefined : args.subarray(cursor.at);
}

/** Args that are bytes and nothing else. */
function argsOfBytes(bytes: Uint8Array): Uint8Array {
  const writer = new FrameWriter();
  writer.begin();
  writeHead(writer, LIST, 1);
  writeHead(writer, BYTES, bytes.length);
  writer.copy(bytes);
  return writer.finish();
}

/** The payload in a table's fields for args, kwargs and what is passed through. Its bytes are those of `cbor`. */
export function readPayload(
  reader: TableReader,
  table: Table,
  slot: number,
  cbor: FrameSerializer,
): Payload | undefined {
  const part = (at: number): Uint8Array | undefined => {
    const bytes = at === 0 ? undefined : reader.bytes(at);
    return bytes === undefined || bytes.length === 0 ? undefined : bytes;
  };
  const args = part(reader.field(table, slot, 4));
  const kwargs = part(reader.field(table, slot + 1, 4));
  const through = part(reader.field(table, slot + 2, 4));
  if (through !== undefined && args === undefined && kwargs === undefined) {
    return new WalkedPayload(argsOfBytes(through), 1, cbor, false);
  }
  return joined({ args, kwargs }, cbor);
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
  if (bytes === undefined) return undefined;
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
  CBOR.walk(cursor);
  const end = cursor.at;
  return joined({ args: bytes.subarray(0, end), kwargs: end < bytes.length ? bytes.subarray(end) : undefined }, cbor);
}

/** A value as CBOR. It has been through `portable`. */
export function cborOf(writer: FrameWriter, value: Value): Uint8Array {
  writer.begin();
  CBOR.writeItem(writer, value, 0);
  return writer.finish();
}
