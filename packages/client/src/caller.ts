import {
  ApplicationError,
  Canceled,
  type CancelMode,
  type Clock,
  callMessage,
  cancelMessage,
  checkUri,
  type Dict,
  ERROR_URIS,
  type Id,
  MessageType,
  type Payload,
  PayloadExceededError,
  type PlainPayload,
  type Result,
  SerializationError,
  Timeout,
  taken,
} from '@wamp-run/protocol';
import { ArgumentSender, isArgumentStream } from './argument-sender.js';
import { outgoing } from './arguments.js';
import { CallResult, resultFields } from './call-result.js';
import { CanceledCalls } from './canceled-calls.js';
import { DirectCalls, type OwnCall } from './direct-calls.js';
import { milliseconds } from './milliseconds.js';
import type { CallOptions } from './options.js';
import type { PayloadCoding } from './payload-coding.js';
import { type GivingUp, PendingCall } from './pending-call.js';
import { callOptions, endOptions } from './request-options.js';
import { passthruNotAnnounced, type Requests, unasked } from './requests.js';
import { isThenable } from './thenable.js';
import type { ReportUserError } from './user-errors.js';

/** What a caller needs besides the requests. */
export interface CallerOptions {
  readonly clock: Clock;
  readonly report: ReportUserError;
  /** Whether the router's dealer understands CANCEL. */
  readonly canCancel: boolean;
  /** Milliseconds that a call has which does not say so itself; 0: no limit. */
  readonly timeout: number;
  /** Whether the router's dealer keeps timeouts. */
  readonly keepsTimeouts: boolean;
  /** Whether the router's dealer takes arguments one list after another. */
  readonly takesLists: boolean;
  readonly coding: PayloadCoding;
  /** Whether the router's dealer passes encoded payloads on, in the form in which they go out. */
  readonly passesEncoded: boolean;
}

/** The arguments of a call: a list, or one list after another. */
export type CallArguments = readonly unknown[] | AsyncIterable<readonly unknown[]>;

/** The role that calls procedures. */
export class Caller implements GivingUp {
  readonly #requests: Requests;
  readonly #options: CallerOptions;
  readonly #canceled = new CanceledCalls();
  /** Only where the router is in this process. */
  readonly #direct: DirectCalls | undefined;

  constructor(requests: Requests, options: CallerOptions) {
    this.#requests = requests;
    this.#options = options;
    this.#direct = this.#directCalls();
    if (this.#direct !== undefined) requests.hold(this.#direct);
  }

  call(procedure: string, args?: CallArguments, options?: CallOptions): Promise<unknown> {
    if (this.#direct !== undefined && this.#options.coding.codec === undefined) {
      const answer = this.#direct.call(procedure, args, options);
      if (answer !== undefined) return answer;
    }
    return this.#call(procedure, args, options === undefined ? {} : options);
  }

  #directCalls(): DirectCalls | undefined {
    const requests = this.#requests;
    const { inProcess } = requests.transport;
    if (inProcess === undefined) return undefined;
    const { clock, timeout, keepsTimeouts } = this.#options;
    return new DirectCalls({
      inProcess,
      clock,
      timeout,
      keepsTimeouts,
      next: () => requests.next(),
      ended: () => requests.ended,
      wait: (call) => this.#wait(call),
    });
  }

  /** A direct call that its callee could not answer at once. */
  #wait({ route: { procedure }, request, timeout, routedTimeout, resolve, reject }: OwnCall): void {
    const routed = routedTimeout > 0;
    const call = new PendingCall({ procedure, options: {}, wire: {}, timeout, routed }, resolve, reject);
    call.request = request;
    this.#requests.wait(call);
    call.watchTime(this.#options.clock, this);
  }

  #call(procedure: string, args: CallArguments | undefined, options: CallOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      checkUri(procedure, 'procedure');
      const wire = callOptions(options);
      const timeout = options.timeout === undefined ? this.#options.timeout : milliseconds('timeout', options.timeout);
      const routed = timeout > 0 && this.#options.keepsTimeouts;
      // Whole milliseconds on the wire; 0 would be no limit.
      if (routed) wire.timeout = Math.ceil(timeout);
      const lists = isArgumentStream(args) ? args : undefined;
      const payload = outgoing(isArgumentStream(args) ? undefined : args, options.kwargs);
      this.#requests.checkReady();
      if (lists !== undefined && !this.#options.takesLists) throw notAnnounced();
      if (options.signal?.aborted === true) {
        throw new Canceled(`the call of ${procedure} was canceled`, { cause: options.signal.reason, executed: 'no' });
      }
      const call = new PendingCall({ procedure, options, wire, timeout, routed }, resolve, reject);
      if (lists === undefined) {
        this.#send(call, wire, payload);
        call.watchTime(this.#options.clock, this);
        call.watchSignal(this);
      } else {
        this.#sendLists(call, lists, wire);
      }
    });
  }

  #send(call: PendingCall, wire: Dict, payload: PlainPayload | undefined): void {
    const sealed = this.#seal(call, wire, payload);
    call.request = this.#requests.next();
    try {
      this.#requests.send(callMessage(call.request, wire, call.procedure, sealed), call);
    } catch (error) {
      call.request = 0;
      throw error;
    }
  }

  /** The payload as it goes out; what there is to say of it goes into the options. */
  #seal(call: PendingCall, wire: Dict, payload: PlainPayload | undefined): Payload | undefined {
    const { coding, passesEncoded } = this.#options;
    if (coding.codec === undefined) return payload;
    const sealed = coding.seal(call.procedure, payload);
    if (sealed.attributes === undefined) return sealed.payload;
    if (!passesEncoded) throw passthruNotAnnounced(coding.form);
    Object.assign(wire, sealed.attributes);
    return sealed.payload;
  }

  /** One CALL for each list, all under one id, which is taken when there is a first one. */
  #sendLists(call: PendingCall, lists: AsyncIterable<readonly unknown[]>, wire: Dict): void {
    const requests = this.#requests;
    const { clock, report } = this.#options;
    const sender = new ArgumentSender(lists, {
      transport: requests.transport,
      clock,
      send: (args, last) => {
        // New ones for each: what there is to say of one payload is not true of the next.
        const options: Dict = last ? { ...wire } : { ...wire, progress: true };
        if (call.request !== 0) {
          const sealed = this.#seal(call, options, outgoing(args, undefined));
          requests.tell(callMessage(call.request, options, call.procedure, sealed));
          return;
        }
        this.#send(call, options, outgoing(args, call.options.kwargs));
        requests.release(call);
        call.watchTime(clock, this);
      },
      failed: (error) => this.#giveUp(call, call.request === 0 ? error : begun(error), 'killnowait'),
      report: (error) => report(error, `arguments of ${call.procedure}`),
    });
    requests.hold(call);
    call.onSettled = () => {
      requests.release(call);
      sender.stop();
    };
    call.watchSignal(this);
    void sender.run();
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
      payload = this.#open(message, call.procedure);
    } catch (cause) {
      const error = unreadable(call.procedure, cause);
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

  #open({ details, payload }: Result, uri: string): PlainPayload {
    const { coding } = this.#options;
    if (!coding.concerns(details, payload)) return taken(payload);
    return coding.open(details, payload, { isOriginating: true, uri, what: `the result of ${uri}`, executed: 'yes' });
  }

  /** Whether an ERROR that answers no pending call answers one that this side has given up. */
  expectsError(request: Id): boolean {
    return this.#canceled.expects(request, true);
  }

  timedOut(call: PendingCall): void {
    const error = new Timeout(`${call.procedure} did not answer within ${call.timeout} ms`);
    this.#giveUp(call, error, 'killnowait');
  }

  aborted(call: PendingCall): void {
    const { signal, cancelMode } = call.options;
    const error = new Canceled(`the call of ${call.procedure} was canceled`, {
      cause: signal?.reason,
      executed: call.request === 0 ? 'no' : 'maybe',
    });
    this.#giveUp(call, error, cancelMode ?? 'killnowait');
  }

  #giveUp(call: PendingCall, error: unknown, mode: CancelMode): void {
    if (call.settled) return;
    if (call.request === 0) {
      call.fail(error);
      return;
    }
    this.#requests.take(MessageType.CALL, call.request);
    this.#canceled.add(call.request);
    call.fail(error);
    if (this.#options.canCancel) this.#requests.tell(cancelMessage(call.request, { mode, ...endOptions(call.wire) }));
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

/** What a call rejects with whose result came, and cannot be had. */
function unreadable(procedure: string, cause: unknown): Error {
  if (cause instanceof ApplicationError) return cause;
  return new SerializationError(`the result of ${procedure} cannot be read`, { cause, executed: 'yes' });
}

/** A list could not be sent after others were: the procedure may have run. */
function begun(cause: unknown): unknown {
  const options = { cause, executed: 'maybe' } as const;
  if (cause instanceof SerializationError) return new SerializationError(cause.message, options);
  return cause instanceof PayloadExceededError ? new PayloadExceededError(cause.message, options) : cause;
}

function notAnnounced(): ApplicationError {
  const text = 'the router did not announce progressive_call_invocations: give all arguments in one list';
  return new ApplicationError(ERROR_URIS.featureNotSupported, [text], { executed: 'no' });
}
