const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const SHORT = 28;

/** The index of the first byte in the range that cannot be part of valid UTF-8 (RFC 3629), or -1. */
export function utf8Fault(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const lead = bytes[at] as number;
    if (lead < 0x80) {
      at++;
      continue;
    }
    const length = sequenceLength(lead);
    if (length === 0 || at + length > end) return at;
    const second = bytes[at + 1] as number;
    if (second < lowestSecond(lead) || second > highestSecond(lead)) return at;
    for (let i = 2; i < length; i++) {
      if (((bytes[at + i] as number) & 0xc0) !== 0x80) return at;
    }
    at += length;
  }
  return -1;
}

function sequenceLength(lead: number): number {
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

// No overlong forms (E0, F0), no surrogates (ED), nothing beyond U+10FFFF (F4).
function lowestSecond(lead: number): number {
  if (lead === 0xe0) return 0xa0;
  return lead === 0xf0 ? 0x90 : 0x80;
}

function highestSecond(lead: number): number {
  if (lead === 0xed) return 0x9f;
  return lead === 0xf4 ? 0x8f : 0xbf;
}

/** The text in a range of valid UTF-8. A byte order mark is text like any other. */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string {
  return (
    readShortAscii(bytes, start, end) ??
    decoder.decode(new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start))
  );
}

/** The text in a range, if it is short and ASCII, as most URIs and keys are: faster than a call into the decoder. */
export function readShortAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start;
  if (length > SHORT) return undefined;
  const units: number[] = new Array(length);
  for (let i = 0; i < length; i++) {
    const byte = bytes[start + i] as number;
    if (byte >= 0x80) return undefined;
    units[i] = byte;
  }
  // All units in one call: a string put together from parts would be flattened at its first look-up in a map.
  return String.fromCharCode.apply(String, units);
}

/** Whether the range begins with a byte order mark. */
export function beginsWithMark(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
}
