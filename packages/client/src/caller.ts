import {
  Canceled,
  type CancelMode,
  type Clock,
  callMessage,
  cancelMessage,
  checkUri,
  type Dict,
  decoded,
  type Id,
  MessageType,
  type PlainPayload,
  type Result,
  SerializationError,
  Timeout,
  type WampError,
} from '@wamp-run/protocol';
import { outgoing } from './arguments.js';
import { CallResult, resultFields } from './call-result.js';
import { CanceledCalls } from './canceled-calls.js';
import { milliseconds } from './milliseconds.js';
import type { CallOptions } from './options.js';
import { type GivingUp, PendingCall } from './pending-call.js';
import { callOptions } from './request-options.js';
import { type Requests, unasked } from './requests.js';
import { isThenable } from './thenable.js';
import type { ReportUserError } from './user-errors.js';

/** What a caller needs besides the requests. */
export interface CallerOptions {
  readonly clock: Clock;
  readonly report: ReportUserError;
  /** Whether the router's dealer understands CANCEL. */
  readonly canCancel: boolean;
  /** Whether the router's dealer keeps timeouts. */
  readonly keepsTimeouts: boolean;
}

/** The role that calls procedures. */
export class Caller implements GivingUp {
  readonly #requests: Requests;
  readonly #options: CallerOptions;
  readonly #canceled = new CanceledCalls();

  constructor(requests: Requests, options: CallerOptions) {
    this.#requests = requests;
    this.#options = options;
  }

  call(procedure: string, args: readonly unknown[] | undefined, options: CallOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      checkUri(procedure, 'procedure');
      const wire = callOptions(options);
      const timeout = options.timeout === undefined ? 0 : milliseconds('timeout', options.timeout);
      const routed = timeout > 0 && this.#options.keepsTimeouts;
      // Whole milliseconds on the wire; 0 would be no limit.
      if (routed) wire.timeout = Math.ceil(timeout);
      const payload = outgoing(args, options.kwargs);
      this.#requests.checkReady();
      if (options.signal?.aborted === true) {
        throw new Canceled(`the call of ${procedure} was canceled`, { cause: options.signal.reason, executed: 'no' });
      }
      const request = this.#requests.next();
      const call = new PendingCall({ request, procedure, options, routed }, resolve, reject);
      this.#requests.send(callMessage(request, wire, procedure, payload), call);
      call.watch(timeout, this.#options.clock, this);
    });
  }

  /** RESULT came. */
  result(message: Result): void {
    const last = message.details.progress !== true;
    const call = this.#requests.find(MessageType.CALL, message.request);
    if (call === undefined) {
      if (this.#canceled.expects(message.request, last)) return;
      throw unasked('RESULT', message.request);
    }
    let payload: PlainPayload;
    try {
      payload = decoded(message.payload);
    } catch (cause) {
      const error = new SerializationError(`the result of ${call.procedure} cannot be read`, {
        cause,
        executed: 'yes',
      });
      if (last) this.#requests.take(MessageType.CALL, message.request)?.fail(error);
      else this.#giveUp(call, error, 'killnowait');
      return;
    }
    if (last) {
      this.#requests.take(MessageType.CALL, message.request);
      call.done(payload, message.details);
    } else {
      call.restartTimer();
      this.#progress(call, payload, message.details);
    }
  }

  /** Whether an ERROR that answers no pending call answers one that this side has given up. */
  expectsError(request: Id): boolean {
    return this.#canceled.expects(request, true);
  }

  timedOut(call: PendingCall): void {
    const error = new Timeout(`${call.procedure} did not answer within ${call.options.timeout} ms`);
    this.#giveUp(call, error, 'killnowait');
  }

  aborted(call: PendingCall): void {
    const { signal, cancelMode } = call.options;
    const error = new Canceled(`the call of ${call.procedure} was canceled`, { cause: signal?.reason });
    this.#giveUp(call, error, cancelMode ?? 'killnowait');
  }

  #giveUp(call: PendingCall, error: WampError, mode: CancelMode): void {
    this.#requests.take(MessageType.CALL, call.request);
    this.#canceled.add(call.request);
    call.fail(error);
    if (this.#options.canCancel) this.#requests.tell(cancelMessage(call.request, { mode }));
  }

  #progress(call: PendingCall, { args, kwargs }: PlainPayload, details: Dict): void {
    const { options } = call;
    if (options.onProgress === undefined) return;
    const what = () => `onProgress of ${call.procedure}`;
    try {
      const result = options.onProgress(new CallResult(args, kwargs, resultFields(details)));
      if (isThenable(result)) Promise.resolve(result).then(undefined, (error) => this.#options.report(error, what()));
    } catch (error) {
      this.#options.report(error, what());
    }
  }
}
