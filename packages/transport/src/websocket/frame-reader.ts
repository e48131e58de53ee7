import { isUtf8 } from 'node:buffer';
import { free, isAlone } from '../freed-memory.js';
import { CloseCode } from './closing.js';
import { type FrameStep, isControl, READING_STATES, type ReadingState, stepOf } from './frame-states.js';
import { keyAt, mask } from './mask.js';
import { MessageInParts } from './message-in-parts.js';

const MASKED = 0x80;
const SHORT_LENGTH = 0x7f;
const LONGEST_SHORT = 125;
const TWO_OCTETS = 126;
const KEY_LENGTH = 4;
/** In the place of a length that takes more octets than it must. */
const NOT_SHORTEST = -1;
/** What a frame comes to that is not there as far as it must be to be looked at. */
const NOT_YET = -1;
/** In more frames no message may come, as with ws: they may be empty, and the message without an end. */
const MOST_PARTS = 16 * 1024;

/** How frames are read. */
export interface Reading {
  /** Whether the peer has to mask its frames, as a client has (RFC 6455, 5.1). It must not otherwise. */
  readonly masked: boolean;
  /** The most octets that a message may have. */
  readonly limit: number;
}

/**
 * Reads messages from a stream of octets, as frames that are not compressed. To be extended by who is told what it has
 * read, which costs an idle connection less than somebody to tell.
 */
export abstract class FrameReader {
  /** The bit that says that a frame is masked, as it must be here, and how many octets its key takes then. */
  readonly #masked: number;
  readonly #keyLength: number;
  readonly #limit: number;
  #state: ReadingState = 'between';
  /** The beginning of a frame, as long as that cannot be looked at. */
  #rest: Buffer | undefined;
  /** A message of which some has come. Most connections have none, most of the time. */
  #message: MessageInParts | undefined;
  /** Somebody may have a part of what is being fed. */
  #lent = false;

  constructor({ masked, limit }: Reading) {
    this.#masked = masked ? MASKED : 0;
    this.#keyLength = masked ? KEY_LENGTH : 0;
    this.#limit = limit;
  }

  /**
   * A whole message, unmasked; text is valid UTF-8. Its octets are a part of what was fed, where that held all of it.
   * `alone`: nothing else lies in their memory, which is the receiver's from here on.
   */
  protected abstract message(payload: Buffer, isBinary: boolean, alone: boolean): void;

  /** A whole control frame, as it came; of its content nothing has been looked at. */
  protected abstract control(frame: Buffer): void;

  /** What came is no frame that may come, for which the connection is closed with this code. Nothing is told after it. */
  protected abstract refused(code: number): void;

  /**
   * The next octets. They are the reader's: it takes off masks in them, and gives their memory back where it has passed
   * on none of it. That is not done where somebody else has them, too (`shared`).
   */
  feed(chunk: Buffer, shared: boolean): void {
    const { length } = chunk;
    let at = 0;
    this.#lent = shared;
    while (at < length && this.#state !== 'over') {
      if (this.#message !== undefined && this.#message.left > 0) at = this.#add(this.#message, chunk, at);
      else if (this.#rest !== undefined) at = this.#goOn(this.#rest, chunk, at);
      else at = this.#begin(chunk, at);
    }
    if (!this.#lent && isAlone(chunk)) free(chunk);
  }

  #begin(chunk: Buffer, at: number): number {
    const next = this.#frame(chunk, at);
    if (next !== NOT_YET) return next;
    this.#rest = Buffer.from(chunk.subarray(at));
    return chunk.length;
  }

  /** One octet more of a frame's beginning. There are not many, and seldom any. */
  #goOn(rest: Buffer, chunk: Buffer, at: number): number {
    const longer = Buffer.concat([rest, chunk.subarray(at, at + 1)]);
    this.#rest = longer;
    if (this.#frame(longer, 0) !== NOT_YET) this.#rest = undefined;
    return at + 1;
  }

  #add(message: MessageInParts, chunk: Buffer, at: number): number {
    const next = message.add(chunk, at);
    this.#tellIfWhole(message);
    return next;
  }

  /**
   * Reads the frame that begins at an index: all of it where it is there, otherwise what comes before its payload.
   * Returns where to go on.
   */
  #frame(bytes: Buffer, at: number): number {
    const end = bytes.length;
    if (end - at < 2) return NOT_YET;
    const step = stepOf(bytes[at] as number);
    const state = READING_STATES[this.#state][step];
    const second = bytes[at + 1] as number;
    if (state === undefined || step === 'fault' || (second & MASKED) !== this.#masked) {
      return this.#refuse(CloseCode.protocolError, end);
    }
    const short = second & SHORT_LENGTH;
    if (isControl(step)) {
      if (short > LONGEST_SHORT) return this.#refuse(CloseCode.protocolError, end);
      const next = at + 2 + this.#keyLength + short;
      if (next > end) return NOT_YET;
      this.#state = state;
      this.#lent = true;
      this.control(bytes.subarray(at, next));
      return next;
    }
    const keyStart = at + 2 + extraLength(short);
    if (keyStart > end) return NOT_YET;
    const length = short <= LONGEST_SHORT ? short : longerLength(bytes, at + 2, short);
    if (length === NOT_SHORTEST) return this.#refuse(CloseCode.protocolError, end);
    if ((this.#message?.length ?? 0) + length > this.#limit) return this.#refuse(CloseCode.tooLarge, end);
    const start = keyStart + this.#keyLength;
    if (start > end) return NOT_YET;
    const key = this.#masked === 0 ? 0 : keyAt(bytes, keyStart);
    this.#state = state;
    const next = start + length;
    if (next > end || (step !== 'binary' && step !== 'text')) {
      this.#expect(step, key, length);
      return start;
    }
    mask(bytes, key, start, next);
    const alone = !this.#lent && at === 0 && next === bytes.buffer.byteLength;
    this.#lent = true;
    this.#tell(bytes.subarray(start, next), step === 'binary', alone);
    return next;
  }

  /** A frame has begun whose payload is to be gathered. */
  #expect(step: FrameStep, key: number, length: number): void {
    this.#message ??= new MessageInParts(step === 'binary' || step === 'begin binary', this.#limit);
    // Between two messages: with this frame the message ends.
    this.#message.begin({ length, key, last: this.#state === 'between' });
    if (this.#message.parts > MOST_PARTS) this.#refuse(CloseCode.policy, 0);
    else this.#tellIfWhole(this.#message);
  }

  #tellIfWhole(message: MessageInParts): void {
    if (!message.whole) return;
    this.#message = undefined;
    const { payload, alone } = message.take();
    this.#tell(payload, message.isBinary, alone);
  }

  #tell(payload: Buffer, isBinary: boolean, alone: boolean): void {
    if (isBinary || isUtf8(payload)) this.message(payload, isBinary, alone);
    else this.#refuse(CloseCode.notUtf8, 0);
  }

  #refuse(code: number, next: number): number {
    this.#state = READING_STATES[this.#state].fault ?? 'over';
    this.#message = undefined;
    this.refused(code);
    return next;
  }
}

/** How many octets a length takes behind the two that every frame has. */
function extraLength(short: number): 0 | 2 | 8 {
  if (short <= LONGEST_SHORT) return 0;
  return short === TWO_OCTETS ? 2 : 8;
}

/** The length in two or eight octets. Beyond 2^53 it is rounded, and more than any limit. */
function longerLength(bytes: Buffer, at: number, short: number): number {
  if (short === TWO_OCTETS) {
    const length = bytes.readUInt16BE(at);
    return length > LONGEST_SHORT ? length : NOT_SHORTEST;
  }
  const length = bytes.readUInt32BE(at) * 0x100000000 + bytes.readUInt32BE(at + 4);
  // RFC 6455, 5.2: "the minimal number of bytes MUST be used".
  return length > 0xffff ? length : NOT_SHORTEST;
}
