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

/** The key in the four octets at an index, the first of them lowest. */
export function keyAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** Masks a range of octets in place, with the key that stands right before it. */
export function maskBehindKey(target: Uint8Array, start: number, end: number): void {
  mask(target, keyAt(target, start - 4), start, end);
}

/** Masks a range of octets in place, or takes the mask off it, which is the same. The key is one of `keyAt`. */
export function mask(target: Uint8Array, key: number, start: number, end: number): void {
  let at = start;
  // Nothing would change.
  if (key === 0) return;
  if (end - start >= WORDS_FROM) {
    // Octets up to where words begin, words, and in the end octets again.
    for (; ((target.byteOffset + at) & 3) !== 0; at++) maskOctet(target, key, at, start);
    const words = new Int32Array(target.buffer, target.byteOffset + at, (end - at) >> 2);
    const word = wordOf(key, at - start);
    maskWords(words, word);
    at += words.length << 2;
  }
  for (; at < end; at++) maskOctet(target, key, at, start);
}

/** Eight at a time, the last of them first: the check that it is there then goes for the others, too. Three times as fast. */
function maskWords(words: Int32Array, word: number): void {
  const { length } = words;
  let last = 7;
  for (; last < length; last += 8) {
    (words[last] as number) ^= word;
    (words[last - 1] as number) ^= word;
    (words[last - 2] as number) ^= word;
    (words[last - 3] as number) ^= word;
    (words[last - 4] as number) ^= word;
    (words[last - 5] as number) ^= word;
    (words[last - 6] as number) ^= word;
    (words[last - 7] as number) ^= word;
  }
  for (let i = last - 7; i < length; i++) (words[i] as number) ^= word;
}

function maskOctet(target: Uint8Array, key: number, at: number, start: number): void {
  target[at] = (target[at] as number) ^ (key >>> (8 * ((at - start) & 3)));
}

const KEY = new Uint8Array(4);
const KEY_WORD = new Int32Array(KEY.buffer);

/** The key as this machine has words, for words that begin so many octets behind the start. */
function wordOf(key: number, offset: number): number {
  for (let i = 0; i < 4; i++) KEY[i] = key >>> (8 * ((offset + i) & 3));
  return KEY_WORD[0] as number;
}
