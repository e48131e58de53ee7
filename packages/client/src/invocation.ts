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

/** One call that a procedure of this session is answering. */
export class Invocation implements CallFields {
  readonly request: Id;
  readonly registration: Id;
  readonly procedure: string;
  readonly params: Readonly<Dict>;
  readonly caller: Id | undefined;
  readonly callerAuthid: string | undefined;
  readonly callerAuthrole: string | undefined;
  /** Milliseconds that this side has for an answer of any kind, where the router leaves that to it. */
  readonly timeout: number | undefined;
  readonly forwardFor: readonly Forwarded[] | undefined;
  readonly transactionHash: string | undefined;
  readonly trustlevel: number | undefined;
  /** How the call came encoded, and therefore its answers go; undefined where they go in the clear. */
  readonly payloadForm: PayloadForm | undefined;
  readonly payloadScheme: string | undefined;
  readonly log: Logger;
  /** The caller asked for progressive results. */
  readonly progressive: boolean;
  progress: Progress | undefined;
  /** Where the handler takes its arguments one list after another. */
  lists: ArgumentLists | undefined;
  /** It is answered, or nobody waits for the answer. */
  over = false;
  #controller: AbortController | undefined;
  #aborted: WampError | undefined;
  #onAbort: (() => void) | undefined;
  #startTimer: (() => () => void) | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(message: InvocationMessage, { procedure, params, log }: InvocationOrigin) {
    const { details } = message;
    this.request = message.request;
    this.registration = message.registration;
    this.procedure = (details.procedure as string | undefined) ?? procedure;
    this.params = params;
    this.log = log;
    this.caller = details.caller as Id | undefined;
    this.callerAuthid = details.caller_authid as string | undefined;
    this.callerAuthrole = details.caller_authrole as string | undefined;
    this.timeout = details.timeout as number | undefined;
    this.forwardFor = details.forward_for as Forwarded[] | undefined;
    this.transactionHash = details.transaction_hash as string | undefined;
    this.trustlevel = details.trustlevel as number | undefined;
    this.payloadForm = formIn(details, message.payload);
    this.payloadScheme = this.payloadForm === undefined ? undefined : schemeIn(details);
    this.progressive = details.receive_progress === true;
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
