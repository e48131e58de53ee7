/**
 * Words that a key is made of (BIP-39), and the ways from them to a key.
 *
 * @packageDocumentation
 */
export { type Bip32Node, bip32Node, bip32PrivateKey } from './bip32.js';
export { derivationPath } from './derivation-path.js';
export { checkMnemonic, generateMnemonic, type MnemonicOptions, mnemonicToSeed } from './mnemonic.js';
export { cryptosignSeed, mnemonicPrivateKey } from './mnemonic-key.js';
export { type Slip10Node, slip10Ed25519 } from './slip10.js';
