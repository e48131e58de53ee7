import type { Socket } from 'node:net';

/** Frames from this size on go out at once: waiting for others would save them nothing. */
export const LARGE_FRAME = 16 * 1024;

/**
 * So many frames of a turn are held back, and each time that they are let go twice as many after them. Holding all of a
 * turn makes the processes along a call's way wait for each other; letting go early lets the next one begin while this
 * one goes on, and where there is much to send, few system calls are worth more (docs/decisions/0100).
 */
export const FIRST_HELD = 8;
export const MOST_HELD = 64;

/** How many frames are held back behind so many that were let go in the same turn. */
export function heldBehind(held: number): number {
  return Math.min(MOST_HELD, 2 * held);
}

/** Holds back what is written to a socket until the turn of the event loop ends, so that it leaves in few system calls. */
export class Coalescer {
  readonly #socket: Socket;
  #holding = false;
  #held = 0;
  /** How many are held back now, at most. */
  #most = FIRST_HELD;
  #scheduled = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** The frame that is written next waits, for the end of the turn or until there are enough of them. */
  hold(): void {
    if (this.#holding && ++this.#held <= this.#most) return;
    if (this.#holding) this.#most = heldBehind(this.#most);
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
    this.#most = FIRST_HELD;
    this.release();
  };
}
