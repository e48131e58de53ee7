// Whatever a peer sends: a verdict or a refusal, and never an accident.
import { type Dict, ProtocolError, type RouterAuthenticator, type Value } from '@wamp-run/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cryptosign } from '../src/cryptosign/cryptosign.js';
import { cryptosignVerifier } from '../src/cryptosign/cryptosign-verifier.js';
import { generateKey } from '../src/cryptosign/key.js';
import { scramCredential } from '../src/scram/credential.js';
import { autobahnScram, scram } from '../src/scram/scram.js';
import { autobahnScramVerifier, scramVerifier } from '../src/scram/scram-verifier.js';
import { ticketVerifier } from '../src/ticket/ticket-verifier.js';
import { tlsCertificateVerifier } from '../src/tls/tls-certificate-verifier.js';
import { wampcra } from '../src/wampcra/wampcra.js';
import { wampcraVerifier } from '../src/wampcra/wampcra-verifier.js';
import { logIn, requestOf, tlsWire } from './handshake.js';

const who = { authid: 'peter', authrole: 'user', realm: 'com.example' };
const credential = await scramCredential('secret', { kdf: 'pbkdf2', iterations: 4096 });
const { key } = generateKey();
const routerKey = generateKey().key;
const wire = tlsWire({ 'tls-exporter': new Uint8Array(32).fill(1) });

const VERIFIERS: RouterAuthenticator[] = [
  ticketVerifier({ principals: [{ ...who, ticket: 'secret' }] }),
  wampcraVerifier({ principals: [{ ...who, secret: 'secret' }] }),
  scramVerifier({ principals: [{ ...who, ...credential }] }),
  autobahnScramVerifier({ principals: [{ ...who, ...credential }] }),
  cryptosignVerifier({ principals: [{ ...who, publicKeys: [key.publicKey] }], key: routerKey }),
  tlsCertificateVerifier({ principals: [{ ...who, commonName: 'peter' }] }),
];

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom<Value>(null, true, 0, -1, 4096, 2 ** 53, 10n ** 20n, '', 'pbkdf2', 'tls-exporter', 'ab'.repeat(32)),
  fc.string(),
  fc.base64String(),
  fc.double(),
  fc.uint8Array(),
  fc.array(fc.string(), { maxLength: 2 }),
  fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }),
);

/** Some of the keys that a method reads, each with anything at all. */
function dictOf(...keys: readonly string[]): fc.Arbitrary<Dict> {
  return fc.record(Object.fromEntries([...keys, '__proto__'].map((name) => [name, value])), {
    requiredKeys: [],
  }) as fc.Arbitrary<Dict>;
}

describe.each(VERIFIERS.map((each) => [each.method, each] as const))('the router’s half of %s', (_, router) => {
  test('lets nobody in without a proof, and does not fail', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.option(fc.oneof(fc.constant('peter'), fc.string({ unit: 'grapheme' })), { nil: undefined }),
        dictOf('nonce', 'pubkey', 'challenge', 'channel_binding', 'trustroot', 'certificates'),
        fc.oneof(fc.string(), fc.base64String(), fc.constant('ab'.repeat(96))),
        dictOf('nonce', 'channel_binding', 'cbind_data'),
        async (authid, authextra, signature, extra) => {
          const login = router.begin(requestOf({ authid, authextra, transport: wire }));
          const first = await login.onHello();
          expect(['challenge', 'deny', 'pass']).toContain(first.outcome);
          if (first.outcome !== 'challenge') return;
          expect(await login.onAuthenticate?.({ signature, extra })).toMatchObject({ outcome: 'deny' });
        },
      ),
      { numRuns: 150 },
    );
  });
});

const CLIENTS = [
  wampcra({ authid: 'peter', secret: 'secret' }),
  scram({ authid: 'peter', password: 'secret' }),
  autobahnScram({ authid: 'peter', password: 'secret' }),
  cryptosign({ key, routerKeys: [routerKey.publicKey] }),
];

describe.each(CLIENTS.map((each) => [each.method, each] as const))('the client’s half of %s', (method, client) => {
  test('answers no challenge that is not right, and refuses as it should', async () => {
    await fc.assert(
      fc.asyncProperty(
        dictOf(
          'challenge',
          'nonce',
          'salt',
          'kdf',
          'iterations',
          'memory',
          'keylen',
          'channel_binding',
          'pubkey',
          'signature',
        ),
        async (extra) => {
          const login = client.begin();
          const context = { ...requestOf({ authid: 'peter', authextra: login.authextra ?? {} }) };
          const answering = async () => login.onChallenge?.({ method, extra }, context);
          await expect(answering()).rejects.toBeInstanceOf(ProtocolError);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('looks at any WELCOME without failing', async () => {
    await fc.assert(
      fc.asyncProperty(dictOf('authid', 'authextra', 'authmethod'), async (details) => {
        const verdict = await client.begin().onWelcome?.(details, requestOf({ authid: 'peter' }));
        if (details.authid !== 'peter') expect(typeof verdict).toBe('string');
      }),
      { numRuns: 150 },
    );
  });
});

test('both halves agree on any secret, and on no other', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ minLength: 1, unit: 'grapheme' }),
      fc.string({ minLength: 1, unit: 'grapheme' }),
      async (secret, other) => {
        const router = wampcraVerifier({ principals: [{ ...who, secret }] });
        expect(await logIn({ client: wampcra({ authid: 'peter', secret }), router })).toMatchObject({ by: 'welcome' });
        if (secret === other) return;
        const wrong = wampcra({ authid: 'peter', secret: other });
        expect(await logIn({ client: wrong, router })).toMatchObject({ by: 'router' });
      },
    ),
    { numRuns: 50 },
  );
});
