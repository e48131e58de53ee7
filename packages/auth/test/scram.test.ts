import { type Dict, ERROR_URIS, type LoginProof, ProtocolError } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { fromBase64, hex, utf8 } from '../src/bytes.js';
import { cryptosign } from '../src/cryptosign/cryptosign.js';
import { cryptosignVerifier } from '../src/cryptosign/cryptosign-verifier.js';
import { generateKey } from '../src/cryptosign/key.js';
import { autobahnScramCredential, type ScramCredential, scramCredential } from '../src/scram/credential.js';
import { type Binding, SPECIFIED } from '../src/scram/profile.js';
import { autobahnScram, scram } from '../src/scram/scram.js';
import { autobahnScramVerifier, type ScramPrincipal, scramVerifier } from '../src/scram/scram-verifier.js';
import { after, countingRandom, keptIn, logIn, PLAIN, requestOf, tlsWire } from './handshake.js';

const CLIENT_NONCE = 'rOprNGfwEbeRWgbNEkqO';
const NONCE = `${CLIENT_NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0`;
const nonceBytes = () => fromBase64(CLIENT_NONCE) as Uint8Array;
const named = { authid: 'user', authrole: 'member', realm: 'com.example' };
const who = (credential: ScramCredential): ScramPrincipal => ({ ...named, ...credential });

// Cheap, where a test is not about the cost.
const cheap = await scramCredential('pencil', { kdf: 'pbkdf2', iterations: 4096, salt: utf8('0123456789abcdef') });
const router = scramVerifier({ principals: [who(cheap)] });
const client = scram({ authid: 'user', password: 'pencil' });
const refused = {
  by: 'router',
  reason: ERROR_URIS.authenticationDenied,
  message: 'the login was refused',
  details: { scram: 'invalid-proof' },
};

describe('published values', () => {
  test('RFC 7677: the proof, the credential and the router’s signature', async () => {
    const salt = 'W22ZaJ0SNY7soEsUEjb6gQ==';
    const extra = { nonce: NONCE, salt, kdf: 'pbkdf2', iterations: 4096, memory: null };
    const login = scram({ authid: 'user', password: 'pencil', random: nonceBytes }).begin();
    expect(login.authextra).toEqual({ nonce: CLIENT_NONCE });
    const context = { ...requestOf({}), authid: 'user' };
    const answer = await login.onChallenge?.({ method: 'wamp-scram', extra }, context);
    expect(answer).toEqual({
      signature: 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
      extra: { nonce: NONCE, channel_binding: null, cbind_data: null },
    });
    const verifier = '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=';
    expect(await login.onWelcome?.({ authid: 'user', authextra: { verifier } }, context)).toBeUndefined();

    const again = scram({ authid: 'user', password: 'pencil', random: nonceBytes }).begin();
    await again.onChallenge?.({ method: 'wamp-scram', extra }, context);
    // The specification’s example has it as RFC 5802 writes it.
    const written = { authid: 'user', authextra: { verifier: `v=${verifier}` } };
    expect(await again.onWelcome?.(written, context)).toBeUndefined();
  });

  test('RFC 7677: the router’s half accepts that proof and gives that signature', async () => {
    const credential = await scramCredential('pencil', {
      kdf: 'pbkdf2',
      iterations: 4096,
      salt: fromBase64('W22ZaJ0SNY7soEsUEjb6gQ==') as Uint8Array,
    });
    const verifier = scramVerifier({ principals: [who(credential)] });
    const challenges: Dict[] = [];
    const outcome = await logIn({
      client: scram({ authid: 'user', password: 'pencil', random: nonceBytes }),
      router: verifier,
      challenge: keptIn(challenges),
    });
    expect(outcome).toMatchObject({ by: 'welcome', details: { authrole: 'member' } });
    expect(challenges[0]).toMatchObject({ salt: 'W22ZaJ0SNY7soEsUEjb6gQ==', kdf: 'pbkdf2', iterations: 4096 });
    expect(challenges[0]).not.toHaveProperty('memory');
  });

  test('Autobahn: proof and router’s signature of its own profile', async () => {
    const login = autobahnScram({ authid: 'username', password: 'p4ssw0rd', random: nonceBytes }).begin();
    const extra = { nonce: NONCE, kdf: 'argon2id-13', salt: 'MTIzNDU2Nzg5MGFiY2RlZg==', iterations: 32, memory: 512 };
    const context = { ...requestOf({}), authid: 'username' };
    const answer = await login.onChallenge?.({ method: 'scram', extra }, context);
    expect(answer).toBe('g88nciGfLnq3ewn02QE5E0GTBWsEyzW/Xiia+2xi+XQ=');
    const authextra = { scram_server_signature: 'hM7hwg9URT1pjAereAUpL6mo3xLzhoUqmP9zqGVIuRk=' };
    expect(await login.onWelcome?.({ authid: 'username', authextra }, context)).toBeUndefined();
  });

  test('Autobahn: what is stored of a password', async () => {
    const made = await autobahnScramCredential('foobar@example.com', 'secret123');
    const digits = (text: string) => hex(fromBase64(text) as Uint8Array);
    expect({
      ...made,
      salt: digits(made.salt),
      storedKey: digits(made.storedKey),
      serverKey: digits(made.serverKey),
    }).toEqual({
      kdf: 'argon2id13',
      iterations: 4096,
      memory: 512,
      salt: '3bc3ca01dd1d501ca1c22e1c5d7d16fe',
      storedKey: 'e796c2f0a51770303ee4616bc630a66774d51a55003154aff2a54ec7c4ac0e38',
      serverKey: '8de7864c316f3c2356fd76cfdab696db55bc70e680fe5180e2f731e2345acca2',
    });
    // 2 GiB are hashed.
  }, 60_000);
});

test('RFC 5802: what is signed has commas and equals signs of a name in another form', async () => {
  const said = { authid: 'a=b,c', clientNonce: 'x', nonce: 'xy', salt: 'c2FsdA==', iterations: 4096 };
  const text = async (binding: Binding | undefined) =>
    new TextDecoder().decode(await SPECIFIED.authMessage({ ...said, binding }));
  expect(await text(undefined)).toBe('n=a=3Db=2Cc,r=x,r=xy,s=c2FsdA==,i=4096,c=biws,r=xy');
  const bound = await text({ type: 'tls-exporter', data: utf8('0123') });
  expect(bound).toBe(`n=a=3Db=2Cc,r=x,r=xy,s=c2FsdA==,i=4096,c=${btoa('p=tls-exporter,,0123')},r=xy`);
});

describe('wamp-scram', () => {
  test('lets the right password in, by PBKDF2 and by Argon2id', async () => {
    expect(await logIn({ client, router })).toMatchObject({ by: 'welcome', details: { authmethod: 'wamp-scram' } });
    const argon2 = await scramCredential('pencil', { iterations: 5, memory: 7168 });
    const challenges: Dict[] = [];
    const outcome = await logIn({
      client,
      router: scramVerifier({ principals: [who(argon2)] }),
      challenge: keptIn(challenges),
    });
    expect(outcome).toMatchObject({ by: 'welcome' });
    expect(challenges[0]).toMatchObject({ kdf: 'argon2id13', iterations: 5, memory: 7168 });
  });

  test('names and passwords are the same in all their forms, and with commas and equals signs', async () => {
    // The Ⅸ and the no-break space are what SASLprep writes as IX and a space.
    const credential = await scramCredential('pass word IX', { kdf: 'pbkdf2', iterations: 4096 });
    const principal = { ...who(credential), authid: 'ⅸ,=ü' };
    const spelled = scram({ authid: 'ⅸ,=ü', password: 'pass\u00a0word \u2168' });
    expect(await logIn({ client: spelled, router: scramVerifier({ principals: [principal] }) })).toMatchObject({
      by: 'welcome',
    });
  });

  test('a password that SASLprep does not allow is refused without being quoted', async () => {
    const bad = scram({ authid: 'user', password: 'bad\u0007püss' });
    const outcome = await logIn({ client: bad, router });
    expect(outcome).toMatchObject({ by: 'client' });
    expect(String((outcome as { error: Error }).error.message)).not.toMatch(/püss/);
  });

  test.each([
    ['a wrong password', scram({ authid: 'user', password: 'Pencil' })],
    ['an authid that does not exist', scram({ authid: 'nobody', password: 'pencil' })],
  ])('%s is refused', async (_, wrong) => {
    expect(await logIn({ client: wrong, router })).toEqual(refused);
  });

  test.each<[string, (proof: LoginProof) => LoginProof, string]>([
    ['no proof', (proof) => ({ ...proof, signature: '' }), 'invalid-proof'],
    ['half a proof', (proof) => ({ ...proof, signature: 'AAAA' }), 'invalid-proof'],
    ['what is no base64', (proof) => ({ ...proof, signature: '!' }), 'invalid-proof'],
    ['another nonce', (proof) => ({ ...proof, extra: { nonce: 'other' } }), 'other-error'],
    ['no nonce', (proof) => ({ ...proof, extra: {} }), 'other-error'],
    [
      'a binding that was not agreed',
      (proof) => ({ ...proof, extra: { ...proof.extra, channel_binding: 'tls-exporter', cbind_data: 'AAAA' } }),
      'channel-bindings-dont-match',
    ],
  ])('%s is refused', async (_, proof, why) => {
    expect(await logIn({ client, router, proof })).toEqual({ ...refused, details: { scram: why } });
  });

  test('the answer to an earlier challenge is refused', async () => {
    const random = countingRandom();
    const proofs: LoginProof[] = [];
    await logIn({ client, router, random, proof: keptIn(proofs) });
    const earlier = proofs[0] as LoginProof;
    expect(await logIn({ client, router, random, proof: () => earlier })).toMatchObject({
      by: 'router',
      reason: ERROR_URIS.authenticationDenied,
    });
    const withOurNonce = (proof: LoginProof) => ({ signature: earlier.signature, extra: proof.extra });
    expect(await logIn({ client, router, random, proof: withOurNonce })).toEqual(refused);
  });

  test('an answer that comes too late is refused, and so is a second one', async () => {
    const clock = new FakeClock();
    const late = await logIn({ client, router, clock, proof: after(clock, 30_001) });
    expect(late).toMatchObject({ by: 'router', reason: ERROR_URIS.authenticationDenied });
    const login = router.begin(requestOf({ authid: 'user', authextra: { nonce: CLIENT_NONCE } }));
    await login.onHello();
    const proof = { signature: 'AAAA', extra: {} };
    await login.onAuthenticate?.(proof);
    expect(await login.onAuthenticate?.(proof)).toMatchObject({ outcome: 'deny', message: /no longer open/ });
  });

  test('HELLO with an authid that has no form in SASLprep is refused, whoever it is', async () => {
    const verdict = await router.begin(requestOf({ authid: 'us\u0007er', authextra: { nonce: 'abc' } })).onHello();
    expect(verdict).toMatchObject({ outcome: 'deny', reason: ERROR_URIS.authenticationFailed, message: /authid/ });
  });

  test.each<[string, Dict]>([
    ['no nonce', {}],
    ['a nonce with a comma', { nonce: 'a,r=b' }],
    ['an empty nonce', { nonce: '' }],
    ['an endless nonce', { nonce: 'a'.repeat(1025) }],
    ['a binding that there is not', { nonce: 'abc', channel_binding: 'tls-server-end-point' }],
    ['a binding on a wire without TLS', { nonce: 'abc', channel_binding: 'tls-exporter' }],
  ])('HELLO with %s is refused', async (_, authextra) => {
    const verdict = await router.begin(requestOf({ authid: 'user', authextra })).onHello();
    expect(verdict).toMatchObject({ outcome: 'deny', reason: ERROR_URIS.authenticationFailed });
  });
});

describe('bound to the connection', () => {
  const bound = scram({ authid: 'user', password: 'pencil', channelBinding: 'tls-exporter' });
  const id = new Uint8Array(32).fill(7);
  const wire = tlsWire({ 'tls-exporter': id });

  test('a login on one connection is let in', async () => {
    const answers: LoginProof[] = [];
    const wires = { client: wire, router: wire };
    const outcome = await logIn({ client: bound, router, wires, proof: keptIn(answers) });
    expect(outcome).toMatchObject({ by: 'welcome' });
    expect(answers[0]?.extra).toMatchObject({ channel_binding: 'tls-exporter' });
  });

  test('one that somebody passes on is refused', async () => {
    const wires = { client: wire, router: tlsWire({ 'tls-exporter': new Uint8Array(32).fill(8) }) };
    expect(await logIn({ client: bound, router, wires })).toMatchObject({
      by: 'router',
      reason: ERROR_URIS.authenticationDenied,
    });
    // Also where that somebody writes the router’s own value over the client’s: the client has signed its own.
    const rewritten = await logIn({
      client: bound,
      router,
      wires,
      proof: ({ signature, extra }) => ({ signature, extra: { ...extra, cbind_data: btoa('\b'.repeat(32)) } }),
    });
    expect(rewritten).toEqual(refused);
  });

  test('one whose binding somebody took out of HELLO is refused', async () => {
    const hello = ({ authid, authextra }: { authid: string | undefined; authextra: Dict }) => ({
      authid,
      authextra: { nonce: authextra.nonce as string },
    });
    const wires = { client: wire, router: wire };
    expect(await logIn({ client: bound, router, wires, hello })).toMatchObject({ by: 'router' });
    const stripped = (proof: LoginProof) => ({ ...proof, extra: { nonce: proof.extra.nonce as string } });
    expect(await logIn({ client: bound, router, wires, hello, proof: stripped })).toEqual(refused);
  });

  test('a client whose connection has no such value does not answer', async () => {
    const outcome = await logIn({ client: bound, router, wires: { client: PLAIN, router: wire } });
    expect(outcome).toMatchObject({ by: 'client', reason: ERROR_URIS.cannotAuthenticate });
  });

  test('a login is bound where another method of the same HELLO is', async () => {
    const wires = { client: wire, router: wire };
    const { key } = generateKey();
    const keyed = cryptosign({ key, channelBinding: 'tls-exporter' });
    expect(await logIn({ client: [client, keyed], router, wires })).toMatchObject({ by: 'welcome' });
    const byKey = cryptosignVerifier({ principals: [{ ...named, publicKeys: [key.publicKey] }] });
    const both = [bound, cryptosign({ key })];
    expect(await logIn({ client: both, router: byKey, wires })).toMatchObject({
      by: 'welcome',
      details: { authmethod: 'cryptosign' },
    });
    const outcome = await logIn({
      client: both,
      router: byKey,
      wires,
      challenge: ({ challenge }) => ({ challenge: challenge as string }),
    });
    expect(outcome).toMatchObject({ by: 'client', reason: ERROR_URIS.cannotAuthenticate });
  });

  test('a client does not answer where HELLO asks for a binding that SCRAM does not have', async () => {
    const login = client.begin();
    const extra = { nonce: `${login.authextra?.nonce}abc`, salt: cheap.salt, kdf: 'pbkdf2', iterations: 4096 };
    const context = {
      ...requestOf({ authextra: { channel_binding: 'tls-unique' }, transport: tlsWire({ 'tls-unique': id }) }),
      authid: 'user',
    };
    const answering = async () => login.onChallenge?.({ method: 'wamp-scram', extra }, context);
    await expect(answering()).rejects.toMatchObject({ reason: ERROR_URIS.cannotAuthenticate });
  });

  test('a router that wants it refuses logins without', async () => {
    const strict = scramVerifier({ principals: [who(cheap)], requireChannelBinding: true });
    const wires = { client: wire, router: wire };
    expect(await logIn({ client, router: strict, wires })).toMatchObject({
      by: 'router',
      details: { scram: 'server-does-support-channel-binding' },
    });
    expect(await logIn({ client: bound, router: strict, wires })).toMatchObject({ by: 'welcome' });
  });
});

describe('the client refuses', () => {
  test.each<[string, (extra: Dict) => Dict]>([
    ['a nonce that does not begin with ours', (extra) => ({ ...extra, nonce: `x${extra.nonce}` })],
    ['our nonce with nothing behind it', (extra) => ({ ...extra, nonce: String(extra.nonce).slice(0, 24) })],
    ['no nonce', ({ nonce: _, ...extra }) => extra],
    ['a nonce that would break the text signed', (extra) => ({ ...extra, nonce: `${extra.nonce},i=1` })],
    ['another key derivation', (extra) => ({ ...extra, kdf: 'md5' })],
    ['Autobahn’s name of Argon2id', (extra) => ({ ...extra, kdf: 'argon2id-13', iterations: 5, memory: 7168 })],
    ['PBKDF2 that is too weak', (extra) => ({ ...extra, iterations: 4095 })],
    ['PBKDF2 that takes too long', (extra) => ({ ...extra, iterations: 2_000_001 })],
    ['iterations that are no number', (extra) => ({ ...extra, iterations: '4096' })],
    ['Argon2 without memory', (extra) => ({ ...extra, kdf: 'argon2id13', iterations: 5 })],
    ['Argon2 with too little memory', (extra) => ({ ...extra, kdf: 'argon2id13', iterations: 100, memory: 1024 })],
    ['Argon2 with too much memory', (extra) => ({ ...extra, kdf: 'argon2id13', iterations: 1, memory: 4_194_304 })],
    ['Argon2 with too little work', (extra) => ({ ...extra, kdf: 'argon2id13', iterations: 1, memory: 7168 })],
    ['Argon2 with too much work', (extra) => ({ ...extra, kdf: 'argon2id13', iterations: 1000, memory: 262_144 })],
    ['a salt that is too short', (extra) => ({ ...extra, salt: 'AAAA' })],
    ['a salt that is no base64', (extra) => ({ ...extra, salt: '%%%' })],
  ])('%s', async (_, challenge) => {
    const outcome = await logIn({ client, router, challenge });
    expect(outcome).toMatchObject({ by: 'client', reason: ERROR_URIS.cannotAuthenticate });
    const { error } = outcome as { error: unknown };
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error).toMatchObject({ reason: ERROR_URIS.cannotAuthenticate, retryable: false });
  });

  test.each<[string, (details: Dict) => Dict]>([
    ['a WELCOME without a proof', ({ authextra: _, ...details }) => details],
    ['a WELCOME whose authextra is none', (details) => ({ ...details, authextra: 'yes' })],
    ['a WELCOME with a wrong proof', (details) => ({ ...details, authextra: { verifier: btoa('x'.repeat(32)) } })],
    ['a WELCOME with half a proof', (details) => ({ ...details, authextra: { verifier: 'AAAA' } })],
    ['a WELCOME under another authid', (details) => ({ ...details, authid: 'admin' })],
  ])('%s', async (_, welcome) => {
    const outcome = await logIn({ client, router, welcome });
    expect(outcome).toMatchObject({ by: 'client', reason: ERROR_URIS.cannotAuthenticate });
  });

  test('a WELCOME without a challenge', async () => {
    const verdict = await client.begin().onWelcome?.({ authid: 'user' }, { ...requestOf({}), authid: 'user' });
    expect(verdict).toMatch(/has not proven itself/);
    const details = { authid: 'user', authextra: { verifier: btoa('x'.repeat(32)) } };
    const withProof = await client.begin().onWelcome?.(details, { ...requestOf({}), authid: 'user' });
    expect(withProof).toMatch(/without a challenge/);
  });

  test('the proof of another login', async () => {
    const proofs: Dict[] = [];
    await logIn({ client, router, welcome: keptIn(proofs) });
    const outcome = await logIn({ client, router, random: countingRandom(99), welcome: () => proofs[0] as Dict });
    expect(outcome).toMatchObject({ by: 'client', reason: ERROR_URIS.cannotAuthenticate });
  });
});

describe('scram of Autobahn', () => {
  const password = 'secret123';

  test('lets the right password in, and no other', async () => {
    // With PBKDF2 both profiles store the same.
    const credential = await scramCredential(password, { kdf: 'pbkdf2', iterations: 4096 });
    const compatible = autobahnScramVerifier({ principals: [who(credential)] });
    const answers: LoginProof[] = [];
    const outcome = await logIn({
      client: autobahnScram({ authid: 'user', password }),
      router: compatible,
      proof: keptIn(answers),
    });
    expect(outcome).toMatchObject({
      by: 'welcome',
      details: { authmethod: 'scram', authextra: { scram_server_signature: expect.any(String) } },
    });
    expect(answers[0]?.extra).toEqual({});
    const wrong = autobahnScram({ authid: 'user', password: 'secret124' });
    expect(await logIn({ client: wrong, router: compatible })).toEqual(refused);
  });

  test('the profiles do not meet', async () => {
    const credential = await scramCredential(password, { kdf: 'pbkdf2', iterations: 4096 });
    const specified = scramVerifier({ principals: [who(credential)] });
    expect(await logIn({ client: autobahnScram({ authid: 'user', password }), router: specified })).toMatchObject({
      reason: ERROR_URIS.noMatchingAuthMethod,
    });
  });
});

test('nonces are drawn for every login', () => {
  expect(client.begin().authextra?.nonce).not.toBe(client.begin().authextra?.nonce);
  expect(String(client.begin().authextra?.nonce)).toMatch(/^[A-Za-z0-9+/]{22}==$/);
});
