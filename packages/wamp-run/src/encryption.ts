import { createHash } from 'node:crypto';
import type { KeyRing } from '@wamp-run/e2ee';
import { type Clock, InvalidConfiguration, type PayloadCodec, type PayloadForm, type Random } from '@wamp-run/protocol';
import { readSecretFile } from './secret-file.js';

/** What a session needs to encrypt by a file of keys. */
export interface SessionEncryption {
  readonly codec: PayloadCodec;
  readonly payloadForm: PayloadForm;
  readonly keyring: KeyRing;
  /** Tells whether the file has changed, without saying what is in it. */
  readonly digest: string;
}

/**
 * Reads a file of keys, and makes of it what its `encryption` asks for. The ciphers are loaded when there is one.
 *
 * @param path absolute, or relative to `from`
 * @throws InvalidConfiguration where it cannot be read, others can, or it is wrong; nothing that is in it is told
 */
export async function readEncryption(
  path: string,
  { from, clock, random }: { from: string; clock: Clock; random: Random },
): Promise<SessionEncryption> {
  const text = await readSecretFile({ path, from, what: 'keyring' });
  const { cryptoboxCodec, parseKeyFile, passthruCodec } = await import('@wamp-run/e2ee');
  let file: ReturnType<typeof parseKeyFile>;
  try {
    file = parseKeyFile(text, { clock });
  } catch (error) {
    throw new InvalidConfiguration(`keyring: ${path}: ${error instanceof Error ? error.message : 'is wrong'}`);
  }
  const { encryption, ring } = file;
  const digest = createHash('sha256').update(text).digest('base64');
  switch (encryption) {
    case 'cryptobox': {
      const { jsonValues } = await import('@wamp-run/serializers/json');
      const codec = cryptoboxCodec({ ring, random, serializer: jsonValues() });
      return { codec, payloadForm: 'autobahn', keyring: ring, digest };
    }
    case 'xsalsa20poly1305':
    case 'aes256gcm': {
      const { cborValues } = await import('@wamp-run/serializers/cbor');
      const codec = passthruCodec({ ring, random, serializer: cborValues(), cipher: encryption });
      return { codec, payloadForm: 'ppt', keyring: ring, digest };
    }
  }
}
