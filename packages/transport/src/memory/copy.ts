import {
  BinaryPayload,
  COPY,
  type Message,
  type Payload,
  ProtocolError,
  payloadIn,
  portable,
  RawPayload,
  SerializationError,
  shapeOf,
  type Value,
} from '@wamp-run/protocol';
import { Parcel } from './parcel.js';

/**
 * A message as its receiver gets it: every object in it new, its fields held to the rules that hold on a wire.
 * Throws a SerializationError where it cannot be sent; then nothing has changed.
 *
 * @param emptied collects the parcel whose objects this message has taken over, if there is one
 */
export function copyOf(message: Message, emptied: Parcel[]): Message {
  const shape = shapeOf(message.type);
  const header = shape.write(message);
  for (let index = 1; index < header.length; index++) {
    const item = header[index] as Value;
    if (typeof item === 'object' && item !== null) header[index] = portable(item, shape.name, COPY);
  }
  const payload = payloadIn(message);
  const carried = carriedBy(payload);
  const copy = read(message, header, carried);
  if (payload instanceof Parcel && (carried as Parcel).args === payload.args) emptied.push(payload);
  return copy;
}

function carriedBy(payload: Payload | undefined): Payload | undefined {
  if (payload instanceof BinaryPayload) return CopiedBytes.of(payload);
  // The bytes of a raw payload are nobody's to change, and decoding makes new values every time.
  return payload === undefined || payload instanceof RawPayload ? payload : Parcel.of(payload);
}

/** Bytes that nobody outside holds: sent on, they need no further copy, for every reader gets one. */
class CopiedBytes extends BinaryPayload {
  static of(payload: BinaryPayload): CopiedBytes {
    return payload instanceof CopiedBytes ? payload : new CopiedBytes(new Uint8Array(payload.bytes));
  }

  override get bytes(): Uint8Array {
    return new Uint8Array(super.bytes);
  }
}

function read(message: Message, header: readonly Value[], payload: Payload | undefined): Message {
  try {
    return shapeOf(message.type).read(header, payload);
  } catch (error) {
    // On a wire the peer would answer with ABORT. Here the sender is told, and its session lives.
    if (error instanceof ProtocolError) throw new SerializationError(error.message, { cause: error });
    throw error;
  }
}
