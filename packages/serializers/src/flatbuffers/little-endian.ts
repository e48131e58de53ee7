import { integerValue } from '../integer.js';

const HALF = 0x200000;

/** The 64-bit unsigned integer at an index, its lowest byte first; a bigint only beyond 2^53. */
export function uint64(view: DataView, at: number): number | bigint {
  const high = view.getUint32(at + 4, true);
  return high < HALF ? high * 0x100000000 + view.getUint32(at, true) : integerValue(view.getBigUint64(at, true));
}
