// The client's halves of libraries that this project did not write, against ours of the router.
import { createRequire } from 'node:module';
import type { ClientAuthenticator, Dict, LoginAnswer } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { sign as signByWampyKey } from 'wampy/cryptosign.js';
import { deriveKey as deriveWampyKey, sign as signByWampySecret } from 'wampy/wampcra.js';
import { concat, fromHex } from '../src/bytes.js';
import { cryptosignVerifier } from '../src/cryptosign/cryptosign-verifier.js';
import { keyFromSeed } from '../src/cryptosign/key.js';
import { deriveKey } from '../src/wampcra/signature.js';
import { wampcraVerifier } from '../src/wampcra/wampcra-verifier.js';
import { logIn } from './handshake.js';

/** What is used of npm's autobahn, which has no types. */
interface Autobahn {
  readonly auth_cra: {
    sign(key: string, challenge: string): string;
    derive_key(secret: string, salt: string, iterations?: number, keylen?: number): string;
  };
  readonly auth_cryptosign: {
    sign_challenge(key: { publicKey: Uint8Array; secretKey: Uint8Array }, extra: Dict): string;
  };
}

const autobahn = createRequire(import.meta.url)('autobahn') as Autobahn;
const who = { authid: 'peter', authrole: 'user', realm: 'com.example' };

/** A client whose answers somebody else computes. */
function foreign(
  method: string,
  answer: (extra: Dict) => LoginAnswer | PromiseLike<LoginAnswer>,
  authextra: Dict = {},
): ClientAuthenticator {
  return { method, authid: 'peter', begin: () => ({ authextra, onChallenge: ({ extra }) => answer(extra) }) };
}

describe('wampcra', () => {
  const plain = wampcraVerifier({ principals: [{ ...who, secret: 'geheim, ü' }] });

  test.each([
    ['autobahn', (secret: string) => (extra: Dict) => autobahn.auth_cra.sign(secret, String(extra.challenge))],
    [
      'wampy',
      (secret: string) => (extra: Dict) => signByWampySecret(secret)('wampcra', { challenge: String(extra.challenge) }),
    ],
  ])('of npm’s %s gets in with the right secret only', async (_, by) => {
    expect(await logIn({ client: foreign('wampcra', by('geheim, ü')), router: plain })).toMatchObject({
      by: 'welcome',
    });
    expect(await logIn({ client: foreign('wampcra', by('geheim, u')), router: plain })).toMatchObject({ by: 'router' });
  });

  test.each([
    [1000, 32],
    [1234, 24],
  ])('derives the same key of %i iterations and %i bytes', async (iterations, keylen) => {
    const ours = await deriveKey('secret', { salt: 'salt & pepper', iterations, keylen });
    expect(autobahn.auth_cra.derive_key('secret', 'salt & pepper', iterations, keylen)).toBe(ours);
    expect(await deriveWampyKey('secret', 'salt & pepper', iterations, keylen)).toBe(ours);
    const router = wampcraVerifier({
      principals: [{ ...who, secret: ours, salt: 'salt & pepper', iterations, keylen }],
    });
    const client = foreign('wampcra', ({ challenge, salt, iterations: i, keylen: k }) => {
      const key = autobahn.auth_cra.derive_key('secret', String(salt), Number(i), Number(k));
      return autobahn.auth_cra.sign(key, String(challenge));
    });
    expect(await logIn({ client, router })).toMatchObject({ by: 'welcome' });
  });
});

describe('cryptosign', () => {
  const seed = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';
  const { publicKey } = keyFromSeed(seed);
  const router = cryptosignVerifier({ principals: [{ ...who, publicKeys: [publicKey] }], key: keyFromSeed(seed) });
  const bytes = fromHex(publicKey) as Uint8Array;
  const pair = { publicKey: bytes, secretKey: concat(fromHex(seed) as Uint8Array, bytes) };
  // What autobahn’s own create_connection sends.
  const nulls = { pubkey: publicKey, trustroot: null, challenge: null, channel_binding: null };

  test.each([
    ['autobahn', foreign('cryptosign', (extra) => autobahn.auth_cryptosign.sign_challenge(pair, extra), nulls)],
    [
      'wampy',
      foreign('cryptosign', ({ challenge }) => signByWampyKey(seed)('cryptosign', { challenge: String(challenge) }), {
        pubkey: publicKey,
      }),
    ],
  ])('of npm’s %s gets in with the right key only', async (_, client) => {
    expect(await logIn({ client, router })).toMatchObject({ by: 'welcome', details: { authid: 'peter' } });
    const others = cryptosignVerifier({ principals: [{ ...who, publicKeys: ['aa'.repeat(32)] }] });
    expect(await logIn({ client, router: others })).toMatchObject({ by: 'router' });
  });
});
