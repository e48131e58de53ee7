/**
 * End-to-end encryption: which key is for which URI, and codecs that encrypt arguments by it, so that no router reads them.
 * Runs in Node and in browsers.
 *
 * @packageDocumentation
 */
export { CIPHER_NAMES, type CipherName } from './cipher.js';
export { type CryptoboxOptions, cryptoboxCodec } from './cryptobox-codec.js';
export { Key, type KeyMaterial, type KeyPair, type KeyParts } from './key.js';
export { ENCRYPTIONS, type Encryption, formatKeyFile, type KeyFile, parseKeyFile } from './key-file.js';
export {
  type KeyEntry,
  type KeyMatch,
  KeyRing,
  type KeyRingOptions,
  type PrefixRule,
  type RotateOptions,
} from './key-ring.js';
export type { KeyForm } from './key-text.js';
export { type PassthruOptions, passthruCodec } from './passthru-codec.js';
