import type {
  Clock,
  Dict,
  Forwarded,
  Id,
  Invocation as InvocationMessage,
  Logger,
  PayloadForm,
  WampError,
} from '@wamp-run/protocol';
import type { ArgumentLists } from './argument-lists.js';
import type { CallFields, Progress } from './call-details.js';
import { LONGEST } from './milliseconds.js';
import { formIn, schemeIn } from './payload-coding.js';

/** What an invocation is besides what is in its message. */
export interface InvocationOrigin {
  /** The procedure that was registered. */
  readonly procedure: string;
  readonly params: Readonly<Dict>;
  /** The log of its session. */
  readonly log: Logger;
}

/** What an invocation needs of its message. */
export type Invoked = Pick<InvocationMessage, 'request' | 'registration' | 'details' | 'payload'>;

/** One call that a procedure of this session is answering. */
export class Invocation implements CallFields {
  readonly request: Id;
  readonly registration: Id;
  readonly procedure: string;
  /** How the call came encoded, and therefore its answers go; undefined where they go in the clear. */
  readonly payloadForm: PayloadForm | undefined;
  progress: Progress | undefined;
  /** Where the handler takes its arguments one list after another. */
  lists: ArgumentLists | undefined;
  readonly #details: Dict;
  readonly #origin: InvocationOrigin;
  /** It is answered, or nobody waits for the answer. */
  over = false;
  #controller: AbortController | undefined;
  #aborted: WampError | undefined;
  #onAbort: (() => void) | undefined;
  #startTimer: (() => () => void) | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(message: Invoked, origin: InvocationOrigin) {
    const { details } = message;
    this.request = message.request;
    this.registration = message.registration;
    this.procedure = (details.procedure as string | undefined) ?? origin.procedure;
    this.payloadForm = formIn(details, message.payload);
    this.#details = details;
    this.#origin = origin;
  }

  // Most of what follows nobody asks for: it is read where it stands, and not copied for each call.

  get params(): Readonly<Dict> {
    return this.#origin.params;
  }

  get log(): Logger {
    return this.#origin.log;
  }

  get caller(): Id | undefined {
    return this.#details.caller as Id | undefined;
  }

  get callerAuthid(): string | undefined {
    return this.#details.caller_authid as string | undefined;
  }

  get callerAuthrole(): string | undefined {
    return this.#details.caller_authrole as string | undefined;
  }

  /** Milliseconds that this side has for an answer of any kind, where the router leaves that to it. */
  get timeout(): number | undefined {
    return this.#details.timeout as number | undefined;
  }

  get forwardFor(): readonly Forwarded[] | undefined {
    return this.#details.forward_for as Forwarded[] | undefined;
  }

  get transactionHash(): string | undefined {
    return this.#details.transaction_hash as string | undefined;
  }

  get trustlevel(): number | undefined {
    return this.#details.trustlevel as number | undefined;
  }

  get payloadScheme(): string | undefined {
    return this.payloadForm === undefined ? undefined : schemeIn(this.#details);
  }

  /** The caller asked for progressive results. */
  get progressive(): boolean {
    return this.#details.receive_progress === true;
  }

  /** Made when it is first asked for: most procedures never do, and it costs more than the rest of a call. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted);
    }
    return this.#controller.signal;
  }

  /** Why nobody waits for the answer, where that is so. */
  get aborted(): WampError | undefined {
    return this.#aborted;
  }

  /** What `abort` does besides, in place of what it did before. Where it is aborted already, at once. */
  whenAborted(run: () => void): void {
    if (this.#aborted === undefined) this.#onAbort = run;
    else run();
  }

  /** Its time runs, where it has any. */
  watch(clock: Clock, timedOut: () => void): void {
    const ms = this.timeout;
    if (ms === undefined || ms === 0) return;
    const most = Math.min(ms, LONGEST);
    this.#startTimer = () => clock.after(most, timedOut);
    this.#cancelTimer = this.#startTimer();
  }

  /** A progressive result has gone out: its time begins anew. */
  restartTimer(): void {
    if (this.#startTimer === undefined || this.over) return;
    this.#cancelTimer?.();
    this.#cancelTimer = this.#startTimer();
  }

  /** It is answered. */
  close(): void {
    this.over = true;
    this.#cancelTimer?.();
  }

  /** Nobody waits for the answer any more. */
  abort(error: WampError): void {
    this.close();
    this.#aborted = error;
    this.lists?.fail(error);
    this.#onAbort?.();
    this.#controller?.abort(error);
  }
}
