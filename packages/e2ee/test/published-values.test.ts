// Values that others have published or made: NaCl's own, the EIP's, and a payload of Autobahn|Python.
import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Value } from '@wamp-run/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boxKey, publicKeyOf } from '../src/box-key.js';
import { open, seal } from '../src/cipher.js';
import { cryptoboxCodec, Key, KeyRing } from '../src/index.js';
import { checksummed } from '../src/key-id.js';
import { values } from './values.js';

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('NaCl', () => {
  const alice = hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a');
  const bob = hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb');

  test('public keys, and the key that two share', () => {
    expect(text(publicKeyOf(alice))).toBe('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');
    expect(text(publicKeyOf(bob))).toBe('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
    const shared = '1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389';
    expect(text(boxKey(alice, publicKeyOf(bob), 'bob'))).toBe(shared);
    expect(text(boxKey(bob, publicKeyOf(alice), 'alice'))).toBe(shared);
  });
});

test('GCM: what Node makes is read, and the reverse', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  fc.assert(
    fc.property(bytes(32), bytes(12), fc.uint8Array({ maxLength: 300 }), (key, nonce, plaintext) => {
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const theirs = Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
      const ours = seal('aes256gcm', key, plaintext, () => nonce);
      expect(text(ours)).toBe(text(theirs));
      expect(open('aes256gcm', key, theirs)).toEqual(plaintext);
      const decipher = createDecipheriv('aes-256-gcm', key, ours.subarray(0, 12)).setAuthTag(ours.subarray(-16));
      expect(text(Buffer.concat([decipher.update(ours.subarray(12, -16)), decipher.final()]))).toBe(text(plaintext));
    }),
    { numRuns: 30, seed: 4 },
  );
});

test.each([
  '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
  '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
  '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
  '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
  '0x52908400098527886E0F7030069857D2E4169EE7',
  '0xde709f2102306220921060314715629080e2fb77',
])('EIP-55: %s', (address) => {
  expect(checksummed(address.slice(2).toLowerCase())).toBe(address);
});

describe('cryptobox of Autobahn|Python', () => {
  const originatorPrivate = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
  const originatorPublic = 'j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8=';
  const responderPrivate = 'ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=';
  const responderPublic = 'NYBy1jZYgNGu6jKa35EhODhR7SGijjt16WXQ0s0WYlQ=';
  const payload = hex(
    '000102030405060708090a0b0c0d0e0f1011121314151617d8df579f65a990160362ff3f8c58106918f0ca42155a728d221cdbdf49d396e67d98' +
      'f00f2ecab18f51bb49cda58fbafeafa41a87de1449054d4027333603fc3d4f9064e4a1d833859fe7274216237cbfc550b13d4c65afc1e881cd',
  );
  const args: Value[] = [1, 'two', new Uint8Array([3])];
  const random = (n: number) => Uint8Array.from({ length: n }, (_, index) => index);

  function codec(key: Key) {
    const ring = new KeyRing();
    ring.set({ uri: 'com.myapp', key });
    return cryptoboxCodec({ ring, random, serializer: values('json') });
  }

  test('what it sends, to the byte', () => {
    const encoded = codec(new Key({ originatorPrivate, responderPublic })).encode(true, 'com.myapp.proc1', args, {
      k: true,
    });
    expect(encoded).toEqual({ payload, scheme: 'cryptobox', serializer: 'json' });
  });

  test('and what it receives', () => {
    const decoded = { uri: 'com.myapp.proc1', args, kwargs: { k: true } };
    const encoded = { payload, scheme: 'cryptobox', serializer: 'json' };
    const keys = [
      new Key({ responderPrivate, originatorPublic }),
      new Key({ responderPrivate: Buffer.from(responderPrivate, 'base64').toString('hex'), originatorPublic }),
      new Key({ originatorPrivate, originatorPublic, responderPrivate, responderPublic }),
    ];
    for (const key of keys) expect(codec(key).decode(false, 'com.myapp.proc1', encoded)).toEqual(decoded);
  });

  test('the public keys are derived', () => {
    const key = new Key({ originatorPrivate, responderPrivate });
    expect(key.reveal()).toEqual({ originatorPrivate, originatorPublic, responderPrivate, responderPublic });
  });
});
