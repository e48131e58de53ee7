import * as bip39 from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { InvalidConfiguration, type Random } from '@wamp-run/protocol';
import { utf8 } from '../bytes.js';
import { pbkdf2, platformRandom } from '../digests.js';

/** What goes into a seed besides the words. */
export interface MnemonicOptions {
  /** A password beside the words; every one gives another key, and none is wrong. Default: none. */
  readonly passphrase?: string | undefined;
}

/**
 * New words, in English. Keep them secret: they are the key.
 *
 * @param words 12, 15, 18, 21 or 24. Default: 24, which is 256 bits
 * @param random default: the platform's
 */
export function generateMnemonic(words: 12 | 15 | 18 | 21 | 24 = 24, random: Random = platformRandom): string {
  const bytes = (words * 4) / 3;
  if (![16, 20, 24, 28, 32].includes(bytes)) {
    throw new InvalidConfiguration('generateMnemonic: words: expected 12, 15, 18, 21 or 24');
  }
  return bip39.entropyToMnemonic(Uint8Array.from(random(bytes)), wordlist);
}

/** Throws InvalidConfiguration, without the words, where they are not from the English list, or do not fit together. */
export function checkMnemonic(mnemonic: string): void {
  if (typeof mnemonic === 'string' && bip39.validateMnemonic(normalized(mnemonic), wordlist)) return;
  throw new InvalidConfiguration(
    'mnemonic: expected 12, 15, 18, 21 or 24 words of the English list of BIP-39, the last of which fits the others',
  );
}

/**
 * The seed of words and passphrase: 64 bytes. Rejects with InvalidConfiguration where the words are none.
 *
 * @example
 * const seed = await mnemonicToSeed(words, { passphrase });
 */
export async function mnemonicToSeed(mnemonic: string, options: MnemonicOptions = {}): Promise<Uint8Array> {
  checkMnemonic(mnemonic);
  const salt = utf8(`mnemonic${options.passphrase ?? ''}`.normalize('NFKD'));
  return pbkdf2(utf8(normalized(mnemonic)), { salt, iterations: 2048, length: 64, hash: 'SHA-512' });
}

function normalized(mnemonic: string): string {
  return mnemonic.normalize('NFKD').trim().split(/\s+/).join(' ');
}
