import type { Socket } from 'node:net';

/** Frames from this size on go out at once: waiting for others would save them nothing. */
export const LARGE_FRAME = 16 * 1024;

/** Holds back what is written to a socket until the turn of the event loop ends, so that it leaves in one system call. */
export class Coalescer {
  readonly #socket: Socket;
  #holding = false;
  #scheduled = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** What is written from now on waits for the end of the turn. */
  hold(): void {
    if (this.#holding) return;
    this.#holding = true;
    this.#socket.cork();
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#turnEnded);
  }

  /** What was held back leaves now. */
  release(): void {
    if (!this.#holding) return;
    this.#holding = false;
    this.#socket.uncork();
  }

  // One function for the life of the socket: no closure for each turn.
  readonly #turnEnded = (): void => {
    this.#scheduled = false;
    this.release();
  };
}
