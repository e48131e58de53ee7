import { integerOf } from './integer.js';

/** The 16-bit unsigned integer at an index, its lowest byte first. */
export function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}

/** The 32-bit signed integer at an index, its lowest byte first. */
export function int32(bytes: Uint8Array, at: number): number {
  return uint16(bytes, at) | (uint16(bytes, at + 2) << 16);
}

/** The 32-bit unsigned integer at an index, its lowest byte first. */
export function uint32(bytes: Uint8Array, at: number): number {
  return int32(bytes, at) >>> 0;
}

/** The 64-bit unsigned integer at an index, its lowest byte first; a bigint only beyond 2^53. */
export function uint64(bytes: Uint8Array, at: number): number | bigint {
  return integerOf(uint32(bytes, at + 4), uint32(bytes, at));
}
