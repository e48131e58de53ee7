import { type Dict, ERROR_URIS, type LoginContext, type LoginProof, ProtocolError } from '@wamp-run/protocol';
import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { fromHex, hex, utf8 } from '../src/bytes.js';
import { cryptosign } from '../src/cryptosign/cryptosign.js';
import { type CryptosignPrincipal, cryptosignVerifier } from '../src/cryptosign/cryptosign-verifier.js';
import { generateKey, isSignature, keyFromSeed } from '../src/cryptosign/key.js';
import { after, countingRandom, keptIn, logIn, PLAIN, requestOf, tlsWire } from './handshake.js';

const key = keyFromSeed('4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510');
const other = keyFromSeed(utf8('another key, another key, anothe'));
const routerKey = keyFromSeed(utf8('the key of the router, 32 bytes.'));
const peter: CryptosignPrincipal = {
  authid: 'peter',
  authrole: 'user',
  realm: 'com.example',
  publicKeys: [key.publicKey],
};
const router = cryptosignVerifier({ principals: [peter], key: routerKey });
const client = cryptosign({ key, authid: 'peter' });
const refused = { by: 'router', reason: ERROR_URIS.authenticationDenied, message: 'the login was refused' };
const not = (text: string) => (text.startsWith('0') ? `1${text.slice(1)}` : `0${text.slice(1)}`);

describe('published values', () => {
  test.each([
    [
      '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
  ])('RFC 8032: %s', async (seed, publicKey, text, signature) => {
    const made = keyFromSeed(seed);
    const message = fromHex(text) as Uint8Array;
    expect(made.publicKey).toBe(publicKey);
    expect(hex(await made.sign(message))).toBe(signature);
    expect(isSignature(fromHex(signature) as Uint8Array, message, fromHex(publicKey) as Uint8Array)).toBe(true);
    expect(isSignature(fromHex(not(signature)) as Uint8Array, message, fromHex(publicKey) as Uint8Array)).toBe(false);
  });

  const CHANNEL = '62e935ae755f3d48f80d4d59f6121358c435722a67e859cc0caa8b539027f2ff';
  test.each([
    [
      undefined,
      '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510',
      'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
      'b32675b221f08593213737bef8240e7c15228b07028e19595294678c90d11c0cae80a357331bfc5cc9fb71081464e6e75013517c2cf067ad566a6b7b728e5d03ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    ],
    [
      undefined,
      'd511fe78e23934b3dadb52fcd022974b80bd92bccc7c5cf404e46cc0a8a2f5cd',
      'b26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d',
      'd4209ad10d5aff6bfbc009d7e924795de138a63515efc7afc6b01b7fe5201372190374886a70207b042294af5bd64ce725cd8dceb344e6d11c09d1aaaf4d660fb26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d',
    ],
    [
      undefined,
      '6e1fde9cf9e2359a87420b65a87dc0c66136e66945196ba2475990d8a0c3a25b',
      'b05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2',
      '7beb282184baadd08f166f16dd683b39cab53816ed81e6955def951cb2ddad1ec184e206746fd82bda075af03711d3d5658fc84a76196b0fa8d1ebc92ef9f30bb05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2',
    ],
    [
      CHANNEL,
      '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510',
      'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
      '9b6f41540c9b95b4b7b281c3042fa9c54cef43c842d62ea3fd6030fcb66e70b3e80d49d44c29d1635da9348d02ec93f3ed1ef227dfb59a07b580095c2b82f80f9d16ca518aa0c2b707f2b2a609edeca73bca8dd59817a633f35574ac6fd80d00',
    ],
    [
      CHANNEL,
      'd511fe78e23934b3dadb52fcd022974b80bd92bccc7c5cf404e46cc0a8a2f5cd',
      'b26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d',
      '305aaa3ac25e98f651427688b3fc43fe7d8a68a7ec1d7d61c61517c519bd4a427c3015599d83ca28b4c652333920223844ef0725eb5dc2febfd6af7677b73f01d0852a29b460fc92ec943242ac638a053bbacc200512b18b30d15083cbdc9282',
    ],
    [
      CHANNEL,
      '6e1fde9cf9e2359a87420b65a87dc0c66136e66945196ba2475990d8a0c3a25b',
      'b05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2',
      'ee3c7644fd8070532bc1fde3d70d742267da545d8c8f03e63bda63f1ad4214f4d2c4bfdb4eb9526def42deeb7e31602a6ff99eba893e0a4ad4d45892ca75e608d2b75e24a189a7f78ca776ba36fc53f6c3e31c32f251f2c524f0a44202f2902d',
    ],
  ])('the specification, channel id %s, seed %s', async (channel, seed, challenge, signature) => {
    const binding = channel === undefined ? {} : { channelBinding: 'tls-unique' as const };
    const login = cryptosign({ key: keyFromSeed(seed), ...binding }).begin();
    const extra: Dict = channel === undefined ? { challenge } : { challenge, channel_binding: 'tls-unique' };
    const transport = channel === undefined ? PLAIN : tlsWire({ 'tls-unique': fromHex(channel) as Uint8Array });
    const context: LoginContext = { ...requestOf({}), transport };
    expect(await login.onChallenge?.({ method: 'cryptosign', extra }, context)).toBe(signature);
  });

  test('the public keys of seeds', () => {
    expect(key.publicKey).toBe('1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d');
    const even = keyFromSeed('aa'.repeat(32)).publicKey;
    expect(even).toBe('e734ea6c2b6257de72355e472aa05a4c487e6b463c029ed306df2f01b5636b58');
  });
});

describe('cryptosign', () => {
  test('the right key is let in, with and without an authid', async () => {
    const welcome = { by: 'welcome', details: { authid: 'peter', authrole: 'user', authmethod: 'cryptosign' } };
    expect(await logIn({ client, router })).toMatchObject(welcome);
    expect(await logIn({ client: cryptosign({ key }), router })).toMatchObject(welcome);
  });

  test.each([
    ['a key that nobody has', cryptosign({ key: other, authid: 'peter' })],
    ['a key that nobody has, without an authid', cryptosign({ key: other })],
    ['the authid of another', cryptosign({ key, authid: 'admin' })],
    [
      'another signing for the public key',
      cryptosign({ key: { ...other, publicKey: key.publicKey }, authid: 'peter' }),
    ],
  ])('%s is refused', async (_, wrong) => {
    expect(await logIn({ client: wrong, router })).toEqual(refused);
  });

  test('a key of another realm is refused', async () => {
    expect(await logIn({ client, router, realm: 'com.elsewhere' })).toEqual(refused);
  });

  test.each<[string, (proof: LoginProof) => string | Promise<string>]>([
    ['nothing', () => ''],
    ['what is no hexadecimal', () => 'zz'.repeat(96)],
    ['a signature without its message', ({ signature }) => signature.slice(0, 128)],
    ['a signature that is wrong', ({ signature }) => not(signature)],
    ['a message that is not the one signed', ({ signature }) => signature.slice(0, 128) + not(signature.slice(128))],
    // What Nexus lets in: a good signature over a message of the client’s choice.
    ['a good signature over something else', async () => hex(await key.sign(new Uint8Array(32))) + '00'.repeat(32)],
    [
      'a good signature over something else, with the challenge behind it',
      async ({ signature }) => hex(await key.sign(new Uint8Array(32))) + signature.slice(128),
    ],
  ])('%s is refused', async (_, make) => {
    const login = router.begin(requestOf({ authextra: { pubkey: key.publicKey } }));
    const verdict = await login.onHello();
    const challenge = verdict.outcome === 'challenge' ? (fromHex(verdict.extra.challenge) as Uint8Array) : undefined;
    const right = hex(await key.sign(challenge as Uint8Array)) + hex(challenge as Uint8Array);
    const signature = await make({ signature: right, extra: {} });
    expect(await login.onAuthenticate?.({ signature, extra: {} })).toMatchObject({ outcome: 'deny' });
  });

  test('the answer to an earlier challenge is refused', async () => {
    const random = countingRandom();
    const proofs: LoginProof[] = [];
    await logIn({ client, router, random, proof: keptIn(proofs) });
    expect(await logIn({ client, router, random, proof: () => proofs[0] as LoginProof })).toEqual(refused);
  });

  test('an answer that comes too late, or twice, is refused', async () => {
    const clock = new FakeClock();
    const late = await logIn({ client, router, clock, proof: after(clock, 30_001) });
    expect(late).toMatchObject({ by: 'router', reason: ERROR_URIS.authenticationDenied, message: /no longer open/ });
    const login = router.begin(requestOf({ authextra: { pubkey: key.publicKey } }));
    await login.onHello();
    await login.onAuthenticate?.({ signature: '', extra: {} });
    const second = await login.onAuthenticate?.({ signature: '', extra: {} });
    expect(second).toMatchObject({ outcome: 'deny', message: /no longer open/ });
  });

  test.each<[string, Dict]>([
    ['no public key', {}],
    ['half a public key', { pubkey: key.publicKey.slice(2) }],
    ['a public key that is no text', { pubkey: 7 }],
    ['a challenge that is none', { pubkey: key.publicKey, challenge: 'abc' }],
    ['a binding that there is not', { pubkey: key.publicKey, channel_binding: 'tls-server-end-point' }],
    ['a binding on a wire without TLS', { pubkey: key.publicKey, channel_binding: 'tls-unique' }],
  ])('HELLO with %s is refused', async (_, authextra) => {
    const verdict = await router.begin(requestOf({ authextra })).onHello();
    expect(verdict).toMatchObject({ outcome: 'deny', reason: ERROR_URIS.authenticationFailed });
  });

  test('a public key of small order, under which anything might pass, lets nobody in', async () => {
    const small = '01'.padEnd(64, '0');
    const open = cryptosignVerifier({ principals: [{ ...peter, publicKeys: [small] }] });
    const login = open.begin(requestOf({ authextra: { pubkey: small } }));
    const verdict = await login.onHello();
    const challenge = verdict.outcome === 'challenge' ? String(verdict.extra.challenge) : '';
    const forged = `${small}${'00'.repeat(32)}${challenge}`;
    expect(await login.onAuthenticate?.({ signature: forged, extra: {} })).toMatchObject({ outcome: 'deny' });
  });

  test('a function gets what the client says, certificates and all, and has to name the key', async () => {
    const claims: unknown[] = [];
    const certificates = [[{ domain: {}, message: {} }, '0x00']];
    const trustroot = '0xf766Dc789CF04CD18aE75af2c5fAf2DA6650Ff57';
    const dynamic = cryptosignVerifier({
      principals: (claim) => {
        claims.push(claim);
        return peter;
      },
    });
    const outcome = await logIn({ client: cryptosign({ key, trustroot, certificates }), router: dynamic });
    expect(outcome).toMatchObject({ by: 'welcome', details: { authprovider: 'dynamic' } });
    expect(claims).toEqual([
      { publicKey: key.publicKey, authid: undefined, realm: 'com.example', trustroot, certificates },
    ]);
    expect(await logIn({ client: cryptosign({ key: other }), router: dynamic })).toEqual(refused);
  });
});

describe('the router proves itself', () => {
  const wary = cryptosign({ key, authid: 'peter', routerKeys: [other.publicKey, routerKey.publicKey.toUpperCase()] });

  test('to a client that asks for it, and to no other', async () => {
    const challenges: Dict[] = [];
    const challenge = keptIn(challenges);
    expect(await logIn({ client: wary, router, challenge })).toMatchObject({ by: 'welcome' });
    expect(await logIn({ client, router, challenge })).toMatchObject({ by: 'welcome' });
    expect(challenges[0]).toMatchObject({
      pubkey: routerKey.publicKey,
      signature: expect.stringMatching(/^[0-9a-f]{192}$/),
    });
    expect(Object.keys(challenges[1] ?? {})).toEqual(['challenge']);
  });

  test.each<[string, (extra: Dict) => Dict | Promise<Dict>]>([
    ['no proof', ({ challenge }) => ({ challenge: challenge as string })],
    ['a key without a signature', ({ signature: _, ...extra }) => extra],
    ['a signature without a key', ({ pubkey: _, ...extra }) => extra],
    ['a key that is not among those known', (extra) => ({ ...extra, pubkey: key.publicKey })],
    ['the signature of another', (extra) => ({ ...extra, pubkey: other.publicKey })],
    ['a wrong signature', (extra) => ({ ...extra, signature: not(String(extra.signature)) })],
  ])('%s is not answered', async (_, change) => {
    const outcome = await logIn({ client: wary, router, challenge: (extra) => change(extra) as Dict });
    expect(outcome).toMatchObject({ by: 'client', reason: ERROR_URIS.cannotAuthenticate });
    expect((outcome as { error: unknown }).error).toBeInstanceOf(ProtocolError);
  });

  test('the proof of an earlier login is not answered', async () => {
    const proofs: Dict[] = [];
    await logIn({ client: wary, router, challenge: keptIn(proofs) });
    const outcome = await logIn({ client: wary, router, challenge: () => proofs[0] as Dict });
    expect(outcome).toMatchObject({ by: 'client', reason: ERROR_URIS.cannotAuthenticate });
  });

  test('a WELCOME without a challenge is refused', async () => {
    const verdict = await wary.begin().onWelcome?.({ authid: 'peter' }, { ...requestOf({}), authid: 'peter' });
    expect(verdict).toMatch(/has not proven itself/);
    expect(
      await client.begin().onWelcome?.({ authid: 'peter' }, { ...requestOf({}), authid: 'peter' }),
    ).toBeUndefined();
  });

  test('a good proof by a key that is not among those known is not answered', async () => {
    const impostor = cryptosignVerifier({ principals: [peter], key });
    const outcome = await logIn({ client: wary, router: impostor });
    expect(outcome).toMatchObject({ by: 'client', error: { message: /none of routerKeys/ } });
  });

  test('a router without a key is not answered', async () => {
    const outcome = await logIn({ client: wary, router: cryptosignVerifier({ principals: [peter] }) });
    expect(outcome).toMatchObject({ by: 'client', reason: ERROR_URIS.cannotAuthenticate });
  });

  test('a WELCOME under another authid is refused', async () => {
    const outcome = await logIn({ client: wary, router, welcome: (details) => ({ ...details, authid: 'admin' }) });
    expect(outcome).toMatchObject({ by: 'client', reason: ERROR_URIS.cannotAuthenticate });
  });
});

describe.each(['tls-exporter', 'tls-unique'] as const)('bound by %s', (channelBinding) => {
  const bound = cryptosign({ key, channelBinding, routerKeys: [routerKey.publicKey] });
  const wire = tlsWire({ [channelBinding]: new Uint8Array(32).fill(0x55) });
  const elsewhere = tlsWire({ [channelBinding]: new Uint8Array(32).fill(0x56) });

  test('a login on one connection is let in, and the router’s proof is bound, too', async () => {
    expect(await logIn({ client: bound, router, wires: { client: wire, router: wire } })).toMatchObject({
      by: 'welcome',
    });
  });

  test('one that somebody passes on is refused by the router, and by a client that wants a proof', async () => {
    const wires = { client: wire, router: elsewhere };
    const trusting = cryptosign({ key, channelBinding });
    expect(await logIn({ client: trusting, router, wires })).toEqual(refused);
    expect(await logIn({ client: bound, router, wires })).toMatchObject({
      by: 'client',
      reason: ERROR_URIS.cannotAuthenticate,
    });
  });

  test.each<[string, (extra: Dict) => Dict]>([
    ['no binding', ({ channel_binding: _, ...extra }) => extra],
    ['another binding', (extra) => ({ ...extra, channel_binding: 'tls-server-end-point' })],
  ])('a challenge with %s is not answered', async (_, challenge) => {
    const outcome = await logIn({ client: bound, router, challenge, wires: { client: wire, router: wire } });
    expect(outcome).toMatchObject({ by: 'client', reason: ERROR_URIS.cannotAuthenticate });
  });

  test('a challenge that is bound without having been asked is not answered', async () => {
    const challenge = (extra: Dict) => ({ ...extra, channel_binding: channelBinding });
    const outcome = await logIn({ client, router, challenge, wires: { client: wire, router: wire } });
    expect(outcome).toMatchObject({ by: 'client', reason: ERROR_URIS.cannotAuthenticate });
  });

  test('a client whose connection has no such value does not answer', async () => {
    const outcome = await logIn({ client: bound, router, wires: { client: tlsWire({}), router: wire } });
    expect(outcome).toMatchObject({ by: 'client', reason: ERROR_URIS.cannotAuthenticate });
  });

  test('a router that wants it refuses logins without', async () => {
    const strict = cryptosignVerifier({ principals: [peter], key: routerKey, requireChannelBinding: true });
    const wires = { client: wire, router: wire };
    expect(await logIn({ client, router: strict, wires })).toMatchObject({ reason: ERROR_URIS.authenticationFailed });
    expect(await logIn({ client: bound, router: strict, wires })).toMatchObject({ by: 'welcome' });
  });
});

test('a new key is another one every time, and comes back from its seed', () => {
  const { seed, key: made } = generateKey();
  expect(seed).toMatch(/^[0-9a-f]{64}$/);
  expect(keyFromSeed(seed).publicKey).toBe(made.publicKey);
  expect(generateKey().seed).not.toBe(seed);
});
