import { type Batching, MAX_BATCH, ProtocolError } from '@wamp-run/protocol';
import { uint32 } from './big-endian.js';

const PREFIX = 4;

/** Batches of binary frames: before each its length, as 32 bits, the highest first. */
export const PREFIXED: Batching = {
  overhead: PREFIX,

  join(frames) {
    const batch = new Uint8Array(joinedLength(frames, PREFIX));
    const view = new DataView(batch.buffer);
    let at = 0;
    for (const frame of frames) {
      view.setUint32(at, frame.length);
      batch.set(frame, at + PREFIX);
      at += PREFIX + frame.length;
    }
    return batch;
  },

  split(batch) {
    if (batch.length === 0) throw empty();
    const frames: Uint8Array[] = [];
    for (let at = 0; at < batch.length; ) {
      if (frames.length === MAX_BATCH) throw tooMany();
      const start = at + PREFIX;
      if (start > batch.length) throw new ProtocolError(`batch: ends inside a length at byte ${batch.length}`);
      const end = start + uint32(batch, at);
      if (end > batch.length) {
        throw new ProtocolError(
          `batch: a message of ${end - start} bytes at byte ${start}, of which ${batch.length - start} are there`,
        );
      }
      frames.push(batch.subarray(start, end));
      at = end;
    }
    return frames;
  },
};

/** The octet behind each message of a text batch: decimal 30, as the specification has it. */
const SEPARATOR = 0x1e;
/** The octet that Autobahn|Python writes instead: it took the specification's `\30` for octal. */
const OCTAL_SEPARATOR = 0x18;

/**
 * Batches of text frames: behind each a separator, which JSON cannot contain.
 *
 * @param octal also take batches whose separator is 0x18; the last octet of a batch tells which one it has
 */
export function separated(octal: boolean): Batching {
  return {
    overhead: 1,

    join(frames) {
      const batch = new Uint8Array(joinedLength(frames, 1));
      let at = 0;
      for (const frame of frames) {
        batch.set(frame, at);
        at += frame.length;
        batch[at++] = SEPARATOR;
      }
      return batch;
    },

    split(batch) {
      if (batch.length === 0) throw empty();
      const separator = batch[batch.length - 1] as number;
      if (separator !== SEPARATOR && !(octal && separator === OCTAL_SEPARATOR)) {
        const hint = separator === OCTAL_SEPARATOR ? ' (it is 0x18, as Autobahn|Python writes it: octalSeparator)' : '';
        throw new ProtocolError(`batch: expected 0x1e behind the last message, at byte ${batch.length - 1}${hint}`);
      }
      const frames: Uint8Array[] = [];
      for (let at = 0; at < batch.length; ) {
        if (frames.length === MAX_BATCH) throw tooMany();
        const end = batch.indexOf(separator, at);
        frames.push(batch.subarray(at, end));
        at = end + 1;
      }
      return frames;
    },
  };
}

function joinedLength(frames: readonly Uint8Array[], overhead: number): number {
  let length = 0;
  for (const frame of frames) length += overhead + frame.length;
  return length;
}

function empty(): ProtocolError {
  return new ProtocolError('batch: expected at least one message, got none');
}

function tooMany(): ProtocolError {
  return new ProtocolError(`batch: more than ${MAX_BATCH} messages; send them in several batches`);
}
