import { InvalidConfiguration, type PayloadCodec, type Random, type ValueSerializer } from '@wamp-run/protocol';
import { checkMembers } from './check-members.js';
import { CIPHER_NAMES, type CipherName } from './cipher.js';
import type { KeyRing } from './key-ring.js';
import { RingCodec } from './ring-codec.js';

/** What `passthruCodec` is made from. */
export interface PassthruOptions {
  readonly ring: KeyRing;
  /** For nonces: has to be cryptographically strong. */
  readonly random: Random;
  /** CBOR, as `cborValues()` of `@wamp-run/serializers/cbor` writes it. */
  readonly serializer: ValueSerializer;
  /**
   * What is sent, and all that is accepted. Nonces are random: with `aes256gcm` theirs are so short that a key should be
   * rotated before 2^32 messages, all who have it together; `xsalsa20poly1305` has no such bound. Default: `xsalsa20poly1305`.
   */
  readonly cipher?: CipherName | undefined;
  /**
   * `optional` also takes payloads without a URI inside, as peers make them that hold to the specification's letter: then
   * a router can pass off one procedure's arguments as another's, or a caller's as the result. Default: `required`.
   */
  readonly uri?: 'required' | 'optional' | undefined;
}

/**
 * End-to-end encryption as the specification's payload passthru mode has it (scheme `wamp`): CBOR of `args` and `kwargs`,
 * with the URI and the side that made it besides, encrypted behind its nonce. Use it with `payloadForm: 'ppt'`.
 *
 * @throws InvalidConfiguration where an option is wrong
 * @example
 * const codec = passthruCodec({ ring, random, serializer: cborValues() });
 * const client = new Client({ ...options, codec });
 */
export function passthruCodec(options: PassthruOptions): PayloadCodec {
  checkMembers(options, ['ring', 'random', 'serializer', 'cipher', 'uri'], 'passthru');
  const { ring, random, serializer, cipher = 'xsalsa20poly1305', uri = 'required' } = options;
  if (serializer?.name !== 'cbor') {
    throw new InvalidConfiguration('serializer: the scheme wamp is made of CBOR; give it cborValues()');
  }
  if (!CIPHER_NAMES.includes(cipher)) {
    throw new InvalidConfiguration(`cipher: expected one of ${CIPHER_NAMES.join(', ')}`);
  }
  if (uri !== 'required' && uri !== 'optional')
    throw new InvalidConfiguration("uri: expected 'required' or 'optional'");
  return new RingCodec({ ring, random, serializer, scheme: 'wamp', cipher, tells: true, marksSide: true, uri });
}
