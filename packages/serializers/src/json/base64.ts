import type { FrameWriter } from '../frame-writer.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CODES: Uint8Array = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const PADDING = 0x3d;
const NO_DIGIT = 0xff;
const DIGITS: Uint8Array = new Uint8Array(128).fill(NO_DIGIT);
for (let digit = 0; digit < CODES.length; digit++) DIGITS[CODES[digit] as number] = digit;

/** Writes bytes as base64 (RFC 4648, 4), padded. */
export function writeBase64(writer: FrameWriter, bytes: Uint8Array): void {
  const { length } = bytes;
  writer.room(4 * Math.ceil(length / 3));
  const to = writer.bytes;
  let { at } = writer;
  for (let i = 0; i < length; i += 3) {
    const second = bytes[i + 1];
    const third = bytes[i + 2];
    const group = ((bytes[i] as number) << 16) | ((second ?? 0) << 8) | (third ?? 0);
    to[at] = CODES[group >> 18] as number;
    to[at + 1] = CODES[(group >> 12) & 0x3f] as number;
    to[at + 2] = second === undefined ? PADDING : (CODES[(group >> 6) & 0x3f] as number);
    to[at + 3] = third === undefined ? PADDING : (CODES[group & 0x3f] as number);
    at += 4;
  }
  writer.at = at;
}

/** The bytes of base64 from an index of a text on, with or without padding; undefined where it is none. */
export function readBase64(text: string, start: number): Uint8Array | undefined {
  let end = text.length;
  if ((end - start) % 4 === 0) {
    // At most two characters fill up the last group of four.
    if (end > start && text.charCodeAt(end - 1) === PADDING) end--;
    if (end > start && text.charCodeAt(end - 1) === PADDING) end--;
  }
  const rest = (end - start) % 4;
  if (rest === 1) return undefined;
  const bytes = new Uint8Array(Math.floor(((end - start) * 3) / 4));
  let group = 0;
  let bits = 0;
  let to = 0;
  for (let i = start; i < end; i++) {
    const digit = DIGITS[text.charCodeAt(i)] ?? NO_DIGIT;
    if (digit === NO_DIGIT) return undefined;
    group = ((group << 6) | digit) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[to++] = group >> bits;
    }
  }
  return bytes;
}
