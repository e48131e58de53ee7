import { pbkdf2 } from '../digests.js';

/** Argon2id version 1.3 with one lane, or PBKDF2 with HMAC-SHA256; 32 bytes of key. */
export type ScramKdf = 'argon2id13' | 'pbkdf2';

/** What deriving the key costs. */
export interface ScramCost {
  readonly kdf: ScramKdf;
  /** Iterations: Argon2's passes, PBKDF2's count. */
  readonly iterations: number;
  /** Argon2's memory in KiB; PBKDF2 has none. */
  readonly memory?: number | undefined;
}

/** The bytes of a SCRAM key. */
export const KEY_LENGTH = 32;

/** The salted password: 32 bytes. Argon2's library is loaded where it is first needed. */
export async function deriveScramKey(
  password: Uint8Array,
  salt: Uint8Array,
  { kdf, iterations, memory = 0 }: ScramCost,
): Promise<Uint8Array> {
  switch (kdf) {
    case 'pbkdf2':
      return pbkdf2(password, { salt, iterations, length: KEY_LENGTH });
    case 'argon2id13': {
      const { argon2id } = await import('hash-wasm');
      const how = { password, salt, iterations, memorySize: memory, parallelism: 1, hashLength: KEY_LENGTH } as const;
      return argon2id({ ...how, outputType: 'binary' });
    }
  }
}
