import { InvalidConfiguration, type Random } from '@wamp-run/protocol';
import { boxKey, publicKeyOf } from './box-key.js';
import { checkMembers } from './check-members.js';
import { type CipherName, open, seal } from './cipher.js';
import { keyIdOf } from './key-id.js';
import { KEY_LENGTH, type KeyForm, keyBytes, keyText } from './key-text.js';

/** A Curve25519 key of 32 bytes: as bytes, base64 or hex. */
export type KeyMaterial = Uint8Array | string;

/**
 * What a Key is made of: `secret` alone, which both ends have; or pairs, of which each end has the secret half of its own
 * side and the public half of the other. The originator calls and publishes, the responder answers and subscribes.
 */
export interface KeyParts {
  /** One secret key for both sides, as a string is for Autobahn|Python. Whoever has it reads and writes everything. */
  readonly secret?: KeyMaterial | undefined;
  readonly originatorPrivate?: KeyMaterial | undefined;
  /** May be left out where `originatorPrivate` is given; has to belong to it otherwise. */
  readonly originatorPublic?: KeyMaterial | undefined;
  readonly responderPrivate?: KeyMaterial | undefined;
  /** May be left out where `responderPrivate` is given; has to belong to it otherwise. */
  readonly responderPublic?: KeyMaterial | undefined;
  /** What `ppt_keyid` calls it: one name, one key. Default: made of the public keys, as the specification has it. */
  readonly id?: string | undefined;
}

/** A pair of Curve25519 keys, in base64. */
export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

const PARTS = ['secret', 'originatorPrivate', 'originatorPublic', 'responderPrivate', 'responderPublic', 'id'] as const;

/** One side's half of a Key. */
interface Side {
  readonly private: Uint8Array | undefined;
  readonly public: Uint8Array | undefined;
}

/**
 * What payloads are encrypted with. It never shows its secrets: neither by being printed or turned to JSON, nor in an
 * error; `reveal` is the way to them.
 *
 * @example
 * const both = Key.generate(random);
 * const calls = new Key({ originatorPrivate: mine, responderPublic: theirs });
 */
export class Key {
  /** The name that goes over the wire with what is encrypted. It tells nothing of the secrets. */
  readonly id: string;
  readonly #originator: Side;
  readonly #responder: Side;
  /** Whether it was made of one secret for both sides. */
  readonly #single: boolean;
  readonly #named: boolean;
  readonly #originates: Uint8Array | undefined;
  readonly #responds: Uint8Array | undefined;

  /**
   * @param parts a text is the `secret`
   * @throws InvalidConfiguration where the parts are no keys, contradict each other, or do not make up either side
   */
  constructor(parts: KeyParts | string) {
    const given: KeyParts = typeof parts === 'string' ? { secret: parts } : parts;
    checkMembers(given, PARTS, 'key');
    this.#single = given.secret !== undefined;
    if (this.#single && PARTS.some((part) => part !== 'secret' && part !== 'id' && given[part] !== undefined)) {
      throw new InvalidConfiguration('key: expected a secret for both sides, or keys for each, and not both');
    }
    this.#originator = sideOf(given, 'originator');
    this.#responder = sideOf(given, 'responder');
    const [originator, responder] = [this.#originator, this.#responder];
    if (originator.private !== undefined && responder.public !== undefined) {
      this.#originates = boxKey(originator.private, responder.public, 'key.responderPublic');
    }
    if (responder.private !== undefined && originator.public !== undefined) {
      this.#responds = boxKey(responder.private, originator.public, 'key.originatorPublic');
    }
    if (originator.public === undefined || responder.public === undefined || !(this.canOriginate || this.canRespond)) {
      throw new InvalidConfiguration(
        'key: too little for either side; give a secret, or originatorPrivate and responderPublic to call and publish, ' +
          'or responderPrivate and originatorPublic to answer and subscribe',
      );
    }
    this.#named = given.id !== undefined;
    this.id = given.id ?? keyIdOf(originator.public, responder.public);
    if (typeof this.id !== 'string' || !/^[\x21-\x7e]{1,100}$/.test(this.id)) {
      throw new InvalidConfiguration('key.id: expected 1 to 100 characters of ASCII without white space');
    }
  }

  /** A new key that both sides have the secret of. */
  static generate(random: Random): Key {
    return new Key({ secret: keyBytes(random(KEY_LENGTH), 'random') });
  }

  /** A new pair, of which the private half stays where it is made. */
  static generatePair(random: Random): KeyPair {
    const secret = keyBytes(random(KEY_LENGTH), 'random');
    return { privateKey: keyText(secret, 'base64'), publicKey: keyText(publicKeyOf(secret), 'base64') };
  }

  /** Whether a value is a Key of this copy of the package. */
  static isKey(value: unknown): value is Key {
    return typeof value === 'object' && value !== null && #originator in value;
  }

  /** Whether it is enough to call and publish, and to read the answers. */
  get canOriginate(): boolean {
    return this.#originates !== undefined;
  }

  /** Whether it is enough to answer, and to read calls and events. */
  get canRespond(): boolean {
    return this.#responds !== undefined;
  }

  /** Whether it serves this side. */
  serves(isOriginating: boolean): boolean {
    return isOriginating ? this.canOriginate : this.canRespond;
  }

  /** Encrypts: a fresh nonce, and what the cipher makes of the plaintext. Throws InvalidConfiguration where it does not serve this side. */
  seal(isOriginating: boolean, cipher: CipherName, plaintext: Uint8Array, random: Random): Uint8Array {
    return seal(cipher, this.#shared(isOriginating), plaintext, random);
  }

  /** Decrypts; undefined where the payload was made with another key, or changed. Throws InvalidConfiguration where it does not serve this side. */
  open(isOriginating: boolean, cipher: CipherName, payload: Uint8Array): Uint8Array | undefined {
    return open(cipher, this.#shared(isOriginating), payload);
  }

  /** All that it was made of, secrets included: for a key file, and for nothing that others see. */
  reveal(form: KeyForm = 'base64'): { [part in keyof KeyParts]?: string } {
    const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : keyText(bytes, form));
    const id = this.#named ? { id: this.id } : {};
    if (this.#single) return { secret: text(this.#originator.private) as string, ...id };
    const parts = {
      originatorPrivate: text(this.#originator.private),
      originatorPublic: text(this.#originator.public),
      responderPrivate: text(this.#responder.private),
      responderPublic: text(this.#responder.public),
    };
    return { ...Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)), ...id };
  }

  /** What others may see of it. */
  toJSON(): { id: string; canOriginate: boolean; canRespond: boolean } {
    return { id: this.id, canOriginate: this.canOriginate, canRespond: this.canRespond };
  }

  toString(): string {
    return `Key ${this.id}`;
  }

  #shared(isOriginating: boolean): Uint8Array {
    const key = isOriginating ? this.#originates : this.#responds;
    if (key !== undefined) return key;
    throw new InvalidConfiguration(
      isOriginating
        ? `key ${this.id}: has not what calling and publishing takes (originatorPrivate and responderPublic)`
        : `key ${this.id}: has not what answering and subscribing takes (responderPrivate and originatorPublic)`,
    );
  }
}

function sideOf(parts: KeyParts, side: 'originator' | 'responder'): Side {
  const [givenPrivate, privateName] =
    parts.secret === undefined
      ? [parts[`${side}Private`], `key.${side}Private`]
      : ([parts.secret, 'key.secret'] as const);
  const givenPublic = parts[`${side}Public`];
  const told = givenPublic === undefined ? undefined : keyBytes(givenPublic, `key.${side}Public`);
  if (givenPrivate === undefined) return { private: undefined, public: told };
  const secret = keyBytes(givenPrivate, privateName);
  const derived = publicKeyOf(secret);
  if (told?.some((byte, index) => byte !== derived[index])) {
    throw new InvalidConfiguration(`key.${side}Public: does not belong to key.${side}Private; leave it out`);
  }
  return { private: secret, public: derived };
}
