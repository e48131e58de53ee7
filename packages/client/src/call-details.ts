import { type Dict, type Forwarded, type Id, type Logger, silent } from '@wamp-run/protocol';
import { about } from './about.js';
import { NO_PARAMS } from './uri-target.js';

/**
 * Sends a progressive result to the caller. Throws a SerializationError where the values cannot travel and a
 * PayloadExceededError where they are too many for the wire. Once the call is over it does nothing.
 */
export type Progress = (args?: readonly unknown[], kwargs?: object) => void;

/** What a CallDetails is made from. */
export interface CallFields {
  readonly registration: Id;
  readonly procedure: string;
  readonly progress: Progress | undefined;
  /** Read only when the procedure asks for it. */
  readonly signal: AbortSignal;
  readonly caller: Id | undefined;
  readonly callerAuthid: string | undefined;
  readonly callerAuthrole: string | undefined;
  readonly params?: Readonly<Dict> | undefined;
  /** Milliseconds. */
  readonly timeout?: number | undefined;
  readonly forwardFor?: readonly Forwarded[] | undefined;
  readonly transactionHash?: string | undefined;
  /** From 0 up; what a level means is the router's matter. */
  readonly trustlevel?: number | undefined;
  readonly payloadScheme?: string | undefined;
  /** The id of the invocation. */
  readonly request?: Id | undefined;
  /** What `CallDetails.log` is made from. Default: silence. */
  readonly log?: Logger | undefined;
}

/** What a procedure learns of the call that it answers. A class, so that decorator metadata can name it. */
export class CallDetails {
  readonly #fields: CallFields;
  #log: Logger | undefined;

  constructor(fields: CallFields) {
    this.#fields = fields;
  }

  // Most procedures ask for none of these: nothing is copied for each call.

  /** The id of the invocation in its session: together they name it. Undefined for details that no session made. */
  get request(): Id | undefined {
    return this.#fields.request;
  }

  /** The id of the registration that the call came by. */
  get registration(): Id {
    return this.#fields.registration;
  }

  /** The procedure that was called. */
  get procedure(): string {
    return this.#fields.procedure;
  }

  /** The values of the named parts, where the registration's procedure has any: `id` of `com.app.<id:int>`. */
  get params(): Readonly<Dict> {
    return this.#fields.params ?? NO_PARAMS;
  }

  /** Sends progressive results; undefined where the caller did not ask for any. */
  get progress(): Progress | undefined {
    return this.#fields.progress;
  }

  /** The caller's session id, where the router discloses it. */
  get caller(): Id | undefined {
    return this.#fields.caller;
  }

  get callerAuthid(): string | undefined {
    return this.#fields.callerAuthid;
  }

  get callerAuthrole(): string | undefined {
    return this.#fields.callerAuthrole;
  }

  /** Milliseconds that this side has for an answer of any kind, where the router leaves that to it; then `signal` aborts. */
  get timeout(): number | undefined {
    return this.#fields.timeout;
  }

  /** The sessions that the call came through, where routers are linked. */
  get forwardFor(): readonly Forwarded[] | undefined {
    return this.#fields.forwardFor;
  }

  /** The transaction that the caller says the call is part of. */
  get transactionHash(): string | undefined {
    return this.#fields.transactionHash;
  }

  /** How far the router trusts the caller, by its own measure; undefined where it does not say. */
  get trustlevel(): number | undefined {
    return this.#fields.trustlevel;
  }

  /** The scheme that the arguments came encoded in; undefined where they came in the clear. */
  get payloadScheme(): string | undefined {
    return this.#fields.payloadScheme;
  }

  /**
   * Aborts when nobody waits for the result any more: the call was canceled, or the session ended. Its reason is the
   * error that says so. Hand it on to whatever takes time.
   */
  get signal(): AbortSignal {
    return this.#fields.signal;
  }

  /**
   * The log of the session, with what this call is: each line has `procedure` and `request`, and where the router
   * discloses them `caller` and `callerAuthid`, besides `session`, and in a runtime `component` and `realm`.
   *
   * @example call.log.info({ article }, 'sold');
   */
  get log(): Logger {
    this.#log ??= callLog(this.#fields);
    return this.#log;
  }

  /** The same details, but for these fields: what an interceptor hands on to the handler. */
  with(changes: Partial<CallFields>): CallDetails {
    const fields = this.#fields;
    const { request, registration, procedure, params, progress, timeout, trustlevel, payloadScheme } = this;
    const { caller, callerAuthid, callerAuthrole, forwardFor, transactionHash } = this;
    return new CallDetails({
      request,
      registration,
      procedure,
      params,
      progress,
      timeout,
      trustlevel,
      payloadScheme,
      caller,
      callerAuthid,
      callerAuthrole,
      forwardFor,
      transactionHash,
      get signal() {
        return fields.signal;
      },
      log: fields.log,
      ...changes,
    });
  }
}

/** A log whose lines say which call they are about. */
export function callLog({ log = silent, procedure, request, caller, callerAuthid }: CallFields): Logger {
  return log.child(about({ procedure, request, caller, callerAuthid }));
}
