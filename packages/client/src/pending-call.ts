import {
  ApplicationError,
  type Clock,
  type Dict,
  ERROR_URIS,
  type Id,
  MessageType,
  type PlainPayload,
  Timeout,
  type WampError,
} from '@wamp-run/protocol';
import { resultFrom } from './call-result.js';
import type { CallOptions } from './options.js';

/** What a call tells the caller when this side no longer wants it. */
export interface GivingUp {
  timedOut(call: PendingCall): void;
  aborted(call: PendingCall): void;
}

/** A CALL that waits for its RESULT, and what ends the wait sooner: a timer, a signal. */
export class PendingCall {
  readonly type = MessageType.CALL;
  readonly request: Id;
  readonly procedure: string;
  readonly options: CallOptions;
  readonly #routed: boolean;
  readonly #resolve: (result: unknown) => void;
  readonly #reject: (error: unknown) => void;
  #settled = false;
  #startTimer: (() => () => void) | undefined;
  #cancelTimer: (() => void) | undefined;
  #onAbort: (() => void) | undefined;

  constructor(
    call: { request: Id; procedure: string; options: CallOptions; routed: boolean },
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    this.request = call.request;
    this.procedure = call.procedure;
    this.options = call.options;
    this.#routed = call.routed;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** The call is sent: its time runs (0: without end), and its signal counts. */
  watch(timeout: number, clock: Clock, giveUp: GivingUp): void {
    if (this.#settled) return;
    const { signal } = this.options;
    if (timeout > 0) {
      this.#startTimer = () => clock.after(timeout, () => giveUp.timedOut(this));
      this.#cancelTimer = this.#startTimer();
    }
    if (signal?.aborted === true) {
      giveUp.aborted(this);
    } else if (signal !== undefined) {
      this.#onAbort = () => giveUp.aborted(this);
      signal.addEventListener('abort', this.#onAbort);
    }
  }

  /** A progressive result came: the callee is alive, and its time begins anew. */
  restartTimer(): void {
    if (this.#startTimer === undefined) return;
    this.#cancelTimer?.();
    this.#cancelTimer = this.#startTimer();
  }

  /** The final result. */
  done(payload: PlainPayload, details: Dict): void {
    this.#unwatch();
    this.#resolve(resultFrom(payload, this.options.details === true, details));
  }

  fail(error: WampError): void {
    this.#unwatch();
    this.#reject(this.#routed && isTimeout(error) ? this.#timeout(error) : error);
  }

  /** The router kept the time that it was given, and was sooner than this side: the same comes of both. */
  #timeout(cause: WampError): Timeout {
    return new Timeout(`${this.procedure} did not answer within ${this.options.timeout} ms`, { cause });
  }

  #unwatch(): void {
    this.#settled = true;
    this.#cancelTimer?.();
    if (this.#onAbort !== undefined) this.options.signal?.removeEventListener('abort', this.#onAbort);
    this.#onAbort = undefined;
  }
}

function isTimeout(error: WampError): boolean {
  return error instanceof ApplicationError && error.error === ERROR_URIS.timeout;
}
