import { integerValue } from '../integer.js';

const HALF = 0x200000;

/** A 64-bit integer whose upper half is known: a number where that is exact, otherwise a bigint. */
export function exactNumber(high: number, view: DataView, at: number, littleEndian: boolean): number | bigint {
  if (high < HALF && high >= -HALF)
    return high * 0x100000000 + view.getUint32(littleEndian ? at : at + 4, littleEndian);
  return integerValue((BigInt(high) << 32n) | BigInt(view.getUint32(littleEndian ? at : at + 4, littleEndian)));
}
