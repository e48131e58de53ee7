import type { Socket } from 'node:net';
import { FIRST_HELD, heldBehind, LARGE_FRAME } from '../coalescer.js';
import { MaskingKeys, maskBehindKey } from './mask.js';

const FINAL_TEXT = 0x81;
const FINAL_BINARY = 0x82;
const MASKED = 0x80;
const LONGEST_SHORT = 125;
const TWO_OCTETS = 126;
const EIGHT_OCTETS = 127;
const KEY_LENGTH = 4;
/** More is not kept from one large frame to the next. */
const MOST_SPARE = 256 * 1024;
/** Up to so many octets, a loop is faster than the call that copies. */
const COPIED_BY_LOOP = 64;

/** How the messages of a connection are framed. */
export interface Framing {
  /** Binary frames; text otherwise. */
  readonly binary: boolean;
  /** As a client has to (RFC 6455, 5.3). */
  readonly masked: boolean;
}

/**
 * Writes messages as frames of their own, beside ws, which keeps all other frames. Small ones wait until the turn of the
 * event loop ends, or until there are enough of them (docs/decisions/0100), and leave as one piece of memory: copying
 * them costs less than handing each to the socket, with a head of its own.
 */
export class FrameWriter {
  readonly #socket: Socket;
  readonly #first: number;
  readonly #keys: MaskingKeys | undefined;
  readonly #payloads: Uint8Array[] = [];
  /** The octets of what is held, heads included. */
  #held = 0;
  /** How many frames are held at most, in this turn by now. */
  #most = FIRST_HELD;
  #scheduled = false;
  /** What the last large frame was masked in, if the socket has taken all of it at once. */
  #spare: Buffer | undefined;

  constructor(socket: Socket, { binary, masked }: Framing) {
    this.#socket = socket;
    this.#first = binary ? FINAL_BINARY : FINAL_TEXT;
    this.#keys = masked ? new MaskingKeys() : undefined;
  }

  /** Octets that are held back. */
  get held(): number {
    return this.#held;
  }

  /** A frame with this payload, which nobody writes to any more. */
  write(payload: Uint8Array): void {
    const { length } = payload;
    if (length >= LARGE_FRAME) {
      this.writePieces([payload], length);
      return;
    }
    if (this.#payloads.length >= this.#most) {
      this.flush();
      this.#most = heldBehind(this.#most);
    }
    this.#payloads.push(payload);
    this.#held += this.#headLength(length) + length;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(turnEnded, this);
  }

  /**
   * A frame whose payload lies in several pieces, `length` octets in all. It leaves at once, behind what is held.
   *
   * @param written called when the socket needs the pieces no more
   */
  writePieces(pieces: readonly Uint8Array[], length: number, written?: () => void): void {
    if (!this.#socket.writable) {
      this.drop();
      return;
    }
    const head = this.#headLength(length);
    const payload = this.#keys === undefined ? 0 : length;
    const total = this.#held + head + payload;
    const memory = this.#memory(total);
    const bytes = memory.length === total ? memory : memory.subarray(0, total);
    let at = this.#putHead(bytes, this.#putHeld(bytes), length);
    this.#held = 0;
    if (this.#keys !== undefined) {
      const start = at;
      for (const piece of pieces) {
        bytes.set(piece, at);
        at += piece.length;
      }
      maskBehindKey(bytes, start, at);
      this.#socket.write(bytes);
      if (this.#socket.writableLength === 0 && memory.length <= MOST_SPARE) this.#spare = memory;
      written?.();
      return;
    }
    // Not copied.
    this.#socket.cork();
    this.#socket.write(bytes);
    const last = pieces.length - 1;
    for (let i = 0; i < last; i++) this.#socket.write(pieces[i] as Uint8Array);
    this.#socket.write(pieces[last] as Uint8Array, written);
    this.#socket.uncork();
  }

  /** What is held leaves now. */
  flush(): void {
    if (this.#payloads.length === 0) return;
    if (!this.#socket.writable) {
      this.drop();
      return;
    }
    const bytes = Buffer.allocUnsafe(this.#held);
    this.#putHeld(bytes);
    this.#held = 0;
    this.#socket.write(bytes);
  }

  /** Forgets what is held: there is nobody to take it. */
  drop(): void {
    this.#payloads.length = 0;
    this.#held = 0;
  }

  /** So many octets or more: those in which the last large frame was, where there are as many. */
  #memory(length: number): Buffer {
    const spare = this.#spare;
    if (spare === undefined || spare.length < length) return Buffer.allocUnsafe(length);
    this.#spare = undefined;
    return spare;
  }

  /** Puts the held frames at the beginning of these bytes. Returns where they end. */
  #putHeld(bytes: Buffer): number {
    const payloads = this.#payloads;
    let at = 0;
    for (let i = 0; i < payloads.length; i++) {
      const payload = payloads[i] as Uint8Array;
      const { length } = payload;
      const start = this.#putHead(bytes, at, length);
      if (length <= COPIED_BY_LOOP) for (let j = 0; j < length; j++) bytes[start + j] = payload[j] as number;
      else bytes.set(payload, start);
      at = start + length;
      if (this.#keys !== undefined) maskBehindKey(bytes, start, at);
    }
    payloads.length = 0;
    return at;
  }

  #headLength(length: number): number {
    const key = this.#keys === undefined ? 0 : KEY_LENGTH;
    if (length <= LONGEST_SHORT) return 2 + key;
    return (length < 0x10000 ? 4 : 10) + key;
  }

  /** Returns where the payload begins. */
  #putHead(bytes: Buffer, at: number, length: number): number {
    const masked = this.#keys === undefined ? 0 : MASKED;
    bytes[at] = this.#first;
    let end = at + 2;
    if (length <= LONGEST_SHORT) {
      bytes[at + 1] = masked | length;
    } else if (length < 0x10000) {
      bytes[at + 1] = masked | TWO_OCTETS;
      bytes[at + 2] = length >> 8;
      bytes[at + 3] = length & 0xff;
      end += 2;
    } else {
      bytes[at + 1] = masked | EIGHT_OCTETS;
      bytes.writeUInt32BE(Math.floor(length / 0x100000000), at + 2);
      bytes.writeUInt32BE(length % 0x100000000, at + 6);
      end += 8;
    }
    if (this.#keys === undefined) return end;
    this.#keys.put(bytes, end);
    return end + KEY_LENGTH;
  }

  /** The turn in which something was held has ended. */
  turnEnded(): void {
    this.#scheduled = false;
    this.#most = FIRST_HELD;
    this.flush();
  }
}

/** One function for all writers: a closure for each would be there in idle connections, too. */
function turnEnded(writer: FrameWriter): void {
  writer.turnEnded();
}
