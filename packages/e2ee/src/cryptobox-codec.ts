import { InvalidConfiguration, type PayloadCodec, type Random, type ValueSerializer } from '@wamp-run/protocol';
import { checkMembers } from './check-members.js';
import type { KeyRing } from './key-ring.js';
import { RingCodec } from './ring-codec.js';

/** What `cryptoboxCodec` is made from. */
export interface CryptoboxOptions {
  readonly ring: KeyRing;
  /** For nonces: has to be cryptographically strong. */
  readonly random: Random;
  /** JSON, as `jsonValues()` of `@wamp-run/serializers/json` writes it. */
  readonly serializer: ValueSerializer;
}

/**
 * Autobahn|Python's `cryptobox`, byte for byte: JSON of `uri`, `args` and `kwargs` in a NaCl box (Curve25519, XSalsa20,
 * Poly1305) behind its nonce of 24 bytes. Use it with `payloadForm: 'autobahn'`.
 *
 * This form tells neither the key nor who made a payload: after a rotation each key is tried, and a router can send a
 * caller's own arguments back as the result. Between peers of this project `passthruCodec` is better.
 *
 * @throws InvalidConfiguration where an option is wrong
 * @example
 * const codec = cryptoboxCodec({ ring, random, serializer: jsonValues() });
 * const client = new Client({ ...options, codec, payloadForm: 'autobahn' });
 */
export function cryptoboxCodec(options: CryptoboxOptions): PayloadCodec {
  checkMembers(options, ['ring', 'random', 'serializer'], 'cryptobox');
  const { ring, random, serializer } = options;
  if (serializer?.name !== 'json') {
    throw new InvalidConfiguration('serializer: cryptobox is made of JSON; give it jsonValues()');
  }
  return new RingCodec({
    ring,
    random,
    serializer,
    scheme: 'cryptobox',
    cipher: 'xsalsa20poly1305',
    tells: false,
    marksSide: false,
    uri: 'required',
  });
}
