import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../src/bytes.js';
import { ticket } from '../src/ticket/ticket.js';
import { ticketVerifier } from '../src/ticket/ticket-verifier.js';
import { base32, fromBase32 } from '../src/totp/base32.js';
import { generateTotpSecret, otpauthUri, totp } from '../src/totp/totp.js';
import { totpCheck } from '../src/totp/totp-check.js';
import { logIn } from './handshake.js';

const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test.each([
  [59, 0, '287082'],
  [59, 1, '359152'],
  [59, -1, '755224'],
  [1111111109, 0, '081804'],
  [1111111109, 1, '050471'],
  [1111111109, -1, '731029'],
  [1111111111, 0, '050471'],
  [1234567890, 0, '005924'],
  [2000000000, 0, '279037'],
  [20000000000, 0, '353130'],
])('RFC 6238 and Autobahn: at %i, %i steps on, the code is %s', async (time, offset, code) => {
  expect(await totp(secret, { time, offset })).toBe(code);
});

describe('a check', () => {
  const at = (time: number, window?: number) => totpCheck(secret, { time: () => time, window });

  test('takes the code of now, of the step before and of the one after', async () => {
    expect(await at(59)('287082')).toBe(true);
    expect(await at(59)('359152')).toBe(true);
    expect(await at(59)('755224')).toBe(true);
  });

  test.each([['287083'], [''], ['28708'], ['2870820'], [' 287082'], ['é']])('does not take %j', async (code) => {
    expect(await at(59)(code)).toBe(false);
  });

  test('does not take codes that are further off', async () => {
    expect(await at(120)('287082')).toBe(false);
    expect(await at(59, 0)('359152')).toBe(false);
    expect(await at(120, 3)('287082')).toBe(true);
  });

  test('takes a code once, and none that is older', async () => {
    const check = at(59);
    expect(await check('287082')).toBe(true);
    expect(await check('287082')).toBe(false);
    expect(await check('755224')).toBe(false);
    expect(await check('359152')).toBe(true);
  });

  test('takes one of two that come at the same time', async () => {
    const check = at(59);
    expect((await Promise.all([check('287082'), check('287082')])).sort()).toEqual([false, true]);
  });

  test('is a ticket', async () => {
    const who = { authid: 'peter', authrole: 'user', realm: 'com.example' };
    const router = ticketVerifier({ principals: [{ ...who, ticket: at(59) }] });
    const client = ticket({ authid: 'peter', ticket: () => totp(secret, { time: 59 }) });
    expect(await logIn({ client, router })).toMatchObject({ by: 'welcome' });
    expect(await logIn({ client, router })).toMatchObject({ by: 'router' });
  });
});

describe('base32', () => {
  // RFC 4648, section 10
  test.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('RFC 4648: %j', (text, written) => {
    expect(base32(utf8(text))).toBe(written);
    expect(fromBase32(`${written}==`)).toEqual(utf8(text));
  });

  test('comes back, in either case and in groups', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const written = base32(bytes);
        expect(fromBase32(written.toLowerCase().replace(/(.{4})/g, '$1 '))).toEqual(bytes);
      }),
    );
  });

  test.each([['1'], ['A'], ['MZ!'], ['AB']])('%j is none', (text) => {
    expect(fromBase32(text)).toBeUndefined();
  });
});

test('a new secret has as many bits as asked for, and apps can read it', () => {
  expect(generateTotpSecret()).toMatch(/^[A-Z2-7]{32}$/);
  expect(generateTotpSecret(10)).toMatch(/^[A-Z2-7]{16}$/);
  expect(generateTotpSecret()).not.toBe(generateTotpSecret());
  expect(otpauthUri(secret, { label: 'peter & co', issuer: 'Ex:ample' })).toBe(
    `otpauth://totp/Ex%3Aample:peter%20%26%20co?secret=${secret}&issuer=Ex%3Aample`,
  );
});
