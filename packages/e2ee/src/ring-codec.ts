import {
  type DecodedPayload,
  type Dict,
  type EncodedPayload,
  InvalidConfiguration,
  isDict,
  type PayloadCodec,
  type Random,
  SerializationError,
  type Value,
  type ValueSerializer,
} from '@wamp-run/protocol';
import type { CipherName } from './cipher.js';
import type { Key } from './key.js';
import { KeyRing } from './key-ring.js';

/** What a RingCodec is made from. */
export interface RingCodecOptions {
  readonly ring: KeyRing;
  readonly random: Random;
  readonly serializer: ValueSerializer;
  /** What messages say of their payloads. */
  readonly scheme: string;
  readonly cipher: CipherName;
  /** Whether messages tell cipher and key, or leave both to be known. */
  readonly tells: boolean;
  /** Whether the plaintext says which side made it, so that nobody gets their own words for an answer. */
  readonly marksSide: boolean;
  /** Whether a plaintext without a URI is refused. */
  readonly uri: 'required' | 'optional';
}

const ORIGINATOR = 'originator';
const RESPONDER = 'responder';

/** Encrypts by a key ring. The plaintext is a dict of `uri`, `args` and `kwargs`, by whatever serializer. */
export class RingCodec implements PayloadCodec {
  readonly #options: RingCodecOptions;

  constructor(options: RingCodecOptions) {
    if (!(options.ring instanceof KeyRing)) throw new InvalidConfiguration('ring: expected a KeyRing');
    if (typeof options.random !== 'function') throw new InvalidConfiguration('random: expected a function');
    this.#options = options;
  }

  encode(isOriginating: boolean, uri: string, args: Value[], kwargs: Dict): EncodedPayload | undefined {
    const { ring, random, serializer, scheme, cipher, tells, marksSide } = this.#options;
    const key = ring.sealing(isOriginating, uri);
    if (key === undefined) return undefined;
    const side = marksSide ? { by: isOriginating ? ORIGINATOR : RESPONDER } : {};
    const plaintext = serializer.encode({ uri, args, kwargs, ...side });
    const payload = key.seal(isOriginating, cipher, plaintext, random);
    const told = { payload, scheme, serializer: serializer.name };
    return tells ? { ...told, cipher, keyId: key.id } : told;
  }

  decode(isOriginating: boolean, uri: string, encoded: EncodedPayload): DecodedPayload {
    this.#checkAttributes(encoded);
    const plaintext = this.#open(isOriginating, uri, encoded);
    return this.#read(isOriginating, uri, plaintext);
  }

  requires(_: boolean, uri: string): boolean {
    return this.#options.ring.policyFor(uri) === 'required';
  }

  #checkAttributes({ scheme, serializer, cipher }: EncodedPayload): void {
    const options = this.#options;
    if (scheme !== options.scheme) throw unlike('scheme', scheme, options.scheme);
    if (serializer !== options.serializer.name) throw unlike('serializer', serializer, options.serializer.name);
    if (options.tells && cipher !== options.cipher) throw unlike('cipher', cipher, options.cipher);
  }

  #open(isOriginating: boolean, uri: string, { payload, keyId }: EncodedPayload): Uint8Array {
    const { ring, cipher, tells } = this.#options;
    const keys: readonly Key[] = ring.opening(isOriginating, uri, tells ? keyId : undefined);
    for (const key of keys) {
      const plaintext = key.open(isOriginating, cipher, payload);
      if (plaintext !== undefined) return plaintext;
    }
    if (keys.length > 0) throw new SerializationError(`${uri}: encrypted with another key, or changed on the way`);
    const which = tells && keyId !== undefined ? `no key ${JSON.stringify(keyId.slice(0, 100))} that` : 'no key that';
    throw new SerializationError(`${uri}: encrypted, and there is ${which} would decrypt it in the key ring`);
  }

  /** What is told of a plaintext that is none: nothing that was in it. */
  #read(isOriginating: boolean, uri: string, plaintext: Uint8Array): DecodedPayload {
    const { serializer, marksSide, uri: rule } = this.#options;
    let value: Value;
    try {
      value = serializer.decode(plaintext);
    } catch {
      throw new SerializationError(`${uri}: decrypted, and what was in it is no ${serializer.name}`);
    }
    if (!isDict(value)) throw new SerializationError(`${uri}: decrypted, and what was in it is no dict`);
    const { uri: inner = null, args = null, kwargs = null, by = null } = value;
    if (args !== null && !Array.isArray(args)) throw new SerializationError(`${uri}: the args inside are no list`);
    if (kwargs !== null && !isDict(kwargs)) throw new SerializationError(`${uri}: the kwargs inside are no dict`);
    // Without a URI inside, it is made for no URI in particular; nor can it tell who made it.
    const anonymous = inner === null && rule === 'optional';
    if (typeof inner !== 'string' && !anonymous) {
      throw new SerializationError(`${uri}: no URI inside, so that it may have been made for another`);
    }
    if (marksSide && !anonymous && by !== (isOriginating ? RESPONDER : ORIGINATOR)) {
      throw new SerializationError(`${uri}: not made by the other side; somebody may have sent it back`);
    }
    return { uri: anonymous ? uri : (inner as string), args: args ?? [], kwargs: kwargs ?? {} };
  }
}

function unlike(what: string, got: string | undefined, expected: string): SerializationError {
  const shown = got === undefined ? 'none' : JSON.stringify(got.slice(0, 100));
  return new SerializationError(`${what}: expected ${expected}, got ${shown}`);
}
