const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base32 (RFC 4648) without padding. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += LETTERS.charAt((value >>> (bits - 5)) & 31);
  }
  return bits === 0 ? text : text + LETTERS.charAt((value << (5 - bits)) & 31);
}

/** The bytes that base32 stands for, in either case, spaces and padding left aside; undefined where it is none. */
export function fromBase32(text: string): Uint8Array | undefined {
  const letters = text.replace(/[\s-]/g, '').replace(/=+$/, '').toUpperCase();
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of letters) {
    const index = LETTERS.indexOf(letter);
    if (index < 0) return undefined;
    value = ((value << 5) | index) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >>> bits) & 255);
  }
  // What is left over is padding: less than a letter's worth, and zeros.
  const complete = bits < 5 && (value & ((1 << bits) - 1)) === 0;
  return complete ? Uint8Array.from(bytes) : undefined;
}
