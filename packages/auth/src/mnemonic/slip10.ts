import { InvalidConfiguration } from '@wamp-run/protocol';
import { concat, utf8 } from '../bytes.js';
import { hmac } from '../digests.js';
import { derivationPath, HARDENED } from './derivation-path.js';

/** A node of a tree of Ed25519 keys (SLIP-0010). */
export interface Slip10Node {
  /** The Ed25519 seed: 32 bytes, for `keyFromSeed`. */
  readonly privateKey: Uint8Array;
  /** 32 bytes. */
  readonly chainCode: Uint8Array;
}

/**
 * The node at a path of the Ed25519 tree of a seed (SLIP-0010). Every index has to be hardened: Ed25519 has no others.
 * Rejects with InvalidConfiguration where path or seed are wrong.
 *
 * @param seed 16 to 64 bytes, such as `mnemonicToSeed` gives
 */
export async function slip10Ed25519(seed: Uint8Array, path: string): Promise<Slip10Node> {
  if (!(seed instanceof Uint8Array) || seed.length < 16 || seed.length > 64) {
    throw new InvalidConfiguration('slip10: seed: expected 16 to 64 bytes');
  }
  let node = nodeOf(await hmac('SHA-512', utf8('ed25519 seed'), seed));
  for (const index of derivationPath(path)) {
    if (index < HARDENED) throw new InvalidConfiguration(`slip10: path: write every index with ', as in m/44'/655'`);
    const written = new Uint8Array(4);
    new DataView(written.buffer).setUint32(0, index);
    node = nodeOf(await hmac('SHA-512', node.chainCode, concat(Uint8Array.of(0), node.privateKey, written)));
  }
  return node;
}

function nodeOf(digest: Uint8Array): Slip10Node {
  return { privateKey: digest.slice(0, 32), chainCode: digest.slice(32) };
}
