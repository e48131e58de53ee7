import type { Cursor } from '../cursor.js';
import { LONGEST_INTEGER } from '../integer.js';
import { DOT, isDigit, MINUS, PLUS, ZERO } from './characters.js';

/** Integers of so many digits always stay within ±2^53. */
export const SAFE_DIGITS = 15;
/** So many digits takes an integer of the longest kind. */
const MOST_DIGITS = Math.ceil(LONGEST_INTEGER * 8 * Math.log10(2));
/** Within so many characters, with an exponent of two digits, no number but 0 is too small for a float. */
const SAFE_LENGTH = 200;
const SAFE_EXPONENT = 'e-99'.length;

/** Walks over a number, or finds that there is none. Odd is what may be -0, or an integer beyond ±2^53. */
export function walkNumber(cursor: Cursor): void {
  const { bytes, at: start } = cursor;
  const negative = bytes[start] === MINUS;
  const first = negative ? start + 1 : start;
  if (!isDigit(bytes[first])) throw cursor.fault('something that is no value');
  const behindInteger = bytes[first] === ZERO ? first + 1 : behindDigits(bytes, first + 1);
  const behindFraction = bytes[behindInteger] === DOT ? walkDigits(cursor, behindInteger + 1) : behindInteger;
  const end = walkExponent(cursor, behindFraction);
  if (end === behindInteger && end - first > SAFE_DIGITS) {
    if (end - first > MOST_DIGITS) throw cursor.fault(`an integer of more than ${MOST_DIGITS} digits`);
    cursor.odd = true;
  }
  if (negative) {
    const tiny = end - first > SAFE_LENGTH || end - behindFraction > SAFE_EXPONENT;
    if (tiny || isZero(bytes, first, behindFraction)) cursor.odd = true;
  }
  cursor.at = end;
}

/** The index behind an exponent, if there is one. */
function walkExponent(cursor: Cursor, at: number): number {
  const { bytes } = cursor;
  if (bytes[at] !== 0x65 && bytes[at] !== 0x45) return at;
  const signed = bytes[at + 1] === PLUS || bytes[at + 1] === MINUS;
  return walkDigits(cursor, signed ? at + 2 : at + 1);
}

function walkDigits(cursor: Cursor, at: number): number {
  if (!isDigit(cursor.bytes[at])) throw cursor.fault('a number that lacks a digit', at);
  return behindDigits(cursor.bytes, at + 1);
}

function behindDigits(bytes: Uint8Array, at: number): number {
  let end = at;
  while (isDigit(bytes[end])) end++;
  return end;
}

/** Whether the digits before the exponent are all 0. */
function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (bytes[i] !== ZERO && bytes[i] !== DOT) return false;
  }
  return true;
}
