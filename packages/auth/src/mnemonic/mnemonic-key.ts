import { checkWhole } from '../settings.js';
import { bip32PrivateKey } from './bip32.js';
import { HARDENED } from './derivation-path.js';
import { type MnemonicOptions, mnemonicToSeed } from './mnemonic.js';

/**
 * The secp256k1 private key that words lead to: 32 bytes. Rejects with InvalidConfiguration where words or path are wrong.
 *
 * @param path default: `m/44'/60'/0'/0`, as Autobahn has it
 */
export async function mnemonicPrivateKey(
  mnemonic: string,
  options: MnemonicOptions & { readonly path?: string | undefined } = {},
): Promise<Uint8Array> {
  const { path = "m/44'/60'/0'/0" } = options;
  return bip32PrivateKey(await mnemonicToSeed(mnemonic, options), path);
}

/**
 * The seed of a cryptosign key that words lead to, as Autobahn's `from_seedphrase` has it: the secp256k1 key at
 * `m/44'/655'/0'/0/{index}`, taken as an Ed25519 seed. For keys that only this project uses `slip10Ed25519` is the
 * standard way. Rejects with InvalidConfiguration where words or index are wrong.
 *
 * @example
 * cryptosign({ key: keyFromSeed(await cryptosignSeed(words)) });
 */
export async function cryptosignSeed(mnemonic: string, index = 0): Promise<Uint8Array> {
  checkWhole(index, 'cryptosignSeed: index', { least: 0, most: HARDENED - 1 });
  return mnemonicPrivateKey(mnemonic, { path: `m/44'/655'/0'/0/${index}` });
}
