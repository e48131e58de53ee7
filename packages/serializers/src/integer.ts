import { MAX_ID } from '@wamp-run/protocol';

/** The largest integer, either way, that is a number and not a bigint. */
export const WIDEST_NUMBER = MAX_ID;

/** The longest integer that travels, in bytes: enough for any key, and not enough to keep a receiver busy. */
export const LONGEST_INTEGER = 4096;

/** An integer as a Value: a number within ±2^53, beyond that a bigint. */
export function integerValue(integer: bigint): number | bigint {
  return integer <= WIDEST_NUMBER && integer >= -WIDEST_NUMBER ? Number(integer) : integer;
}

const HALF = 0x200000;

/** The integer of two halves of 32 bits, the upper with or without a sign: a number where that is exact. */
export function integerOf(high: number, low: number): number | bigint {
  if (high < HALF && high >= -HALF) return high * 0x100000000 + low;
  return integerValue((BigInt(high) << 32n) | BigInt(low));
}

/** Whether a number is written as an integer. Beyond ±2^53 a number is a float, even where it has no fraction. */
export function isIntegerNumber(value: number): boolean {
  return Number.isInteger(value) && value <= WIDEST_NUMBER && value >= -WIDEST_NUMBER;
}

const TOO_LONG = 1n << BigInt(8 * LONGEST_INTEGER);

/** `wide` of `portable`, for formats that carry integers of any size. Throws where one is longer than a receiver takes. */
export function refuseLongIntegers(value: number | bigint): number | bigint {
  if (typeof value === 'bigint' && (value >= TOO_LONG || value <= -TOO_LONG)) {
    throw new RangeError(`an integer of more than ${8 * LONGEST_INTEGER} bits cannot travel; send it as bytes`);
  }
  return value;
}
