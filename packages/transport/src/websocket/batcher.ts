import { type Batching, MAX_BATCH } from '@wamp-run/protocol';
import { LARGE_FRAME } from '../coalescer.js';

/** What a Batcher is made of. */
export interface BatcherOptions {
  readonly batching: Batching;
  /** The most bytes that a batch may have. */
  readonly maxSize: number;
  /** Takes a batch that is complete. */
  write(batch: Uint8Array): void;
  /** Calls back when the turn of the event loop ends. */
  atTurnEnd(run: () => void): void;
}

/**
 * Gathers the frames of one turn of the event loop into one batch. A batch that has become large, or has as many
 * messages as it may have, leaves at once, and the next one begins.
 */
export class Batcher {
  readonly #options: BatcherOptions;
  #frames: Uint8Array[] = [];
  #bytes = 0;
  #scheduled = false;

  constructor(options: BatcherOptions) {
    this.#options = options;
  }

  /** Bytes that wait for the end of the turn. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The frame goes out with this turn's batch, behind those that were added before. It fits into one by itself. */
  add(frame: Uint8Array): void {
    const { batching, maxSize } = this.#options;
    const size = frame.length + batching.overhead;
    if (this.#bytes + size > maxSize) this.flush();
    this.#frames.push(frame);
    this.#bytes += size;
    if (this.#bytes >= LARGE_FRAME || this.#frames.length === MAX_BATCH) {
      this.flush();
    } else if (!this.#scheduled) {
      this.#scheduled = true;
      this.#options.atTurnEnd(this.#turnEnded);
    }
  }

  /** What has been gathered leaves now. */
  flush(): void {
    const frames = this.#frames;
    if (frames.length === 0) return;
    this.#frames = [];
    this.#bytes = 0;
    this.#options.write(this.#options.batching.join(frames));
  }

  // One function for the life of the connection: no closure for each turn.
  readonly #turnEnded = (): void => {
    this.#scheduled = false;
    this.flush();
  };
}
