// The chain, its keys and its signatures are those of Autobahn|Python 24.4.2, autobahn/xbr/test/test_xbr_eip712.py.
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { type CertificateTrust, certifiedKey, type ShownCertificates } from '@wamp-run/auth/certificates';
import { cryptosign, cryptosignVerifier, keyFromSeed } from '@wamp-run/auth/cryptosign';
import { cryptosignSeed, mnemonicPrivateKey } from '@wamp-run/auth/mnemonic';
import { InvalidConfiguration, type Value } from '@wamp-run/protocol';
import { beforeAll, describe, expect, test } from 'vitest';
import { hex } from '../src/bytes.js';
import { addressOf, type Fields, type FieldValue, typedDataHash } from '../src/certificates/typed-data.js';
import { logIn } from './handshake.js';

const WORDS = 'avocado style uncover thrive same grace crunch want essay reduce current edge';
const CONTRACT = '0xf766Dc789CF04CD18aE75af2c5fAf2DA6650Ff57';
const ROOT = CONTRACT;
const DELEGATE = '0xf5173a6111B2A6B3C20fceD53B2A8405EC142bF6';
const REALM = '0xA6e693CC4A2b4F1400391a728D26369D9b82ef96';
const PUBLIC_KEY = '12ae0184b180e9a9c5e45be4a1afbce3c6491320063701cd9c4011a777d04089';
const META = 'QmNbMM6TMLAgqBKzY69mJKk5VKvpcTtAtwAaLC2FV4zC3G';

type Message = { [name: string]: Value };
const domain = { name: 'WMP', version: '1' };
const delegateMessage: Message = {
  bootedAt: 1657781999086394759n,
  chainId: 1,
  csPubKey: PUBLIC_KEY,
  delegate: DELEGATE,
  meta: 'Qme7ss3ARVgxv6rXqVPiikMJ8u2NLgmgszg13pYrDKEoiu',
  validFrom: 15139218,
  verifyingContract: CONTRACT,
};
const authorityMessage: Message = {
  capabilities: 12,
  chainId: 1,
  issuer: ROOT,
  meta: META,
  realm: REALM,
  subject: DELEGATE,
  validFrom: 15139218,
  verifyingContract: CONTRACT,
};
const rootMessage: Message = { ...authorityMessage, capabilities: 63, subject: ROOT };
const certificate = (primaryType: string, message: Message, signature: string): Value => [
  null,
  { domain, message, primaryType, types: {} },
  signature,
];
const CHAIN: Value[] = [
  certificate(
    'EIP712DelegateCertificate',
    delegateMessage,
    '70726dda677cac8f21366f8023d17203b2f4f9099e954f9bebb2134086e2ac291d80ce038a1342a7748d4b0750f06b8de491561d581c90c99f1c09c91cfa7e191c',
  ),
  certificate(
    'EIP712AuthorityCertificate',
    authorityMessage,
    'f031b2625ae7e32e7eec3a8fa09f4db3a43217f282b7695e5b09dd2e13c25dc679c1f3ce27b94a3074786f7f12183a2a275a00aea5a66b83c431281f1069bd841c',
  ),
  certificate(
    'EIP712AuthorityCertificate',
    rootMessage,
    'c3bcd7a3c3c45ae45a24cd7745db3b39c4113e6b71a4220f943f0969282246b4083ef61277bd7ba9e92c9a07b79869ce63bc6206986480f9c5daddb27b91bebe1b',
  ),
];
const SHOWN: ShownCertificates = { publicKey: PUBLIC_KEY, trustroot: ROOT, certificates: CHAIN };
const TRUST: CertificateTrust = { trustroots: [ROOT], chainId: 1, verifyingContract: CONTRACT };

const DELEGATE_FIELDS: Fields = [
  ['chainId', 'uint256'],
  ['verifyingContract', 'address'],
  ['validFrom', 'uint256'],
  ['delegate', 'address'],
  ['csPubKey', 'bytes32'],
  ['bootedAt', 'uint64'],
  ['meta', 'string'],
];
const AUTHORITY_FIELDS: Fields = [
  ['chainId', 'uint256'],
  ['verifyingContract', 'address'],
  ['validFrom', 'uint256'],
  ['issuer', 'address'],
  ['subject', 'address'],
  ['realm', 'address'],
  ['capabilities', 'uint64'],
  ['meta', 'string'],
];

let keys: Uint8Array[];
beforeAll(async () => {
  keys = await Promise.all([0, 1].map((index) => mnemonicPrivateKey(WORDS, { path: `m/44'/60'/0'/0/${index}` })));
});

/** A certificate with a signature over just this message. Whose: an index of `keys`. */
function signed(message: Message, whose: number): Value {
  const delegated = 'delegate' in message;
  const kind = delegated ? 'EIP712DelegateCertificate' : 'EIP712AuthorityCertificate';
  const fields = delegated ? DELEGATE_FIELDS : AUTHORITY_FIELDS;
  const values = fields.map(([name, type]): FieldValue => {
    const value = message[name] as string | number | bigint;
    if (type === 'string') return value as string;
    if (type === 'uint64' || type === 'uint256') return BigInt(value);
    return Buffer.from(String(value).replace('0x', ''), 'hex');
  });
  const hash = typedDataHash(kind, fields, values);
  const made = secp256k1.sign(hash, keys[whose] as Uint8Array, { prehash: false, format: 'recovered' });
  return certificate(kind, message, hex(made.subarray(1)) + hex(Uint8Array.of((made[0] as number) + 27)));
}

/** The chain with another certificate at one place. */
const replaced = (index: number, other: Value): Value[] => CHAIN.map((each, at) => (at === index ? other : each));

const faultOf = (shown: Partial<ShownCertificates>, trust: Partial<CertificateTrust> = {}) => {
  const found = certifiedKey({ ...SHOWN, ...shown }, { ...TRUST, ...trust });
  return found.outcome === 'refused' ? found.why : 'certified';
};

describe('the published chain', () => {
  test('is of the keys that its words lead to', async () => {
    const [root, delegate] = keys.map((key) => addressOf(secp256k1.getPublicKey(key, false)));
    expect([root, delegate]).toEqual([ROOT.toLowerCase(), DELEGATE.toLowerCase()]);
    expect(keyFromSeed(await cryptosignSeed(WORDS, 6)).publicKey).toBe(PUBLIC_KEY);
  });

  test('has the signatures that its keys make', () => {
    expect([signed(delegateMessage, 1), signed(authorityMessage, 0), signed(rootMessage, 0)]).toEqual(CHAIN);
  });

  test('vouches for its key', () => {
    expect(certifiedKey(SHOWN, { ...TRUST, realm: REALM, block: 15139218 })).toEqual({
      outcome: 'certified',
      delegate: DELEGATE.toLowerCase(),
      trustroot: ROOT.toLowerCase(),
      realm: REALM.toLowerCase(),
      capabilities: 12n,
    });
  });

  test.each<[Partial<ShownCertificates>, Partial<CertificateTrust>, RegExp]>([
    [{ publicKey: 'ab'.repeat(32) }, {}, /^the delegate certificate is for another key$/],
    [{ trustroot: DELEGATE }, {}, /^the trustroot in authextra is not that of the certificates$/],
    [{ trustroot: undefined }, {}, /trustroot/],
    [{ certificates: undefined }, {}, /^expected 2 to 8 certificates$/],
    [{ certificates: CHAIN.slice(0, 1) }, {}, /^expected 2 to 8/],
    [{ certificates: [...CHAIN, ...CHAIN, ...CHAIN] }, {}, /^expected 2 to 8/],
    [{ certificates: CHAIN.slice(0, 2) }, {}, /^certificate 1, the last one, is not a root's own$/],
    [{ certificates: CHAIN.slice(1) }, {}, /^the first certificate is not a delegate certificate$/],
    [{ certificates: [CHAIN[0], CHAIN[0], CHAIN[2]] as Value[] }, {}, /not an authority certificate$/],
    [{ certificates: [CHAIN[0], CHAIN[2]] as Value[] }, {}, /^no authority vouches for the delegate$/],
    [{}, { trustroots: [DELEGATE] }, /of a root that is not trusted here$/],
    [{}, { chainId: 5 }, /^certificate 0 is for another chain$/],
    [{}, { verifyingContract: DELEGATE }, /^certificate 0 is for another contract$/],
    [{}, { realm: DELEGATE }, /^certificate 1 is for another realm$/],
    [{}, { block: 15139217 }, /^certificate 0 is not valid yet$/],
  ])('is refused where it does not fit: %#', (shown, trust, why) => {
    expect(faultOf(shown, trust)).toMatch(why);
  });
});

describe('a chain that was changed', () => {
  const [delegate, authority, root] = CHAIN as [Value, Value, Value];
  const other: Message = { ...authorityMessage, meta: 'x' };

  test('of any field, or of a bit of a signature, is refused', () => {
    const parts: [Message, number][] = [
      [delegateMessage, 0],
      [authorityMessage, 1],
      [rootMessage, 2],
    ];
    for (const [message, index] of parts) {
      for (const [name, value] of Object.entries(message)) {
        const changed = typeof value === 'string' ? `${value.slice(0, -1)}${value.endsWith('0') ? '1' : '0'}` : 7;
        const [, , signature] = CHAIN[index] as Value[];
        const kind = index === 0 ? 'EIP712DelegateCertificate' : 'EIP712AuthorityCertificate';
        const chain = replaced(index, certificate(kind, { ...message, [name]: changed }, String(signature)));
        expect(faultOf({ certificates: chain }), `${index} ${name}`).not.toBe('certified');
        const without = Object.fromEntries(Object.entries(message).filter(([key]) => key !== name));
        const lacking = replaced(index, certificate(kind, without, String(signature)));
        expect(faultOf({ certificates: lacking })).toBe(`certificate ${index} is none, or has no signature`);
      }
      for (const at of [0, 40, 64]) {
        const [, data, signature] = CHAIN[index] as Value[];
        const bytes = Buffer.from(String(signature), 'hex');
        bytes[at] = (bytes[at] as number) ^ 1;
        expect(faultOf({ certificates: replaced(index, [null, data as Value, hex(bytes)]) })).not.toBe('certified');
      }
    }
  });

  test.each<[string, () => Value[], RegExp]>([
    ['signed by another', () => [delegate, signed(other, 1), root], /^certificate 1 is not signed by its issuer$/],
    ['a delegate of another signs', () => [signed(delegateMessage, 0), authority, root], /not signed by its delegate$/],
    [
      'allows more than the one above',
      () => [delegate, signed({ ...authorityMessage, capabilities: 64 }, 0), root],
      /^certificate 1 allows more/,
    ],
    [
      'older than the root',
      () => [delegate, signed({ ...authorityMessage, validFrom: 1 }, 0), root],
      /^certificate 1 is older/,
    ],
    [
      'younger than the delegate',
      () => [delegate, signed({ ...authorityMessage, validFrom: 15139219 }, 0), root],
      /^the delegate certificate is older/,
    ],
    [
      'another realm',
      () => [delegate, signed({ ...authorityMessage, realm: DELEGATE }, 0), root],
      /^certificate 2 is for another realm$/,
    ],
    [
      'a root that is none',
      () => [delegate, authority, signed({ ...rootMessage, capabilities: 62 }, 0)],
      /not that of a root$/,
    ],
    [
      'an issuer that may not vouch',
      () => [delegate, authority, signed({ ...rootMessage, capabilities: 61 }, 0)],
      /who may not vouch for authorities$/,
    ],
    [
      'the delegate makes itself an authority',
      () => [delegate, signed({ ...authorityMessage, issuer: DELEGATE }, 1), root],
      /^certificate 1 is issued by somebody that the next one does not vouch for$/,
    ],
    ['another domain', () => [delegate, [null, { domain: {}, message: rootMessage }, 'ab'], root], /is none/],
  ])('%s', (_, chain, why) => {
    expect(faultOf({ certificates: chain() })).toMatch(why);
  });

  test('what is no list of certificates is refused, whatever it is', () => {
    for (const certificates of [null, 7, 'x', {}, [1, 2], [[], []], [[null, {}, 'x'], null]] as Value[]) {
      expect(faultOf({ certificates })).not.toBe('certified');
    }
  });
});

test('a trust that is none is refused', () => {
  for (const wrong of [{ trustroots: [] }, { trustroots: ['x'] }, { chainId: 1.5 }, { realm: 'x' }, { blok: 1 }]) {
    expect(() => certifiedKey(SHOWN, { ...TRUST, ...wrong } as CertificateTrust)).toThrow(InvalidConfiguration);
  }
});

test('a router lets in who shows a chain for its key, and nobody else', async () => {
  const router = cryptosignVerifier({
    principals: (claim) => {
      const found = certifiedKey(claim, TRUST);
      if (found.outcome === 'refused') return undefined;
      return { authid: found.delegate, authrole: 'delegate', realm: claim.realm, publicKeys: [claim.publicKey] };
    },
  });
  const key = keyFromSeed(await cryptosignSeed(WORDS, 6));
  const shown = { trustroot: ROOT, certificates: CHAIN };
  expect(await logIn({ client: cryptosign({ key, ...shown }), router })).toMatchObject({
    by: 'welcome',
    details: { authid: DELEGATE.toLowerCase(), authrole: 'delegate' },
  });
  const denied = { by: 'router', reason: 'wamp.error.authentication_denied' };
  expect(await logIn({ client: cryptosign({ key }), router })).toMatchObject(denied);
  const thief = keyFromSeed(await cryptosignSeed(WORDS, 7));
  expect(await logIn({ client: cryptosign({ key: thief, ...shown }), router })).toMatchObject(denied);
});
