import { ERROR_URIS } from './error-uris.js';
import type { Forwarded } from './forwarded.js';
import type { Id } from './ids.js';
import type { Dict, Value } from './value.js';

/** Whether the procedure of a failed call may have run: the question that decides if it is safe to try again. */
export type Executed = 'no' | 'maybe' | 'yes';

/** What the constructors of errors take besides their text. */
export interface WampErrorOptions {
  cause?: unknown;
  retryable?: boolean;
  executed?: Executed;
}

const FAMILY = Symbol.for('wamp-run.error-family');

/**
 * The base of every error of this project. `code` is stable and listed in docs/errors.md.
 * `instanceof` holds across copies of a package: classes are told apart by name, not by identity.
 */
export abstract class WampError extends Error {
  /** The class as other copies of this package know it. Only classes that set their own take part. */
  static readonly family: string = 'WampError';
  abstract readonly code: string;
  /** Trying the same again, unchanged, may succeed. */
  readonly retryable: boolean;
  /** Of a call: whether the procedure may have run. */
  readonly executed: Executed;

  constructor(message: string, options: WampErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.retryable = options.retryable ?? false;
    this.executed = options.executed ?? 'no';
    const families: string[] = [];
    for (let c: unknown = new.target; typeof c === 'function' && c !== Error; c = Object.getPrototypeOf(c)) {
      if (Object.hasOwn(c, 'family')) families.push((c as typeof WampError).family);
    }
    Object.defineProperty(this, FAMILY, { value: families });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // A class of an application's own has no family of its own: the ordinary rule holds for it.
    if (!Object.hasOwn(this, 'family')) return Function.prototype[Symbol.hasInstance].call(this, value);
    if (typeof value !== 'object' || value === null) return false;
    const families = (value as { [FAMILY]?: string[] })[FAMILY];
    return Array.isArray(families) && families.includes(this.family);
  }
}

/** Who broke the protocol: this side (a mistake in the program) or the peer. */
export type Side = 'local' | 'remote';

/** The peer, or this program, broke the protocol. The session ends with ABORT `wamp.error.protocol_violation` (or `reason`). */
export class ProtocolError extends WampError {
  static override readonly family: string = 'ProtocolError';
  readonly code = 'WAMP_PROTOCOL_VIOLATION';
  readonly side: Side;
  /** The reason URI that ABORT carries. */
  readonly reason: string;

  constructor(message: string, options: WampErrorOptions & { side?: Side; reason?: string } = {}) {
    super(message, { executed: 'maybe', ...options });
    this.side = options.side ?? 'remote';
    this.reason = options.reason ?? ERROR_URIS.protocolViolation;
  }
}

/** What an ERROR tells besides its URI and arguments. */
export interface ErrorDetails {
  /** The procedure that was called; undefined where it was no call. */
  readonly procedure?: string | undefined;
  /** The callee's session id, where the router discloses it. */
  readonly callee?: Id | undefined;
  readonly calleeAuthid?: string | undefined;
  readonly calleeAuthrole?: string | undefined;
  /** The sessions that the error came through, where routers are linked. */
  readonly forwardFor?: readonly Forwarded[] | undefined;
  /** The scheme that the arguments came encoded in; undefined where they came in the clear. */
  readonly payloadScheme?: string | undefined;
}

const NO_DETAILS: ErrorDetails = Object.freeze({});

/** What ApplicationError takes besides its URI and arguments. */
export interface ApplicationErrorOptions extends WampErrorOptions {
  kwargs?: Dict;
  /** For an error that came with a message. It is not sent. Default: nothing is told. */
  details?: ErrorDetails;
}

/**
 * The error that crosses the wire: a URI with arguments. Throw it in a procedure, and the caller gets it;
 * a call that the peer or the router answers with ERROR rejects with it.
 *
 * @example throw new ApplicationError('com.shop.error.out_of_stock', ['tea'], { kwargs: { left: 0 } });
 */
export class ApplicationError extends WampError {
  static override readonly family: string = 'ApplicationError';
  readonly code: string = 'WAMP_APPLICATION_ERROR';
  /** The error URI. */
  readonly error: string;
  readonly args: readonly Value[];
  readonly kwargs: Dict;
  /** What the message told besides that the error came with. Empty for one that this program made. */
  readonly details: ErrorDetails;

  constructor(error: string, args: readonly Value[] = [], options: ApplicationErrorOptions = {}) {
    super(args.length === 0 ? error : `${error}: ${args.map(textOf).join(' ')}`, { executed: 'yes', ...options });
    this.error = error;
    this.args = args;
    this.kwargs = options.kwargs ?? {};
    this.details = options.details ?? NO_DETAILS;
  }
}

function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return `<${value.length} bytes>`;
  return JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? v.toString() : v));
}

/**
 * Arguments did not have the types that the procedure declares; it did not run (`wamp.error.type_check_error`).
 * Made from a text, or from all arguments as they came from a peer.
 */
export class TypeCheckError extends ApplicationError {
  static override readonly family: string = 'TypeCheckError';
  override readonly code: string = 'WAMP_TYPE_CHECK';

  constructor(message: string | readonly Value[], options: ApplicationErrorOptions = {}) {
    const args = typeof message === 'string' ? [message] : message;
    super(ERROR_URIS.typeCheckError, args, { executed: 'no', ...options });
  }
}

/** A string that should be a URI is none. */
export class InvalidUriError extends WampError {
  static override readonly family: string = 'InvalidUriError';
  readonly code = 'WAMP_INVALID_URI';
}

/** A value cannot be carried by a message, or bytes cannot be read as one. The message says where. */
export class SerializationError extends WampError {
  static override readonly family: string = 'SerializationError';
  readonly code = 'WAMP_SERIALIZATION';
}

/** A message is larger than the wire allows; it was not sent. */
export class PayloadExceededError extends WampError {
  static override readonly family: string = 'PayloadExceededError';
  readonly code = 'WAMP_PAYLOAD_EXCEEDED';
}

/** The session is not joined: not yet, between two joins, or no longer. Nothing was sent. */
export class SessionNotReady extends WampError {
  static override readonly family: string = 'SessionNotReady';
  readonly code = 'WAMP_SESSION_NOT_READY';

  constructor(message: string, options: WampErrorOptions = {}) {
    super(message, { retryable: true, ...options });
  }
}

/** The connection to the peer is gone, or could not be made. */
export class TransportLost extends WampError {
  static override readonly family: string = 'TransportLost';
  readonly code = 'WAMP_TRANSPORT_LOST';

  constructor(message: string, options: WampErrorOptions = {}) {
    super(message, { retryable: true, executed: 'maybe', ...options });
  }
}

/** The router refused the session (ABORT), or ended it (GOODBYE, ABORT later). `reason` is the URI it gave. */
export class SessionEnded extends WampError {
  static override readonly family: string = 'SessionEnded';
  readonly code = 'WAMP_SESSION_ENDED';
  readonly reason: string;

  constructor(reason: string, message: string | undefined, options: WampErrorOptions = {}) {
    super(message === undefined ? reason : `${reason}: ${message}`, { executed: 'maybe', ...options });
    this.reason = reason;
  }
}

/** A call was canceled by this side. */
export class Canceled extends WampError {
  static override readonly family: string = 'Canceled';
  readonly code = 'WAMP_CANCELED';

  constructor(message: string, options: WampErrorOptions = {}) {
    super(message, { executed: 'maybe', ...options });
  }
}

/** A deadline passed. */
export class Timeout extends WampError {
  static override readonly family: string = 'Timeout';
  readonly code = 'WAMP_TIMEOUT';

  constructor(message: string, options: WampErrorOptions = {}) {
    super(message, { retryable: true, executed: 'maybe', ...options });
  }
}

/** An option, a decorator or a configuration entry is wrong. The message names it. */
export class InvalidConfiguration extends WampError {
  static override readonly family: string = 'InvalidConfiguration';
  readonly code = 'WAMP_INVALID_CONFIGURATION';
}
