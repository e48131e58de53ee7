import type { Socket } from 'node:net';
import { Coalescer, LARGE_FRAME } from '../coalescer.js';
import type { WireSocket } from './wire-socket.js';

/** What a CompressingWriter is made of. */
export interface CompressingWriterOptions {
  readonly ws: WireSocket;
  /** The socket under it. */
  readonly socket: Socket;
  /** Binary frames; text otherwise. */
  readonly binary: boolean;
  /** Frames of at least so many bytes are compressed. */
  readonly compressFrom: number;
}

/** Writes messages through ws, where some frames are compressed: that takes its time, and ws keeps all in order. */
export class CompressingWriter {
  readonly held = 0;
  readonly #ws: WireSocket;
  readonly #coalescer: Coalescer;
  readonly #plain: { binary: boolean; compress: boolean; fin: boolean };
  readonly #compressed: { binary: boolean; compress: boolean; fin: boolean };
  readonly #compressFrom: number;

  constructor({ ws, socket, binary, compressFrom }: CompressingWriterOptions) {
    this.#ws = ws;
    this.#coalescer = new Coalescer(socket);
    this.#plain = { binary, compress: false, fin: true };
    this.#compressed = { binary, compress: true, fin: true };
    this.#compressFrom = compressFrom;
  }

  write(frame: Uint8Array): void {
    const { length } = frame;
    const large = length >= LARGE_FRAME;
    if (!large) this.#coalescer.hold();
    this.#ws.send(frame, length >= this.#compressFrom ? this.#compressed : this.#plain);
    if (large) this.#coalescer.release();
  }

  /** What is held back leaves now. */
  flush(): void {
    this.#coalescer.release();
  }
}
