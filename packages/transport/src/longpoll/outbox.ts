import { MAX_BATCH, PayloadExceededError, type Serializer } from '@wamp-run/protocol';

/** The messages that wait to be fetched by the client, or to be sent by it, in order. */
export class Outbox {
  readonly #batch: Serializer['batch'];
  readonly #maxSize: number;
  #frames: Uint8Array[] = [];
  #first = 0;
  #bytes = 0;

  /** @param maxSize the most bytes that the body of a request or an answer may have */
  constructor({ batch }: Serializer, maxSize: number) {
    this.#batch = batch;
    this.#maxSize = maxSize;
  }

  /** How many bytes of messages wait. */
  get bytes(): number {
    return this.#bytes;
  }

  get empty(): boolean {
    return this.#first === this.#frames.length;
  }

  /** Throws a PayloadExceededError where a message is too large for a body; `name` says which it is. */
  check({ length }: Uint8Array, name: string): void {
    const size = length + (this.#batch?.overhead ?? 0);
    if (size <= this.#maxSize) return;
    throw new PayloadExceededError(
      `${name} of ${size} bytes: the limit is ${this.#maxSize} (maxMessageSize); send less at a time`,
    );
  }

  add(frame: Uint8Array): void {
    this.#frames.push(frame);
    this.#bytes += frame.length;
  }

  /** The body that goes next, taken out: one message, or a batch of all that fit. Not to be asked of an empty one. */
  take(): Uint8Array {
    const begin = this.#first;
    const end = this.#batch === undefined ? begin + 1 : this.#batchEnd(begin, this.#batch.overhead);
    const frames = this.#frames.slice(begin, end);
    for (const { length } of frames) this.#bytes -= length;
    this.#first = end;
    if (this.empty) this.clear();
    return this.#batch === undefined ? (frames[0] as Uint8Array) : this.#batch.join(frames);
  }

  clear(): void {
    this.#frames = [];
    this.#first = 0;
    this.#bytes = 0;
  }

  #batchEnd(begin: number, overhead: number): number {
    const last = Math.min(this.#frames.length, begin + MAX_BATCH);
    let size = 0;
    for (let end = begin; end < last; end++) {
      size += (this.#frames[end] as Uint8Array).length + overhead;
      // One message goes whatever its size: an ABORT may be larger than what is allowed to others.
      if (size > this.#maxSize && end > begin) return end;
    }
    return last;
  }
}
