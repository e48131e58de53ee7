import { randomFillSync } from 'node:crypto';

/** Octets drawn at a time: a call for each key would cost more than the frame. */
const POOL = 1024;
/** From so many octets on, words are worth what it takes to get at them. */
const WORDS_FROM = 64;

/** Draws masking keys, as clients need one for each frame: unforeseeable ones (RFC 6455, 10.3). */
export class MaskingKeys {
  readonly #pool = Buffer.allocUnsafe(POOL);
  #at = POOL;

  /** Writes a key of four octets at an index. */
  put(target: Buffer, at: number): void {
    if (this.#at === POOL) {
      randomFillSync(this.#pool);
      this.#at = 0;
    }
    for (let i = 0; i < 4; i++) target[at + i] = this.#pool[this.#at + i] as number;
    this.#at += 4;
  }
}

/** Masks a range of octets in place, with the key that stands right before it. */
export function maskBehindKey(target: Buffer, start: number, end: number): void {
  let at = start;
  if (end - start >= WORDS_FROM) {
    // Octets up to where words begin, words, and in the end octets again.
    while (((target.byteOffset + at) & 3) !== 0) at = maskOctet(target, at, start);
    const words = new Int32Array(target.buffer, target.byteOffset + at, (end - at) >> 2);
    const key = keyFrom(target, start, at - start);
    for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) ^ key;
    at += words.length << 2;
  }
  while (at < end) at = maskOctet(target, at, start);
}

function maskOctet(target: Buffer, at: number, start: number): number {
  target[at] = (target[at] as number) ^ (target[start - 4 + ((at - start) & 3)] as number);
  return at + 1;
}

const KEY = new Uint8Array(4);
const KEY_WORD = new Int32Array(KEY.buffer);

/** The key as a word, for words that begin so many octets behind the start. */
function keyFrom(target: Buffer, start: number, offset: number): number {
  for (let i = 0; i < 4; i++) KEY[i] = target[start - 4 + ((offset + i) & 3)] as number;
  return KEY_WORD[0] as number;
}
