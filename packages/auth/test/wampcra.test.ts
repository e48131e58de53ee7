import { type Dict, ERROR_URIS, type LoginProof, ProtocolError } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { deriveKey, generateSecret, signChallenge } from '../src/wampcra/signature.js';
import { type WampcraOptions, wampcra } from '../src/wampcra/wampcra.js';
import { type WampcraPrincipal, wampcraVerifier } from '../src/wampcra/wampcra-verifier.js';
import { after, countingRandom, keptIn, logIn, requestOf } from './handshake.js';

const peter: WampcraPrincipal = { authid: 'peter', authrole: 'user', realm: 'com.example', secret: 'secret1' };
const date = () => new Date('2014-06-22T16:36:25.448Z');
const router = wampcraVerifier({ principals: [peter], date });
const client = wampcra({ authid: 'peter', secret: 'secret1' });
const refused = { by: 'router', reason: ERROR_URIS.authenticationDenied, message: 'the login was refused' };

const CHALLENGE =
  '{"nonce":"LHRTC9zeOIrt_9U3","authprovider":"userdb","authid":"peter","timestamp":"2014-06-22T16:36:25.448Z",' +
  '"authrole":"user","authmethod":"wampcra","session":3251278072152162}';

describe('values of Autobahn', () => {
  test('the signature of a challenge', async () => {
    expect(await signChallenge('secret1', CHALLENGE)).toBe('c6m/fH02rQoIaZctMoGK98fg0aotLGXc+c8nyfsdm9w=');
    expect(await signChallenge('L3L1YUE8Txlw', '[1, 2, 3]')).toBe('1njQtmmeYO41N5EWEzD2kAjjEKRZ5kPZt/TzpYXOzR0=');
  });

  test('the key of a salted secret, and its signature', async () => {
    const short = await deriveKey('secret1', { salt: 'salt123', iterations: 100, keylen: 16 });
    expect(short).toBe('prq7+YkJ1/KlW1X0YczMHw==');
    expect(await signChallenge(short, CHALLENGE)).toBe('FRb+Z47CYFFS9mGCZtbqEj0U8lsQkE5KzdL0A43RMg4=');
    const standard = await deriveKey('secret1', { salt: 'salt123' });
    expect(standard).toBe('64xfzBvZhGDT7PB0bQwDeI8/WR1M9x6Cw5dt0yP9koc=');
    expect(await signChallenge(standard, CHALLENGE)).toBe('YoYZFnhrMslRtzwL61peniVgag0dAbPOp0bvmputxQg=');
    const repo = await deriveKey('L3L1YUE8Txlw', { salt: 'salt123' });
    expect(repo).toBe('qzcdsr9uu/L5hnss3kjNTRe490ETgA70ZBaB5rvnJ5Y=');
  });

  test('the client answers a challenge as Autobahn does', async () => {
    const answer = (extra: Dict) =>
      client
        .begin()
        .onChallenge?.(
          { method: 'wampcra', extra: { challenge: CHALLENGE, ...extra } },
          { ...requestOf({}), authid: 'peter' },
        );
    expect(await answer({})).toBe('c6m/fH02rQoIaZctMoGK98fg0aotLGXc+c8nyfsdm9w=');
    // Without iterations and keylen: the defaults of the specification.
    expect(await answer({ salt: 'salt123' })).toBe('YoYZFnhrMslRtzwL61peniVgag0dAbPOp0bvmputxQg=');
  });
});

describe('wampcra', () => {
  test('the right secret is let in, and the challenge says what the specification wants', async () => {
    const challenges: Dict[] = [];
    const outcome = await logIn({ client, router, challenge: keptIn(challenges) });
    expect(outcome).toMatchObject({ by: 'welcome', details: { authid: 'peter', authrole: 'user' } });
    expect(Object.keys(challenges[0] ?? {})).toEqual(['challenge']);
    expect(JSON.parse(String(challenges[0]?.challenge))).toEqual({
      authid: 'peter',
      authrole: 'user',
      authmethod: 'wampcra',
      authprovider: 'static',
      nonce: expect.stringMatching(/^[A-Za-z0-9+/]{32}$/),
      timestamp: '2014-06-22T16:36:25.448Z',
      session: 3251278072152162,
    });
  });

  test('a salted secret is let in, and the secret itself is nowhere at the router', async () => {
    const secret = await deriveKey('secret1', { salt: 'pepper', iterations: 2000 });
    const salted = wampcraVerifier({ principals: [{ ...peter, secret, salt: 'pepper', iterations: 2000 }] });
    expect(await logIn({ client, router: salted })).toMatchObject({ by: 'welcome' });
    const wrong = wampcra({ authid: 'peter', secret: 'secret2' });
    expect(await logIn({ client: wrong, router: salted })).toEqual(refused);
  });

  test.each([
    ['a wrong secret', wampcra({ authid: 'peter', secret: 'secret2' })],
    ['an authid that does not exist', wampcra({ authid: 'nobody', secret: 'secret1' })],
  ])('%s is refused', async (_, wrong) => {
    expect(await logIn({ client: wrong, router })).toEqual(refused);
  });

  test.each([
    ['nothing', ''],
    ['what is no base64', '***'],
    ['a signature over something else', 'c6m/fH02rQoIaZctMoGK98fg0aotLGXc+c8nyfsdm9w='],
    ['far too much', 'A'.repeat(100_000)],
  ])('%s for a signature is refused', async (_, signature) => {
    expect(await logIn({ client, router, proof: () => ({ signature, extra: {} }) })).toEqual(refused);
  });

  test('an answer to an earlier challenge is refused', async () => {
    const random = countingRandom();
    const proofs: LoginProof[] = [];
    await logIn({ client, router, random, proof: keptIn(proofs) });
    const replayed = await logIn({ client, router, random, proof: () => proofs[0] as LoginProof });
    expect(replayed).toEqual(refused);
  });

  test('an answer that comes too late, or a second time, is refused', async () => {
    const clock = new FakeClock();
    const slow = wampcraVerifier({ principals: [peter], challengeTimeout: 500 });
    const late = await logIn({ client, router: slow, clock, proof: after(clock, 501) });
    expect(late).toMatchObject({ by: 'router', reason: ERROR_URIS.authenticationDenied });

    const login = router.begin(requestOf({ authid: 'peter' }));
    const verdict = await login.onHello();
    const challenge = verdict.outcome === 'challenge' ? String(verdict.extra.challenge) : '';
    const proof = { signature: await signChallenge('secret1', challenge), extra: {} };
    expect(await login.onAuthenticate?.(proof)).toMatchObject({ outcome: 'accept' });
    expect(await login.onAuthenticate?.(proof)).toMatchObject({ outcome: 'deny' });
  });

  test('after one wrong answer, a right one to the same challenge is refused, too', async () => {
    const login = router.begin(requestOf({ authid: 'peter' }));
    const verdict = await login.onHello();
    const challenge = verdict.outcome === 'challenge' ? String(verdict.extra.challenge) : '';
    expect(await login.onAuthenticate?.({ signature: 'AAAA', extra: {} })).toMatchObject({ outcome: 'deny' });
    const right = await signChallenge('secret1', challenge);
    expect(await login.onAuthenticate?.({ signature: right, extra: {} })).toMatchObject({ outcome: 'deny' });
  });
});

describe('the client does not answer', () => {
  const said = (change: Dict) => ({ challenge: JSON.stringify({ ...JSON.parse(CHALLENGE), ...change }) });

  test.each<[string, Dict]>([
    ['a challenge for another authid', said({ authid: 'paul' })],
    ['a challenge for no authid', said({ authid: null })],
    ['a challenge for another method', said({ authmethod: 'scram' })],
    ['a challenge that is no JSON', { challenge: 'sign this' }],
    ['a challenge that is a list', { challenge: '["peter"]' }],
    ['no challenge at all', {}],
    ['too few iterations', { challenge: CHALLENGE, salt: 'x', iterations: 999, keylen: 32 }],
    ['too many iterations', { challenge: CHALLENGE, salt: 'x', iterations: 2_000_001, keylen: 32 }],
    ['iterations that are no number', { challenge: CHALLENGE, salt: 'x', iterations: '1000', keylen: 32 }],
    ['a key that is too short', { challenge: CHALLENGE, salt: 'x', iterations: 1000, keylen: 8 }],
    ['a key that is too long', { challenge: CHALLENGE, salt: 'x', iterations: 1000, keylen: 1_000_000 }],
    ['a salt that is no text', { challenge: CHALLENGE, salt: 5, iterations: 1000, keylen: 32 }],
  ])('%s', async (_, extra) => {
    const outcome = await logIn({ client, router, challenge: () => extra });
    expect(outcome).toMatchObject({ by: 'client', reason: ERROR_URIS.cannotAuthenticate });
    const { error } = outcome as { error: unknown };
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error).toMatchObject({ reason: ERROR_URIS.cannotAuthenticate, retryable: false });
  });

  test('what it accepts can be set', async () => {
    const weak: WampcraOptions = { authid: 'peter', secret: 'secret1', iterations: { least: 100 } };
    const extra = { challenge: CHALLENGE, salt: 'salt123', iterations: 100, keylen: 16 };
    const answers: LoginProof[] = [];
    await logIn({
      client: wampcra(weak),
      router,
      challenge: () => extra,
      proof: keptIn(answers),
    });
    expect(answers[0]?.signature).toBe('FRb+Z47CYFFS9mGCZtbqEj0U8lsQkE5KzdL0A43RMg4=');
  });

  test('a WELCOME under another authid', async () => {
    const outcome = await logIn({ client, router, welcome: (details) => ({ ...details, authid: 'paul' }) });
    expect(outcome).toMatchObject({ by: 'client', reason: ERROR_URIS.cannotAuthenticate });
  });
});

test('a secret is letters and digits, as many as asked for, and drawn anew', () => {
  expect(generateSecret()).toMatch(/^[A-Za-z0-9]{22}$/);
  expect(generateSecret(14)).toHaveLength(14);
  expect(generateSecret()).not.toBe(generateSecret());
  // Bytes that would prefer some letters are left aside.
  let byte = 255;
  expect(generateSecret(3, (n) => new Uint8Array(n).fill(byte--))).toBe('999');
});
