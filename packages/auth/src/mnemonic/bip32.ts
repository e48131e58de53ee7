import { HDKey } from '@scure/bip32';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { derivationPath } from './derivation-path.js';

/** A node of a tree of secp256k1 keys (BIP-32). */
export interface Bip32Node {
  /** 32 bytes. */
  readonly privateKey: Uint8Array;
  /** The node with its chain code, as BIP-32 writes it: `xprv…`. Secret. */
  readonly extendedPrivateKey: string;
  /** `xpub…`: from it the public keys of the nodes below follow, except hardened ones. */
  readonly extendedPublicKey: string;
}

/**
 * The node at a path of the tree of a seed. Throws InvalidConfiguration where it is no path, or no seed.
 *
 * @param seed 16 to 64 bytes
 */
export function bip32Node(seed: Uint8Array, path: string): Bip32Node {
  derivationPath(path);
  if (!(seed instanceof Uint8Array) || seed.length < 16 || seed.length > 64) {
    throw new InvalidConfiguration('bip32: seed: expected 16 to 64 bytes');
  }
  const node = HDKey.fromMasterSeed(seed).derive(path);
  const { privateKey, privateExtendedKey: extendedPrivateKey, publicExtendedKey: extendedPublicKey } = node;
  // One node in 2^127 has none.
  if (privateKey === null) throw new InvalidConfiguration('bip32: path: there is no key there; take the next index');
  return { privateKey: Uint8Array.from(privateKey), extendedPrivateKey, extendedPublicKey };
}

/** The private key at a path of the tree of a seed: 32 bytes. Throws as `bip32Node` does. */
export function bip32PrivateKey(seed: Uint8Array, path: string): Uint8Array {
  return bip32Node(seed, path).privateKey;
}
