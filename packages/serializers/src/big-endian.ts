/** The 16-bit unsigned integer at an index. */
export function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

/** The 32-bit unsigned integer at an index. */
export function uint32(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) * 0x1000000 + ((uint16(bytes, at + 1) << 8) | (bytes[at + 3] as number));
}

/** The 64-bit unsigned integer at an index, rounded where it is beyond 2^53. */
export function uint64(bytes: Uint8Array, at: number): number {
  return uint32(bytes, at) * 0x100000000 + uint32(bytes, at + 4);
}

/** The 64-bit unsigned integer at an index, exactly. */
export function exactUint64(bytes: Uint8Array, at: number): bigint {
  return (BigInt(uint32(bytes, at)) << 32n) | BigInt(uint32(bytes, at + 4));
}
