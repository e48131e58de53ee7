import { SerializationError } from './errors.js';
import { type Dict, isDict, type Value } from './value.js';

/** How an encoded payload lies on the wire: as the specification has it, or as Autobahn|Python and Crossbar.io do. */
export type PayloadForm = 'ppt' | 'autobahn';

/** The forms that there are. */
export const PAYLOAD_FORMS: readonly PayloadForm[] = ['ppt', 'autobahn'];

/** A payload that a codec has made of a URI and arguments, and what its receiver has to know to take it apart. */
export interface EncodedPayload {
  readonly payload: Uint8Array;
  /** `ppt_scheme`, such as `wamp`, `mqtt` or `x_…`; in Autobahn's form `enc_algo`: `cryptobox`, `mqtt`, `xbr` or `x_…`. */
  readonly scheme: string;
  /** `ppt_serializer`, `enc_serializer`: what the arguments were written with before anything else was done to them. */
  readonly serializer?: string | undefined;
  /** `ppt_cipher`. Autobahn's form has no place for it. */
  readonly cipher?: string | undefined;
  /** `ppt_keyid`, `enc_key`: which key. */
  readonly keyId?: string | undefined;
}

/** What a codec finds in an encoded payload. */
export interface DecodedPayload {
  /** The URI that was encoded along with the arguments. One that is not the message's is refused. */
  readonly uri: string;
  readonly args: Value[];
  readonly kwargs: Dict;
}

/**
 * Encodes and decodes the arguments of a session's messages, so that no router can read them. Both ways are synchronous:
 * messages keep their order. Whatever a codec throws fails the one message; nothing is ever sent in the clear in its place.
 *
 * `isOriginating`: this side calls or publishes (or gets the answer to that); otherwise it answers, or receives events.
 * `uri`: the procedure or the topic; for an ERROR the error URI.
 *
 * @example
 * const codec: PayloadCodec = {
 *   encode: (isOriginating, uri, args, kwargs) => ({ scheme: 'x_box', payload: box.seal(pack({ uri, args, kwargs })) }),
 *   decode: (isOriginating, uri, { payload }) => unpack(box.open(payload)),
 * };
 */
export interface PayloadCodec {
  /**
   * The arguments encoded, the URI with them; undefined where this URI is none of the codec's, and the arguments may be
   * sent as they are. The answer to an encoded call never is: it fails instead.
   */
  encode(isOriginating: boolean, uri: string, args: Value[], kwargs: Dict): EncodedPayload | undefined;
  /** The arguments again. Throws where the payload cannot be decoded. */
  decode(isOriginating: boolean, uri: string, encoded: EncodedPayload): DecodedPayload;
  /**
   * Whether what comes under this URI has to be encoded. A call, a result or an event that comes in the clear all the
   * same is refused. ERROR is not asked about: a router answers with it in its own name. Default: nothing has to be.
   */
  requires?(isOriginating: boolean, uri: string): boolean;
}

// As Autobahn has it: `x_` alone, too.
const NAME = /^x_(?:[a-z][\da-z_]+)?$/;
const ALGORITHMS: ReadonlySet<string> = new Set(['cryptobox', 'mqtt', 'xbr']);
const SERIALIZERS: ReadonlySet<string> = new Set(['json', 'msgpack', 'cbor', 'ubjson', 'flatbuffers']);

/** Whether Autobahn knows this `enc_algo`; it drops the connection over another. */
export function isAutobahnAlgorithm(name: string): boolean {
  return ALGORITHMS.has(name) || NAME.test(name);
}

/** Whether Autobahn knows this `enc_serializer`. */
export function isAutobahnSerializer(name: string): boolean {
  return SERIALIZERS.has(name) || NAME.test(name);
}

/**
 * What the options or details of a message say of its encoded payload. Throws a SerializationError where it cannot be
 * said in this form.
 */
export function payloadAttributes(form: PayloadForm, { scheme, serializer, cipher, keyId }: EncodedPayload): Dict {
  const attributes: Dict = {};
  for (const [name, value] of Object.entries({ scheme, serializer, cipher, keyId })) {
    if (typeof value === 'string' || (value === undefined && name !== 'scheme')) continue;
    throw new SerializationError(`the payload codec's ${name}: expected a string`);
  }
  if (form === 'ppt') {
    attributes.ppt_scheme = scheme;
    if (serializer !== undefined) attributes.ppt_serializer = serializer;
    if (cipher !== undefined) attributes.ppt_cipher = cipher;
    if (keyId !== undefined) attributes.ppt_keyid = keyId;
    return attributes;
  }
  if (!isAutobahnAlgorithm(scheme)) {
    throw new SerializationError(`the payload codec's scheme: Autobahn's form has cryptobox, mqtt, xbr and x_…`);
  }
  if (cipher !== undefined)
    throw new SerializationError("the payload codec's cipher: Autobahn's form has no place for it");
  attributes.enc_algo = scheme;
  if (keyId !== undefined) attributes.enc_key = keyId;
  if (serializer !== undefined) {
    if (!isAutobahnSerializer(serializer)) {
      throw new SerializationError(
        `the payload codec's serializer: Autobahn's form has ${[...SERIALIZERS].join(', ')} and x_…`,
      );
    }
    attributes.enc_serializer = serializer;
  }
  return attributes;
}

/** The encoded payload that the options or details of a message tell of. */
export function encodedPayload(form: PayloadForm, attributes: Dict, payload: Uint8Array): EncodedPayload {
  const text = (key: string) => attributes[key] as string | undefined;
  if (form === 'autobahn') {
    return { payload, scheme: text('enc_algo') ?? '', serializer: text('enc_serializer'), keyId: text('enc_key') };
  }
  return {
    payload,
    scheme: text('ppt_scheme') ?? '',
    serializer: text('ppt_serializer'),
    cipher: text('ppt_cipher'),
    keyId: text('ppt_keyid'),
  };
}

/** Whether a codec's answer is what `encode` should give. */
export function isEncodedPayload(value: unknown): value is EncodedPayload {
  return isDict(value) && (value as Partial<EncodedPayload>).payload instanceof Uint8Array;
}
