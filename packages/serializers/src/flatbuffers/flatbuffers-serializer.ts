import {
  type Batching,
  BinaryPayload,
  isDict,
  type Message,
  type MessageShape,
  MessageType,
  type Payload,
  type PlainPayload,
  ProtocolError,
  payloadIn,
  portable,
  portableArgs,
  portableKwargs,
  RawPayload,
  type Serializer,
  shapeOf,
  typeName,
  type Value,
} from '@wamp-run/protocol';
import { CBOR } from '../cbor/format.js';
import { Cursor } from '../cursor.js';
import { FrameSerializer, subprotocolOf } from '../frame-serializer.js';
import { FrameWriter } from '../frame-writer.js';
import { type Placed, placed, readHeader, withRoles } from './header.js';
import { codeOf, LAYOUTS, type Layout } from './layouts.js';
import { cborOf, FrameBytes, type Parts, partsOf, readPayload, readTail } from './payload.js';
import { type Table, TableReader } from './table-reader.js';
import { TableWriter } from './table-writer.js';

const NAME = 'flatbuffers';

// The slots of the root table. The schema has the first two; the others are ours (docs/decisions/0019), with a gap
// before them for what its owners may add.
const TYPE_SLOT = 0;
const MESSAGE_SLOT = 1;
/** The whole header as a CBOR list, where the schema cannot say it. */
const HEADER_SLOT = 7;
/** Args, or args and kwargs back to back, as CBOR, where the schema has no place for them. */
const TAIL_SLOT = 8;
const SLOTS = 2;
const ALL_SLOTS = 9;
const ROOT_SLOTS: readonly boolean[] = Array.from(
  { length: ALL_SLOTS },
  (_, slot) => slot < SLOTS || slot === HEADER_SLOT || slot === TAIL_SLOT,
);

const NONE: Parts = { args: undefined, kwargs: undefined };

/** Messages as FlatBuffers of Autobahn|Python's schema, their payloads as CBOR in them. */
export class FlatBuffersSerializer implements Serializer {
  readonly name = NAME;
  readonly payloads = CBOR.name;
  readonly subprotocol: string;
  readonly binary = true;
  readonly batch?: Batching;
  /** Reads payloads; they are its own, so that a peer that speaks CBOR gets them as they are. */
  readonly #cbor = new FrameSerializer(CBOR);
  #writers: Writers | undefined;

  constructor(batch?: Batching) {
    this.subprotocol = subprotocolOf(NAME, batch);
    if (batch !== undefined) this.batch = batch;
  }

  encode(message: Message): Uint8Array {
    const shape = shapeOf(message.type);
    const layout = layoutOf(shape);
    const header = shape.write(message);
    for (let i = 0; i < header.length; i++) {
      const item = header[i];
      if (isDict(item)) header[i] = portable(item, `${shape.name}[${i}]`, CBOR.portable);
    }
    const payload = this.#outgoing(payloadIn(message));
    // The application's code (toJSON, getters) runs above. Should it still encode a message from a getter below,
    // then that one finds no writers here and makes its own.
    const writers = this.#writers ?? { table: new TableWriter(), cbor: new FrameWriter() };
    this.#writers = undefined;
    const frame =
      payload instanceof BinaryPayload
        ? write(writers, {
            layout,
            header,
            parts: NONE,
            binary: payload instanceof FrameBytes ? payload.view : payload.bytes,
          })
        : write(writers, { layout, header, parts: partsIn(writers.cbor, payload), binary: undefined });
    this.#writers = writers;
    return frame;
  }

  /** The payload as it can be written, or undefined where there is nothing in it. */
  #outgoing(payload: Payload | undefined): Payload | undefined {
    if (payload === undefined || payload instanceof BinaryPayload) return payload;
    if (payload instanceof RawPayload) {
      return payload.serializer === CBOR.name ? payload : this.#outgoing(payload.decode());
    }
    return {
      args: portableArgs(payload.args, CBOR.portable),
      kwargs: portableKwargs(payload.kwargs, CBOR.portable),
    };
  }

  decode(bytes: Uint8Array): Message {
    const cursor = new Cursor(bytes, NAME);
    const reader = new TableReader(cursor);
    const root = reader.root();
    reader.reads(root, ROOT_SLOTS);
    const typeAt = reader.field(root, TYPE_SLOT, 1);
    const shape = shapeOf(typeAt === 0 ? 0 : codeOf(reader.integer(typeAt, 1) as number));
    const layout = layoutOf(shape);
    const messageAt = reader.field(root, MESSAGE_SLOT, 4);
    if (messageAt === 0) throw cursor.fault(`no table for ${shape.name}`, root.at);
    const table = reader.table(messageAt);
    const said = readHeader(reader, shape.type, layout, table);
    const payload = this.#incoming(reader, root, table, shape);
    const headerAt = reader.field(root, HEADER_SLOT, 4);
    const whole = headerAt === 0 ? undefined : reader.bytes(headerAt);
    reader.close();
    if (whole !== undefined) return shape.read(readWhole(whole, shape), payload);
    const needsRoles = shape.type === MessageType.HELLO || shape.type === MessageType.WELCOME;
    return shape.read(needsRoles ? withRoles(said, shape.type === MessageType.HELLO) : said, payload);
  }

  #incoming(reader: TableReader, root: Table, table: Table, shape: MessageShape<Message>): Payload | undefined {
    if (!shape.payload) return undefined;
    const { payload } = layoutOf(shape);
    if (payload !== undefined) return readPayload(reader, table, payload, this.#cbor);
    const at = reader.field(root, TAIL_SLOT, 4);
    return at === 0 ? undefined : readTail(reader.bytes(at), this.#cbor);
  }

  decodePayload(raw: Uint8Array, elements: 1 | 2): PlainPayload {
    return this.#cbor.decodePayload(raw, elements);
  }
}

function layoutOf(shape: MessageShape<Message>): Layout {
  const layout = LAYOUTS.get(shape.type);
  if (layout === undefined) throw new ProtocolError(`${NAME}: there is no table for ${shape.name}`);
  return layout;
}

function partsIn(writer: FrameWriter, payload: PlainPayload | RawPayload | undefined): Parts {
  if (payload === undefined) return NONE;
  if (payload instanceof RawPayload) return partsOf(payload.raw, payload.elements);
  const { args, kwargs } = payload;
  return {
    args: args.length === 0 ? undefined : cborOf(writer, args),
    kwargs: Object.keys(kwargs).length === 0 ? undefined : cborOf(writer, kwargs),
  };
}

interface Writers {
  readonly table: TableWriter;
  readonly cbor: FrameWriter;
}

interface Parcel {
  readonly layout: Layout;
  readonly header: readonly Value[];
  readonly parts: Parts;
  /** What is in the place of both parts. */
  readonly binary: Uint8Array | undefined;
}

function write({ table, cbor }: Writers, { layout, header, parts, binary }: Parcel): Uint8Array {
  const fields = placed(layout, header);
  table.begin();
  if (layout.payload !== undefined) writeParts(table, layout.payload, { fields, parts, binary });
  const tail = layout.payload === undefined ? writeTail(table, parts, binary && cborOf(cbor, binary)) : undefined;
  const whole = fields.exact ? undefined : table.bytes(cborOf(cbor, [...header]));
  const message = fields.write(table, layout.slots);
  table.beginTable(whole === undefined && tail === undefined ? SLOTS : ALL_SLOTS);
  table.integer(TYPE_SLOT, layout.type, 1);
  table.reference(MESSAGE_SLOT, message);
  if (whole !== undefined) table.reference(HEADER_SLOT, whole);
  if (tail !== undefined) table.reference(TAIL_SLOT, tail);
  return table.finish(table.endTable());
}

/** Writes args and kwargs, or what is in the place of both, and has the table refer to them. */
function writeParts(
  table: TableWriter,
  [argsField, kwargsField, binaryField]: NonNullable<Layout['payload']>,
  { fields, parts, binary }: Pick<Parcel, 'parts' | 'binary'> & { fields: Placed },
): void {
  const { args, kwargs } = parts;
  if (args !== undefined) fields.refer(argsField, table.bytes(args));
  if (kwargs !== undefined) fields.refer(kwargsField, table.bytes(kwargs));
  if (binary !== undefined) fields.refer(binaryField, table.bytes(binary));
}

/** Args, and kwargs behind them, for a message whose table has no place for them. */
function writeTail(table: TableWriter, { args, kwargs }: Parts, binary: Uint8Array | undefined): number | undefined {
  if (binary !== undefined) return table.bytes(binary);
  if (args === undefined && kwargs === undefined) return undefined;
  if (kwargs === undefined) return args && table.bytes(args);
  const first = args ?? CBOR.emptyArgs;
  const tail = new Uint8Array(first.length + kwargs.length);
  tail.set(first);
  tail.set(kwargs, first.length);
  return table.bytes(tail);
}

/** The header in the bytes of a CBOR list. */
function readWhole(bytes: Uint8Array, shape: MessageShape<Message>): Value[] {
  const cursor = new Cursor(bytes, `${NAME}, header`);
  const header = CBOR.readItem(cursor);
  CBOR.close(cursor);
  const [least, most] = shape.header;
  if (!Array.isArray(header)) throw new ProtocolError(`${NAME}, header: expected list, got ${typeName(header)}`);
  if (header[0] !== shape.type || header.length < least || header.length > most) {
    throw new ProtocolError(`${NAME}, header: expected the ${least} items of a ${shape.name}, its code first`);
  }
  return header;
}
