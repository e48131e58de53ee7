import {
  ApplicationError,
  type Clock,
  type Dict,
  ERROR_URIS,
  type Id,
  MessageType,
  type PlainPayload,
  Timeout,
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
  /** 0 until CALL is sent. */
  request: Id = 0;
  /** Runs once, when nothing is waited for any more. */
  onSettled: (() => void) | undefined;
  readonly procedure: string;
  readonly options: CallOptions;
  /** What CALL carries of them. */
  readonly wire: Readonly<Dict>;
  /** Milliseconds; 0 is without end. */
  readonly timeout: number;
  readonly #routed: boolean;
  readonly #resolve: (result: unknown) => void;
  readonly #reject: (error: unknown) => void;
  #settled = false;
  #startTimer: (() => () => void) | undefined;
  #cancelTimer: (() => void) | undefined;
  #onAbort: (() => void) | undefined;

  constructor(
    call: { procedure: string; options: CallOptions; wire: Dict; timeout: number; routed: boolean },
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    this.procedure = call.procedure;
    this.options = call.options;
    this.wire = call.wire;
    this.timeout = call.timeout;
    this.#routed = call.routed;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** The call is sent: its time runs. */
  watchTime(clock: Clock, giveUp: GivingUp): void {
    if (this.#settled || this.timeout === 0) return;
    this.#startTimer = () => clock.after(this.timeout, () => giveUp.timedOut(this));
    this.#cancelTimer = this.#startTimer();
  }

  /** Its signal counts. */
  watchSignal(giveUp: GivingUp): void {
    if (this.#settled) return;
    const { signal } = this.options;
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

  fail(error: unknown): void {
    this.#unwatch();
    this.#reject(this.#routed && isTimeout(error) ? this.#timeout(error) : error);
  }

  /** The router kept the time that it was given, and was sooner than this side: the same comes of both. */
  #timeout(cause: unknown): Timeout {
    return new Timeout(`${this.procedure} did not answer within ${this.timeout} ms`, { cause });
  }

  #unwatch(): void {
    this.#settled = true;
    this.#cancelTimer?.();
    if (this.#onAbort !== undefined) this.options.signal?.removeEventListener('abort', this.#onAbort);
    this.#onAbort = undefined;
    this.onSettled?.();
    this.onSettled = undefined;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof ApplicationError && error.error === ERROR_URIS.timeout;
}
