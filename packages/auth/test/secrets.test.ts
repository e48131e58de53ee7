// Secrets stay where they are: not in what objects show of themselves, not in errors, not in challenges and verdicts.
import { inspect } from 'node:util';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { cryptosign } from '../src/cryptosign/cryptosign.js';
import { cryptosignVerifier } from '../src/cryptosign/cryptosign-verifier.js';
import { keyFromSeed } from '../src/cryptosign/key.js';
import { scramCredential } from '../src/scram/credential.js';
import { scram } from '../src/scram/scram.js';
import { scramVerifier } from '../src/scram/scram-verifier.js';
import { ticket } from '../src/ticket/ticket.js';
import { ticketVerifier } from '../src/ticket/ticket-verifier.js';
import { totpCheck } from '../src/totp/totp-check.js';
import { wampcra } from '../src/wampcra/wampcra.js';
import { wampcraVerifier } from '../src/wampcra/wampcra-verifier.js';
import { logIn, requestOf } from './handshake.js';

const SECRET = 'hunter2hunter2hunter2hunter2hunt';
const SEED = Buffer.from(SECRET).toString('hex');
const who = { authid: 'peter', authrole: 'user', realm: 'com.example' };
const credential = await scramCredential(SECRET, { kdf: 'pbkdf2', iterations: 4096 });
const key = keyFromSeed(SEED);
const TELLING = [SECRET, SEED, Buffer.from(SECRET).toString('base64'), credential.storedKey, credential.serverKey];

const pairs = {
  ticket: [ticket({ authid: 'peter', ticket: SECRET }), ticketVerifier({ principals: [{ ...who, ticket: SECRET }] })],
  wampcra: [
    wampcra({ authid: 'peter', secret: SECRET }),
    wampcraVerifier({ principals: [{ ...who, secret: SECRET }] }),
  ],
  scram: [scram({ authid: 'peter', password: SECRET }), scramVerifier({ principals: [{ ...who, ...credential }] })],
  cryptosign: [cryptosign({ key }), cryptosignVerifier({ principals: [{ ...who, publicKeys: [key.publicKey] }], key })],
} as const;

/** Everything that a log or a debugger would show. */
function shown(value: unknown): string {
  return [inspect(value, { depth: null, showHidden: true, getters: true }), JSON.stringify(value), String(value)].join(
    '\n',
  );
}

function expectSilent(text: string): void {
  for (const each of TELLING) expect(text).not.toContain(each);
}

describe.each(Object.entries(pairs))('%s', (name, [client, router]) => {
  test('shows no secret, in any of its objects, before, in and after a login', async () => {
    const login = client.begin();
    const check = router.begin(requestOf({ authid: 'peter', authextra: login.authextra ?? {} }));
    expectSilent(shown([client, login, router, check]));
    const verdict = await check.onHello();
    if (verdict.outcome !== 'challenge') throw new Error(`expected a challenge, got ${verdict.outcome}`);
    const context = { ...requestOf({}), authid: 'peter' };
    const answer = await login.onChallenge?.({ method: client.method, extra: verdict.extra }, context);
    const proof = typeof answer === 'string' ? { signature: answer, extra: {} } : { extra: {}, ...answer };
    // A ticket is the secret; that is what the method is.
    if (name !== 'ticket') expectSilent(shown(proof));
    const end = await check.onAuthenticate?.({ signature: proof.signature as string, extra: proof.extra ?? {} });
    expect(end).toMatchObject({ outcome: 'accept' });
    expectSilent(shown([verdict, end, login, check]));
  });

  test('shows no secret in what it refuses', async () => {
    const outcomes = [
      await logIn({ client, router, proof: () => ({ signature: SECRET, extra: {} }) }),
      await logIn({ client, router, challenge: () => ({ nonce: SECRET.slice(1), challenge: '{}' }) }),
      await logIn({ client, router, welcome: () => ({}) }),
    ];
    expectSilent(shown(outcomes));
  });
});

test('a key and a check show no seed', () => {
  const check = totpCheck('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  expectSilent(shown([key, check]));
  expect(shown([check])).not.toContain('GEZDGNBV');
});

test.each<[string, () => unknown]>([
  ['a ticket', () => ticket({ authid: '', ticket: SECRET })],
  ['a ticket in the wrong place', () => ticket({ authid: 'peter', ticket: { value: SECRET } as unknown as string })],
  ['a secret', () => wampcra({ authid: 'peter', secret: [SECRET] as unknown as string })],
  [
    'the secret of a principal',
    () => wampcraVerifier({ principals: [{ ...who, secret: [SECRET] as unknown as string }] }),
  ],
  [
    'the ticket of a principal',
    () => ticketVerifier({ principals: [{ ...who, ticket: { SECRET } as unknown as string }] }),
  ],
  ['a stored key', () => scramVerifier({ principals: [{ ...who, ...credential, storedKey: SECRET }] })],
  ['a seed', () => keyFromSeed(`${SEED}00`)],
  ['a base32 secret', () => totpCheck(`${SECRET}1`)],
  [
    'two principals',
    () =>
      ticketVerifier({
        principals: [
          { ...who, ticket: SECRET },
          { ...who, ticket: SECRET },
        ],
      }),
  ],
])('%s that is wrong is refused without being told', (_, build) => {
  let thrown: unknown;
  try {
    build();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(InvalidConfiguration);
  expectSilent(shown(thrown));
});
