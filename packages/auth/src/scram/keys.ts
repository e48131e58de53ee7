import { xor } from '../bytes.js';
import { hmacSha256, sha256 } from '../digests.js';

/** What a client signs with. */
export interface ClientKeys {
  readonly clientKey: Uint8Array;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** All keys that follow from the salted password (RFC 5802, section 3). */
export async function keysOf(saltedPassword: Uint8Array): Promise<ClientKeys> {
  const clientKey = await hmacSha256(saltedPassword, 'Client Key');
  const [storedKey, serverKey] = await Promise.all([sha256(clientKey), hmacSha256(saltedPassword, 'Server Key')]);
  return { clientKey, storedKey, serverKey };
}

/** ClientProof: shows that the client has its key, without showing the key. */
export async function clientProof({ clientKey, storedKey }: ClientKeys, authMessage: Uint8Array): Promise<Uint8Array> {
  return xor(clientKey, await hmacSha256(storedKey, authMessage));
}

/** The stored key that a proof was made with; 32 bytes. */
export async function provenKey(
  proof: Uint8Array,
  storedKey: Uint8Array,
  authMessage: Uint8Array,
): Promise<Uint8Array> {
  return sha256(xor(await hmacSha256(storedKey, authMessage), proof));
}
