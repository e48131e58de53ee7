import { MOST_LENGTH } from './handshake.js';

/** The kinds of frames; 3 to 7 are reserved. */
export const FrameType = { message: 0, ping: 1, pong: 2 } as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/** A frame begins with so many octets: `RRRR XTTT` and a length of 24 bits. */
export const HEAD_LENGTH = 4;

/** X with a length of 0: a payload of exactly 2^24 octets, which 24 bits cannot say. */
const LONGEST = 0x08_00_00_00;

const LENGTH_MASK = 0x00_ff_ff_ff;

/** The head of a frame, as a number of 32 bits. */
export function headOf(type: FrameType, length: number): number {
  return length === MOST_LENGTH ? LONGEST | (type << 24) : (type << 24) | length;
}

/** Writes a head to this place. */
export function putHead(head: number, into: Uint8Array, at: number): void {
  into[at] = head >>> 24;
  into[at + 1] = head >>> 16;
  into[at + 2] = head >>> 8;
  into[at + 3] = head;
}

export function typeIn(head: number): number {
  return (head >>> 24) & 0x07;
}

export function lengthIn(head: number): number {
  return (head & LONGEST) === 0 ? head & LENGTH_MASK : MOST_LENGTH;
}

/** What is wrong with a head, or undefined. */
export function faultIn(head: number): string | undefined {
  if (head >>> 28 !== 0) return 'a frame came in that uses reserved bits';
  if (typeIn(head) > FrameType.pong) return `a frame of the unknown type ${typeIn(head)} came in`;
  if ((head & LONGEST) !== 0 && (head & LENGTH_MASK) !== 0) {
    return 'a frame came in whose length is both 2^24 and something else';
  }
  return undefined;
}
