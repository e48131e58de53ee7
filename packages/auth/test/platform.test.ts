// What a program hands in is Node's own: its random bytes are Buffers, its clock and its TLS values come as they are.
import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { cryptosign } from '../src/cryptosign/cryptosign.js';
import { cryptosignVerifier } from '../src/cryptosign/cryptosign-verifier.js';
import { generateKey, keyFromSeed } from '../src/cryptosign/key.js';
import { generateMnemonic } from '../src/mnemonic/mnemonic.js';
import { cryptosignSeed } from '../src/mnemonic/mnemonic-key.js';
import { scramCredential } from '../src/scram/credential.js';
import { scram } from '../src/scram/scram.js';
import { scramVerifier } from '../src/scram/scram-verifier.js';
import { generateTotpSecret, totp } from '../src/totp/totp.js';
import { totpCheck } from '../src/totp/totp-check.js';
import { wampcra } from '../src/wampcra/wampcra.js';
import { wampcraVerifier } from '../src/wampcra/wampcra-verifier.js';
import { logIn, tlsWire } from './handshake.js';

const random = (n: number) => randomBytes(n);
const who = { authid: 'peter', authrole: 'user', realm: 'com.example' };
const id = createHash('sha256').update('one connection').digest();
const wires = { client: tlsWire({ 'tls-exporter': id }), router: tlsWire({ 'tls-exporter': id }) };

test('every method works with Node’s own bytes', async () => {
  const { key } = generateKey(random);
  const routerKey = generateKey(random).key;
  const credential = await scramCredential('x', { kdf: 'pbkdf2', iterations: 4096, random });
  const bound = { channelBinding: 'tls-exporter', random } as const;
  const pairs = [
    [wampcra({ authid: 'peter', secret: 'x' }), wampcraVerifier({ principals: [{ ...who, secret: 'x' }] })],
    [scram({ authid: 'peter', password: 'x', ...bound }), scramVerifier({ principals: [{ ...who, ...credential }] })],
    [
      cryptosign({ key, routerKeys: [routerKey.publicKey], ...bound }),
      cryptosignVerifier({ principals: [{ ...who, publicKeys: [key.publicKey] }], key: routerKey }),
    ],
  ] as const;
  for (const [client, router] of pairs) {
    expect(await logIn({ client, router, random, wires })).toMatchObject({
      by: 'welcome',
      details: { authid: 'peter' },
    });
  }
});

test('codes and words are made of Node’s own bytes', async () => {
  const secret = generateTotpSecret(20, random);
  expect(await totpCheck(secret)(await totp(secret, { time: Date.now() / 1000 }))).toBe(true);
  const [one, other] = [generateMnemonic(24, random), generateMnemonic(24, random)];
  const keys = [await cryptosignSeed(one), await cryptosignSeed(other), await cryptosignSeed(one, 1)].map(keyFromSeed);
  expect(new Set(keys.map(({ publicKey }) => publicKey)).size).toBe(3);
});
