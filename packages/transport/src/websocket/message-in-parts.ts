import { free, isAlone } from '../freed-memory.js';
import { mask } from './mask.js';

/** What a message gets at first: a head is cheap to send, and is not worth 16 MiB. */
const FIRST_ROOM = 128 * 1024;
/** By how much the room grows. What has come is copied once, and at most a third of it once more. */
const GROWTH = 4;
/** Messages from so many octets on do not share their memory with others. */
const ALONE_FROM = 4 * 1024;

/** A frame whose payload is added. */
export interface Part {
  readonly length: number;
  readonly key: number;
  /** Nothing of the message follows it. */
  readonly last: boolean;
}

/** Gathers a message that does not lie whole in one piece of what is read: it came in several, or in several frames. */
export class MessageInParts {
  readonly isBinary: boolean;
  readonly #limit: number;
  #body: Buffer | undefined;
  #filled = 0;
  #parts = 0;
  /** The frame that is being added: what is missing of it, where it begins, and its key. */
  #left = 0;
  #start = 0;
  #key = 0;
  #last = false;

  /** @param limit the most octets that there will be */
  constructor(isBinary: boolean, limit: number) {
    this.isBinary = isBinary;
    this.#limit = limit;
  }

  /** How many octets there are. */
  get length(): number {
    return this.#filled;
  }

  /** How many frames there are, the one that is being added included. */
  get parts(): number {
    return this.#parts;
  }

  /** How many octets of a frame are missing. */
  get left(): number {
    return this.#left;
  }

  /** All of it is there. */
  get whole(): boolean {
    return this.#last && this.#left === 0;
  }

  /** A frame begins. The one before it is there. */
  begin({ length, key, last }: Part): void {
    this.#parts++;
    this.#left = length;
    this.#start = this.#filled;
    this.#key = key;
    this.#last = last;
  }

  /** Copies what is missing of the frame, or what there is of that. Returns where something else begins. */
  add(chunk: Buffer, at: number): number {
    const count = Math.min(this.#left, chunk.length - at);
    const body = this.#withRoom(count);
    chunk.copy(body, this.#filled, at, at + count);
    this.#filled += count;
    this.#left -= count;
    if (this.#left === 0) mask(body, this.#key, this.#start, this.#filled);
    return at + count;
  }

  /** What there is, and whether nothing else lies in its memory. */
  take(): { payload: Buffer; alone: boolean } {
    const body = this.#body ?? Buffer.alloc(0);
    const payload = body.length === this.#filled ? body : body.subarray(0, this.#filled);
    return { payload, alone: isAlone(body) };
  }

  /** The memory, with room for so many octets more. It grows with what comes, and not with what is announced. */
  #withRoom(count: number): Buffer {
    const body = this.#body;
    const needed = this.#filled + count;
    if (body !== undefined && needed <= body.length) return body;
    // Of a message in many frames nobody knows how much follows.
    const most = this.#last ? this.#filled + this.#left : this.#limit;
    const wanted = body === undefined ? Math.min(this.#left, FIRST_ROOM) : Math.min(most, body.length * GROWTH);
    const grown = room(Math.max(needed, wanted));
    if (body !== undefined) {
      body.copy(grown, 0, 0, this.#filled);
      if (isAlone(body)) free(body);
    }
    this.#body = grown;
    return grown;
  }
}

function room(length: number): Buffer {
  return length < ALONE_FROM ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);
}
