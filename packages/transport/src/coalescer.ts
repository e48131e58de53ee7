import type { Socket } from 'node:net';

/** Frames from this size on go out at once: waiting for others would save them nothing. */
export const LARGE_FRAME = 16 * 1024;

/**
 * So many frames are held back at most. Holding a whole turn's frames makes the processes along a call's way wait for
 * each other; letting go now and then lets the next one begin while this one goes on (docs/decisions/0008).
 */
export const MOST_HELD = 32;

/** Holds back what is written to a socket until the turn of the event loop ends, so that it leaves in few system calls. */
export class Coalescer {
  readonly #socket: Socket;
  #holding = false;
  #held = 0;
  #scheduled = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** The frame that is written next waits, for the end of the turn or until there are enough of them. */
  hold(): void {
    if (this.#holding && ++this.#held <= MOST_HELD) return;
    this.release();
    this.#holding = true;
    this.#held = 1;
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
