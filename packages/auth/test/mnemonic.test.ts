import { InvalidConfiguration } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { fromHex, hex } from '../src/bytes.js';
import { keyFromSeed } from '../src/cryptosign/key.js';
import { bip32Node } from '../src/mnemonic/bip32.js';
import { derivationPath } from '../src/mnemonic/derivation-path.js';
import { checkMnemonic, generateMnemonic, mnemonicToSeed } from '../src/mnemonic/mnemonic.js';
import { cryptosignSeed, mnemonicPrivateKey } from '../src/mnemonic/mnemonic-key.js';
import { slip10Ed25519 } from '../src/mnemonic/slip10.js';

const words = `${'abandon '.repeat(11)}about`;
const seed = fromHex('000102030405060708090a0b0c0d0e0f') as Uint8Array;

describe('published values', () => {
  test('BIP-39: the seed of words and passphrase', async () => {
    expect(hex(await mnemonicToSeed(words, { passphrase: 'TREZOR' }))).toBe(
      'c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04',
    );
  });

  test('BIP-39: the words of random bits', () => {
    expect(generateMnemonic(12, (n) => new Uint8Array(n))).toBe(words);
    expect(generateMnemonic(12, (n) => new Uint8Array(n).fill(0x7f))).toBe(
      'legal winner thank year wave sausage worth useful legal winner thank yellow',
    );
  });

  test('BIP-32: a node below the root', () => {
    const node = bip32Node(seed, "m/0'");
    expect(node.extendedPrivateKey).toBe(
      'xprv9uHRZZhk6KAJC1avXpDAp4MDc3sQKNxDiPvvkX8Br5ngLNv1TxvUxt4cV1rGL5hj6KCesnDYUhd7oWgT11eZG7XnxHrnYeSvkzY7d2bhkJ7',
    );
    expect(node.extendedPublicKey).toMatch(
      /^xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9xv5ski8PX9rL2dZXvgGDnw$/,
    );
  });

  test.each([
    [
      'm',
      '2b4be7f19ee27bbf30c667b642d5f4aa69fd169872f8fc3059c08ebae2eb19e7',
      'a4b2856bfec510abab89753fac1ac0e1112364e7d250545963f135f2a33188ed',
    ],
    [
      "m/0'",
      '68e0fe46dfb67e368c75379acec591dad19df3cde26e63b93a8e704f1dade7a3',
      '8c8a13df77a28f3445213a0f432fde644acaa215fc72dcdf300d5efaa85d350c',
    ],
  ])('SLIP-0010: %s', async (path, privateKey, publicKey) => {
    const node = await slip10Ed25519(seed, path);
    expect(hex(node.privateKey)).toBe(privateKey);
    expect(keyFromSeed(node.privateKey).publicKey).toBe(publicKey);
  });

  test('Autobahn: the private keys of words', async () => {
    expect(hex(await mnemonicPrivateKey(words))).toBe(
      'a29ac2cb17e31cdab42a8fe2d83f04f4b69c5e73bc8d3bf6b5dc96ac239b145a',
    );
    expect(hex(await mnemonicPrivateKey(words, { passphrase: 'TREZOR' }))).toBe(
      '3880600e9d01072548e8f420c8425cb0bc450743ad0e910350f8341e53af31f8',
    );
  });

  test('Autobahn: the cryptosign keys of words', async () => {
    expect(keyFromSeed(await cryptosignSeed(words)).publicKey).toBe(
      'd75d9504a00ba114a2314428fc84318843a2df2f266e08973cc102f74f661cce',
    );
    expect(keyFromSeed(await cryptosignSeed(words, 1)).publicKey).toBe(
      'a6033533a41780e5e0477c80c0aa471bed2549ce6cb8fcadd5160d477d90ada5',
    );
  });
});

describe('words', () => {
  test('may be written with more space between them', async () => {
    expect(await mnemonicToSeed(` ${words.replaceAll(' ', '\n ')} `)).toEqual(await mnemonicToSeed(words));
  });

  test.each([
    ['a word that is not in the list', words.replace('about', 'abowt')],
    ['words that do not fit together', words.replace('about', 'abandon')],
    ['too few words', 'abandon about'],
    ['nothing', ''],
  ])('%s are refused without being quoted', async (_, wrong) => {
    expect(() => checkMnemonic(wrong)).toThrow(InvalidConfiguration);
    await expect(mnemonicToSeed(wrong)).rejects.toSatisfy((error: Error) => !error.message.includes('abandon'));
  });

  test.each([12, 15, 18, 21, 24] as const)('%i new ones are good ones, and others every time', (count) => {
    const made = generateMnemonic(count);
    expect(made.split(' ')).toHaveLength(count);
    checkMnemonic(made);
    expect(generateMnemonic(count)).not.toBe(made);
  });

  test('any other number is refused', () => {
    expect(() => generateMnemonic(13 as 12)).toThrow(InvalidConfiguration);
  });
});

describe('paths', () => {
  test('are read', () => {
    expect(derivationPath('m')).toEqual([]);
    expect(derivationPath("m/44'/655'/0'/0/7")).toEqual([2 ** 31 + 44, 2 ** 31 + 655, 2 ** 31, 0, 7]);
  });

  test.each([[''], ['44/0'], ['m/'], ['m/x'], ['m/-1'], ['m/2147483648'], ["m/0''"], ['m/0/']])(
    '%j is none',
    (path) => {
      expect(() => derivationPath(path)).toThrow(InvalidConfiguration);
      expect(() => bip32Node(seed, path)).toThrow(InvalidConfiguration);
    },
  );

  test('that are not hardened are none for Ed25519', async () => {
    await expect(slip10Ed25519(seed, "m/44'/0")).rejects.toThrow(InvalidConfiguration);
  });

  test('a seed that is too short is refused', async () => {
    await expect(slip10Ed25519(new Uint8Array(8), 'm')).rejects.toThrow(InvalidConfiguration);
    expect(() => bip32Node(new Uint8Array(8), 'm')).toThrow(InvalidConfiguration);
  });
});
