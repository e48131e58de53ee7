import { type Clock, type Id, MessageType, type PlainPayload } from '@wamp-run/protocol';
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
  readonly #resolve: (result: unknown) => void;
  readonly #reject: (error: unknown) => void;
  #settled = false;
  #startTimer: (() => () => void) | undefined;
  #cancelTimer: (() => void) | undefined;
  #onAbort: (() => void) | undefined;

  constructor(
    call: { request: Id; procedure: string; options: CallOptions },
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    this.request = call.request;
    this.procedure = call.procedure;
    this.options = call.options;
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
  done(payload: PlainPayload): void {
    this.#unwatch();
    this.#resolve(resultFrom(payload, this.options.details === true));
  }

  fail(error: Error): void {
    this.#unwatch();
    this.#reject(error);
  }

  #unwatch(): void {
    this.#settled = true;
    this.#cancelTimer?.();
    if (this.#onAbort !== undefined) this.options.signal?.removeEventListener('abort', this.#onAbort);
    this.#onAbort = undefined;
  }
}
