import { ERROR_URIS, ProtocolError } from '@wamp-run/protocol';
import { type FrameType, faultIn, HEAD_LENGTH, lengthIn, typeIn } from './frame.js';

/** What a reader tells. */
export interface FrameHandler {
  /** A whole frame. Its payload is a part of the bytes that were fed, where they held it all. */
  frame(type: FrameType, payload: Buffer): void;
  /** What came is no frame. Nothing is told after it. */
  broken(error: ProtocolError): void;
}

/** What a frame that comes in pieces gets at first: a head is cheap to send, and is not worth 16 MiB. */
const FIRST_ROOM = 64 * 1024;

/** By how much the room grows. The pieces are copied once, and at most a third of them once more. */
const GROWTH = 4;

const NOTHING = Buffer.alloc(0);

/** Cuts frames from a stream of bytes. */
export class FrameReader {
  readonly #limit: number;
  readonly #on: FrameHandler;
  #stopped = false;
  /** The octets of a head that is not complete. */
  #head = 0;
  #headLength = 0;
  /** The frame that is not complete; its head is. */
  #type: FrameType = 0;
  #length = 0;
  #filled = 0;
  #body: Buffer | undefined;

  /** @param limit the largest payload in bytes that is taken */
  constructor(limit: number, on: FrameHandler) {
    this.#limit = limit;
    this.#on = on;
  }

  /** A frame has begun and has not ended. */
  get midFrame(): boolean {
    return this.#headLength > 0 || this.#body !== undefined;
  }

  /** From now on nothing is told; what is fed is forgotten. */
  stop(): void {
    this.#stopped = true;
    this.#body = undefined;
    this.#headLength = 0;
  }

  feed(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.#stopped) {
      at = this.#body === undefined ? this.#begin(chunk, at) : this.#goOn(this.#body, chunk, at);
    }
  }

  /** Takes a head, or an octet of it, and what is there of the payload. Returns where the next begins. */
  #begin(chunk: Buffer, at: number): number {
    let head: number;
    let next: number;
    if (this.#headLength === 0 && chunk.length - at >= HEAD_LENGTH) {
      head = chunk.readUInt32BE(at);
      next = at + HEAD_LENGTH;
    } else {
      head = ((this.#head << 8) | (chunk[at] as number)) >>> 0;
      next = at + 1;
      this.#head = head;
      this.#headLength++;
      if (this.#headLength < HEAD_LENGTH) return next;
      this.#head = 0;
      this.#headLength = 0;
    }
    const fault = faultIn(head);
    if (fault !== undefined) return this.#break(new ProtocolError(fault), next);
    const length = lengthIn(head);
    if (length > this.#limit) return this.#break(tooLarge(this.#limit), next);
    const type = typeIn(head) as FrameType;
    if (chunk.length - next >= length) {
      this.#on.frame(type, length === 0 ? NOTHING : chunk.subarray(next, next + length));
      return next + length;
    }
    this.#type = type;
    this.#length = length;
    this.#filled = 0;
    this.#body = Buffer.allocUnsafeSlow(Math.min(length, FIRST_ROOM));
    return next;
  }

  /** Takes what there is of the payload that is not complete. */
  #goOn(body: Buffer, chunk: Buffer, at: number): number {
    const count = Math.min(this.#length - this.#filled, chunk.length - at);
    const filled = this.#filled + count;
    const room = filled <= body.length ? body : this.#grown(body, filled);
    chunk.copy(room, this.#filled, at, at + count);
    this.#filled = filled;
    if (filled < this.#length) {
      this.#body = room;
    } else {
      this.#body = undefined;
      this.#on.frame(this.#type, room);
    }
    return at + count;
  }

  /** More room, with what is filled in it. */
  #grown(body: Buffer, needed: number): Buffer {
    const room = Buffer.allocUnsafeSlow(Math.min(this.#length, Math.max(needed, body.length * GROWTH)));
    body.copy(room, 0, 0, this.#filled);
    return room;
  }

  #break(error: ProtocolError, next: number): number {
    this.stop();
    this.#on.broken(error);
    return next;
  }
}

function tooLarge(limit: number): ProtocolError {
  return new ProtocolError(`a message of more than ${limit} bytes came in, which is the limit here`, {
    reason: ERROR_URIS.payloadSizeExceeded,
  });
}
