import { argon2id } from '@noble/hashes/argon2.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { base64, concat, fromBase64, fromHex, hex, sameBytes, utf8, xor } from '../src/bytes.js';
import { hmac, pbkdf2, sameText, sha256 } from '../src/digests.js';
import { deriveScramKey } from '../src/scram/key-derivation.js';
import { saslprep } from '../src/scram/saslprep.js';

describe('published values', () => {
  test.each([
    ['passwd', 'salt', 1, '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc'],
    ['Password', 'NaCl', 80_000, '4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56'],
  ])('RFC 7914: PBKDF2-HMAC-SHA256 of %s', async (secret, salt, iterations, key) => {
    expect(hex(await pbkdf2(utf8(secret), { salt: utf8(salt), iterations, length: 32 }))).toBe(key);
    expect(hex(await deriveScramKey(utf8(secret), utf8(salt), { kdf: 'pbkdf2', iterations }))).toBe(key);
  });

  test.each([
    [1, '0c60c80f961f0e71f3a9b524af6012062fe037a6'],
    [2, 'ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957'],
    [4096, '4b007901b765489abead49d926f721d065a429c1'],
  ])('RFC 6070: PBKDF2-HMAC-SHA1, %i iterations', async (iterations, key) => {
    const how = { salt: utf8('salt'), iterations, length: 20, hash: 'SHA-1' } as const;
    expect(hex(await pbkdf2(utf8('password'), how))).toBe(key);
  });

  test('Autobahn: PBKDF2', async () => {
    const key = await pbkdf2(utf8('p4ssw0rd'), { salt: utf8('1234567890abcdef'), iterations: 8, length: 32 });
    expect(hex(key)).toBe('f6991a28c75f43751e0d75499fd7b8649f659118ddc1d61cee5883af547d15f5');
  });

  test('RFC 4231: HMAC-SHA256', async () => {
    const code = await hmac('SHA-256', utf8('Jefe'), utf8('what do ya want for nothing?'));
    expect(hex(code)).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });

  test('HMAC with an empty key', async () => {
    const code = await hmac('SHA-256', new Uint8Array(0), new Uint8Array(0));
    expect(hex(code)).toBe('b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad');
  });

  test('FIPS 180: SHA-256', async () => {
    expect(hex(await sha256(utf8('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  // Those of the reference implementation that have one lane, and no secret and no data beside the password.
  test.each([
    [2, 256, '9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe'],
    [2, 65_536, '09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7'],
  ])('Argon2id: %i passes over %i KiB', async (iterations, memory, key) => {
    const made = await deriveScramKey(utf8('password'), utf8('somesalt'), { kdf: 'argon2id13', iterations, memory });
    expect(hex(made)).toBe(key);
  });

  test('RFC 9106: the library that ours is compared with has the value of the specification', () => {
    const bytes = (length: number, byte: number) => new Uint8Array(length).fill(byte);
    const how = { t: 3, m: 32, p: 4, key: bytes(8, 3), personalization: bytes(12, 4), dkLen: 32 };
    expect(hex(argon2id(bytes(32, 1), bytes(16, 2), how))).toBe(
      '0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659',
    );
  });

  test('Argon2id is the same as in that library', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.uint8Array({ minLength: 8, maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 8, max: 40 }),
        async (password, salt, iterations, memory) => {
          const ours = await deriveScramKey(password, salt, { kdf: 'argon2id13', iterations, memory });
          expect(hex(ours)).toBe(hex(argon2id(password, salt, { t: iterations, m: memory, p: 1, dkLen: 32 })));
        },
      ),
      { numRuns: 20 },
    );
  });

  // RFC 4013, section 3
  test.each([
    ['I\u00adX', 'IX'],
    ['user', 'user'],
    ['USER', 'USER'],
    ['\u00aa', 'a'],
    ['\u2168', 'IX'],
  ])('RFC 4013: %j', async (text, prepared) => {
    expect(await saslprep(text, 'name')).toBe(prepared);
  });

  test.each([['\u0007'], ['\u0627\u0031']])('RFC 4013 forbids %j', async (text) => {
    await expect(saslprep(text, 'name')).rejects.toMatchObject({ code: 'WAMP_INVALID_CONFIGURATION' });
  });
});

describe('bytes', () => {
  const bytes = fc.uint8Array({ maxLength: 100 });

  test('come back from hexadecimal digits and base64, as Node writes them', () => {
    fc.assert(
      fc.property(bytes, (given) => {
        expect(hex(given)).toBe(Buffer.from(given).toString('hex'));
        expect(fromHex(hex(given))).toEqual(given);
        expect(base64(given)).toBe(Buffer.from(given).toString('base64'));
        expect(fromBase64(base64(given))).toEqual(given);
      }),
    );
  });

  test('come from no other text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = fromBase64(text);
        if (read !== undefined) expect(base64(read)).toBe(text);
        const digits = fromHex(text);
        if (digits !== undefined) expect(hex(digits)).toBe(text.toLowerCase());
      }),
    );
    // Bits that nobody reads have to be zero: else two texts would stand for one proof.
    expect(fromBase64('AB==')).toBeUndefined();
    expect(fromBase64('AA')).toBeUndefined();
    expect(fromBase64(undefined)).toBeUndefined();
    expect(fromHex('abc')).toBeUndefined();
    expect(fromHex('aabb', 3)).toBeUndefined();
  });

  test('are the same, or not', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, bytes, async (one, other) => {
        const equal = Buffer.from(one).equals(other);
        expect(sameBytes(one, other)).toBe(equal);
        expect(sameBytes(one, Uint8Array.from(one))).toBe(true);
        expect(await sameText(hex(one), hex(other))).toBe(equal);
        expect(await sameText(hex(one), hex(one))).toBe(true);
        expect(hex(concat(one, other))).toBe(hex(one) + hex(other));
        expect(xor(xor(one, concat(other, one)), concat(other, one))).toEqual(one);
      }),
    );
  });

  test('differ also where only one bit does', () => {
    const one = new Uint8Array(32);
    for (let bit = 0; bit < 256; bit++) {
      const other = new Uint8Array(32);
      other[bit >> 3] = 1 << (bit & 7);
      expect(sameBytes(one, other)).toBe(false);
    }
  });
});
