import {
  ApplicationError,
  BinaryPayload,
  type DecodedPayload,
  type Dict,
  decoded,
  type EncodedPayload,
  ERROR_URIS,
  type Executed,
  encodedPayload,
  InvalidConfiguration,
  isDict,
  isEncodedPayload,
  PAYLOAD_FORMS,
  type Payload,
  type PayloadCodec,
  type PayloadForm,
  type PlainPayload,
  payloadAttributes,
  portableArgs,
  portableKwargs,
  SerializationError,
} from '@wamp-run/protocol';
import { markReceived } from './received.js';
import { isThenable } from './thenable.js';

/** What a PayloadCoding is made from. */
export interface PayloadCodingOptions {
  /** Default: none, and everything travels in the clear. */
  codec?: PayloadCodec | undefined;
  /** How encoded payloads go out; they come in either way. Default: `ppt`, as the specification has it. */
  form?: PayloadForm | undefined;
}

/** A payload as it goes out, and what the message's options or details say of it. */
export interface Sealed {
  readonly payload: Payload | undefined;
  /** Undefined where it goes in the clear. */
  readonly attributes: Dict | undefined;
  /** What it was encoded in, where it was. */
  readonly scheme: string | undefined;
}

/** A message that came, as far as its payload is concerned. */
export interface Arrived {
  /** This side called or published; otherwise it answers, or receives events. */
  readonly isOriginating: boolean;
  /** What the payload must have been made for. */
  readonly uri: string;
  /** For people: `the result of com.shop.buy`. */
  readonly what: string;
  /** Whether the procedure has run, where that is the question. */
  readonly executed: Executed;
}

/**
 * The payload codec of a session, and the form in which it is used. A client has one, which all its joins share; hand it
 * to `joinSession` to share one there.
 */
export class PayloadCoding {
  readonly form: PayloadForm;
  #codec: PayloadCodec | undefined;

  /** Throws InvalidConfiguration where the codec is none, or the form is unknown. */
  constructor({ codec, form = 'ppt' }: PayloadCodingOptions = {}) {
    if (!PAYLOAD_FORMS.includes(form)) {
      throw new InvalidConfiguration(`payloadForm: expected one of ${PAYLOAD_FORMS.join(', ')}, got ${String(form)}`);
    }
    this.form = form;
    this.codec = codec;
  }

  get codec(): PayloadCodec | undefined {
    return this.#codec;
  }

  /** Throws InvalidConfiguration for what is no codec. */
  set codec(codec: PayloadCodec | undefined) {
    if (codec !== undefined) checkCodec(codec);
    this.#codec = codec;
  }

  /** Whether a payload that came is to be opened; any other is just decoded. */
  concerns(details: Dict, payload: Payload | undefined): boolean {
    return this.#codec !== undefined || formIn(details, payload) !== undefined;
  }

  /** What is called or published. Throws a SerializationError where it cannot be encoded: it never goes in the clear then. */
  seal(uri: string, payload: PlainPayload | undefined): Sealed {
    return encode(this.#codec, { form: this.form, isOriginating: true, uri, payload });
  }

  /**
   * What answers an encoded call, in the form that the call came in. Undefined where there is no codec for it. Throws a
   * SerializationError where it cannot be encoded.
   */
  sealAnswer(form: PayloadForm, uri: string, payload: PlainPayload | undefined): Sealed | undefined {
    const sealed = encode(this.#codec, { form, isOriginating: false, uri, payload });
    return sealed.attributes === undefined ? undefined : sealed;
  }

  /**
   * The arguments that came. Throws an ApplicationError where they came encoded and cannot be had, or in the clear and
   * ought not to; and what `decoded` throws.
   */
  open(details: Dict, payload: Payload | undefined, arrived: Arrived): PlainPayload {
    const form = formIn(details, payload);
    if (form !== undefined) return this.#decode(encodedIn(form, details, payload), arrived);
    if (this.#requires(arrived)) {
      throw unreadable(ERROR_URIS.decryptError, `${arrived.what} came in the clear, and has to be encoded`, arrived);
    }
    return decoded(payload);
  }

  #requires({ isOriginating, uri, what, executed }: Arrived): boolean {
    if (this.#codec?.requires === undefined) return false;
    try {
      return this.#codec.requires(isOriginating, uri);
    } catch (cause) {
      throw unreadable(ERROR_URIS.decryptError, `${what}: the payload codec failed`, { executed, cause });
    }
  }

  #decode(encoded: EncodedPayload | undefined, arrived: Arrived): PlainPayload {
    const { isOriginating, uri, what } = arrived;
    const codec = this.#codec;
    if (codec === undefined) {
      throw unreadable(ERROR_URIS.noPayloadCodec, `${what} came encoded, and there is no payload codec here`, arrived);
    }
    if (encoded === undefined) {
      const text = `${what} came encoded, and is not the one binary argument that this asks for`;
      throw unreadable(ERROR_URIS.decryptError, text, arrived);
    }
    let opened: DecodedPayload;
    try {
      opened = codec.decode(isOriginating, uri, encoded);
      checkDecoded(opened);
    } catch (cause) {
      throw unreadable(ERROR_URIS.decryptError, `${what} cannot be decoded`, { ...arrived, cause });
    }
    if (opened.uri !== uri) {
      throw unreadable(ERROR_URIS.trustedUriMismatch, `${what} was made for another URI`, arrived);
    }
    return { args: opened.args, kwargs: opened.kwargs };
  }
}

/** Whether a payload that came is encoded, and how. */
export function formIn(details: Dict, payload: Payload | undefined): PayloadForm | undefined {
  if (payload instanceof BinaryPayload) return 'autobahn';
  return details.ppt_scheme === undefined ? undefined : 'ppt';
}

/** The scheme that a message's payload came encoded in. The message is checked: what it says of its payload is so. */
export function schemeIn(details: Dict): string | undefined {
  return (details.ppt_scheme ?? details.enc_algo) as string | undefined;
}

/** What is to be encoded. */
interface Outgoing {
  readonly form: PayloadForm;
  readonly isOriginating: boolean;
  readonly uri: string;
  readonly payload: PlainPayload | undefined;
}

function encode(codec: PayloadCodec | undefined, { form, isOriginating, uri, payload }: Outgoing): Sealed {
  // The codec sees what would travel without it.
  const args = portableArgs(payload?.args);
  const kwargs = portableKwargs(payload?.kwargs);
  let encoded: EncodedPayload | undefined;
  try {
    encoded = codec?.encode(isOriginating, uri, args, kwargs);
  } catch (cause) {
    throw new SerializationError(`the payload codec failed for ${uri}`, { cause });
  }
  if (encoded === undefined) return { payload, attributes: undefined, scheme: undefined };
  if (!isEncodedPayload(encoded)) {
    ignore(encoded);
    throw new SerializationError(`the payload codec gave no { payload, scheme } for ${uri}; it must do so at once`);
  }
  const attributes = payloadAttributes(form, encoded);
  const bytes = encoded.payload;
  return {
    attributes,
    scheme: encoded.scheme,
    payload: form === 'ppt' ? { args: [bytes], kwargs: {} } : new BinaryPayload(bytes),
  };
}

/** Undefined where the payload is not as the form has it. */
function encodedIn(form: PayloadForm, details: Dict, payload: Payload | undefined): EncodedPayload | undefined {
  if (payload instanceof BinaryPayload) return encodedPayload(form, details, payload.bytes);
  let plain: PlainPayload;
  try {
    plain = decoded(payload);
  } catch {
    return undefined;
  }
  const [bytes] = plain.args;
  if (!(bytes instanceof Uint8Array) || plain.args.length > 1) return undefined;
  for (const _ in plain.kwargs) return undefined;
  return encodedPayload(form, details, bytes);
}

function checkCodec(codec: PayloadCodec): void {
  const { encode, decode, requires } = (codec ?? {}) as Partial<PayloadCodec>;
  if (typeof encode === 'function' && typeof decode === 'function') {
    if (requires === undefined || typeof requires === 'function') return;
  }
  throw new InvalidConfiguration('codec: expected a payload codec, with encode and decode');
}

function checkDecoded(opened: DecodedPayload): void {
  const { uri, args, kwargs } = opened;
  if (typeof uri === 'string' && Array.isArray(args) && isDict(kwargs)) return;
  ignore(opened);
  throw new SerializationError('the payload codec gave no { uri, args, kwargs }; it must do so at once');
}

/** Should it be a promise, then nobody is to hear how it ends. */
function ignore(given: unknown): void {
  if (isThenable(given)) Promise.resolve(given).then(undefined, () => {});
}

function unreadable(
  uri: string,
  text: string,
  { executed, cause }: { executed: Executed; cause?: unknown },
): ApplicationError {
  const error = new ApplicationError(uri, [text], { executed, cause });
  // A procedure that lets it pass has not refused its own call.
  markReceived(error, error);
  return error;
}
