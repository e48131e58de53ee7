import type { Socket } from 'node:net';
import { FIRST_HELD, heldBehind, LARGE_FRAME } from '../coalescer.js';
import { FrameType, HEAD_LENGTH, headOf, putHead } from './frame.js';

/**
 * Writes frames. Small ones wait until the turn of the event loop ends, or until there are enough of them
 * (docs/decisions/0100), and leave as one piece of memory: copying them costs less than handing each to the socket.
 */
export class FrameWriter {
  readonly #socket: Socket;
  readonly #heads: number[] = [];
  readonly #payloads: Uint8Array[] = [];
  /** The octets of what is held. */
  #held = 0;
  #heldPongs = 0;
  /** The octets of pongs that the socket has taken and not written yet. */
  #pongsOut = 0;
  /** How many frames are held at most, in this turn by now. */
  #most = FIRST_HELD;
  #scheduled = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Octets that the operating system has not taken yet. */
  get queued(): number {
    return this.#socket.writableLength + this.#held;
  }

  /** How much of it is pongs. */
  get queuedPongs(): number {
    return this.#pongsOut + this.#heldPongs;
  }

  /** A frame with this payload, which nobody writes to any more. */
  write(type: FrameType, payload: Uint8Array): void {
    const { length } = payload;
    if (this.#heads.length >= this.#most) {
      this.flush();
      this.#most = heldBehind(this.#most);
    }
    if (type === FrameType.pong) this.#heldPongs += HEAD_LENGTH + length;
    this.#heads.push(headOf(type, length));
    this.#payloads.push(payload);
    this.#held += HEAD_LENGTH + length;
    if (length >= LARGE_FRAME) {
      this.flush();
    } else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(turnEnded, this);
    }
  }

  /** What is held leaves now. */
  flush(): void {
    const count = this.#heads.length;
    if (count === 0) return;
    const last = this.#payloads[count - 1] as Uint8Array;
    // Only the last can be large, because it takes the others with it. It is not copied.
    const large = last.length >= LARGE_FRAME ? last : undefined;
    const bytes = this.#gathered(this.#held - (large?.length ?? 0), large === undefined ? count : count - 1);
    const done = this.#written();
    this.#heads.length = 0;
    this.#payloads.length = 0;
    this.#held = 0;
    if (large === undefined) {
      this.#socket.write(bytes, done);
    } else {
      this.#socket.cork();
      this.#socket.write(bytes);
      this.#socket.write(large, done);
      this.#socket.uncork();
    }
  }

  /** Flushes, and says that nothing comes any more. */
  end(): void {
    this.flush();
    this.#socket.end();
  }

  /** Forgets what is held: there is nobody to take it. */
  drop(): void {
    this.#heads.length = 0;
    this.#payloads.length = 0;
    this.#held = 0;
    this.#heldPongs = 0;
  }

  /** All heads, and the payloads of the first `whole` frames, in one piece. */
  #gathered(length: number, whole: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    let at = 0;
    for (let index = 0; index < this.#heads.length; index++) {
      putHead(this.#heads[index] as number, bytes, at);
      at += HEAD_LENGTH;
      if (index === whole) break;
      const payload = this.#payloads[index] as Uint8Array;
      bytes.set(payload, at);
      at += payload.length;
    }
    return bytes;
  }

  /** What is to be done when the held frames are written: something only where there are pongs among them. */
  #written(): (() => void) | undefined {
    const pongs = this.#heldPongs;
    if (pongs === 0) return undefined;
    this.#heldPongs = 0;
    this.#pongsOut += pongs;
    return () => {
      this.#pongsOut -= pongs;
    };
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
