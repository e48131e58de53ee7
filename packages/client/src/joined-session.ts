import {
  ApplicationError,
  type Clock,
  checkUri,
  type ErrorClass,
  type ErrorMessage,
  type Logger,
  type Message,
  MessageType,
  nameOf,
  type PayloadCodec,
  ProtocolError,
  type RouterRole,
  type WampError,
} from '@wamp-run/protocol';
import type { CallResult } from './call-result.js';
import { Callee } from './callee.js';
import { type CallArguments, Caller } from './caller.js';
import { NORMAL } from './close-details.js';
import { DirectInvocations } from './direct-invocations.js';
import type { DisconnectDetails } from './disconnect-details.js';
import type { ErrorMapping } from './error-mapping.js';
import type { ExposeErrors } from './failure.js';
import type { HandlerTimes } from './handler-times.js';
import { type Interception, interceptedPublish } from './interception.js';
import type { InterceptedCall, InterceptedPublication } from './interceptor.js';
import { type CallsInHand, Invocations } from './invocations.js';
import type { Link } from './link.js';
import type { CallOptions, PublishOptions, RegisterOptions, SubscribeOptions } from './options.js';
import type { PayloadCoding } from './payload-coding.js';
import type { Publication } from './publication.js';
import { Publisher } from './publisher.js';
import type { Procedure, ProgressiveProcedure, Registration } from './registration.js';
import { errorFrom } from './remote-error.js';
import { PASSTHRU_FEATURES, Requests, unasked } from './requests.js';
import { Session } from './session.js';
import type { SessionDetails } from './session-details.js';
import type { SessionEnd } from './session-end.js';
import { Subscriber } from './subscriber.js';
import type { EventHandler, Subscription } from './subscription.js';
import type { ReportUserError } from './user-errors.js';

/** What a joined session needs besides its link. */
export interface JoinedSessionOptions {
  readonly clock: Clock;
  readonly exposeErrors: ExposeErrors;
  readonly errors: ErrorMapping;
  readonly coding: PayloadCoding;
  readonly report: ReportUserError;
  readonly interception: Interception;
  readonly log: Logger;
  /** Milliseconds that a call has which does not say so itself; 0: no limit. */
  readonly callTimeout: number;
  /** Milliseconds that the router has to answer what is asked of itself; 0: no limit. */
  readonly requestTimeout: number;
  readonly times: HandlerTimes;
}

/** A session from WELCOME to its end: one join, on one transport. It does not come back. */
export class JoinedSession extends Session {
  /** Resolves when the session has ended, however it did. What was pending has rejected by then. */
  readonly ended: Promise<SessionEnd>;
  readonly #link: Link;
  readonly #details: SessionDetails;
  readonly #errors: ErrorMapping;
  readonly #coding: PayloadCoding;
  readonly #interception: Interception;
  readonly #log: Logger;
  readonly #report: ReportUserError;
  readonly #times: HandlerTimes;
  readonly #requests: Requests;
  readonly #caller: Caller;
  readonly #callee: Callee;
  readonly #invocations: Invocations;
  readonly #publisher: Publisher;
  readonly #subscriber: Subscriber;
  #closeToDirectCalls: (() => void) | undefined;
  #over = false;

  constructor(link: Link, details: SessionDetails, options: JoinedSessionOptions) {
    super();
    this.#link = link;
    this.#details = details;
    this.#errors = options.errors;
    this.#coding = options.coding;
    this.#interception = options.interception;
    this.#report = options.report;
    this.#times = options.times;
    // Whatever becomes of the client: what this session does is this session's.
    this.#log = options.log.child({ session: details.session });
    const { clock, coding, interception, report, times, callTimeout, requestTimeout } = options;
    const log = this.#log;
    this.#requests = new Requests(link, { clock, timeout: requestTimeout });
    const canCancel = details.router.has('dealer', 'call_canceling');
    const keepsTimeouts = details.router.has('dealer', 'call_timeout');
    const takesLists = details.router.has('dealer', 'progressive_call_invocations');
    const passes = (role: RouterRole) => details.router.has(role, PASSTHRU_FEATURES[coding.form]);
    this.#caller = new Caller(this.#requests, {
      clock,
      report,
      timeout: callTimeout,
      canCancel,
      keepsTimeouts,
      takesLists,
      coding,
      passesEncoded: passes('dealer'),
    });
    this.#invocations = new Invocations(link, { ...options, log });
    this.#callee = new Callee(this.#requests, { invocations: this.#invocations, report });
    this.#publisher = new Publisher(this.#requests, { coding, passesEncoded: passes('broker') });
    this.#subscriber = new Subscriber(this.#requests, { coding, interception, report, times, log });
    this.#openToDirectCalls();
    this.ended = new Promise((resolve) => {
      link.attach({
        receive: (message) => this.#receive(message),
        leaving: (error) => this.#stop(error),
        end: (end) => {
          this.#stop(end.error);
          resolve(end);
        },
      });
    });
  }

  get details(): SessionDetails | undefined {
    return this.#over ? undefined : this.#details;
  }

  get isConnected(): boolean {
    return this.#link.connected;
  }

  get isAttached(): boolean {
    return !this.#over;
  }

  /** The calls that it is answering. */
  get answering(): CallsInHand {
    return this.#invocations;
  }

  /** Resolves when the transport is closed too, or has not closed in time. */
  get disconnected(): Promise<DisconnectDetails> {
    return this.#link.gone;
  }

  call(
    procedure: string,
    args: CallArguments | undefined,
    options: CallOptions & { details: true },
  ): Promise<CallResult>;
  call<R = unknown>(procedure: string, args?: CallArguments, options?: CallOptions): Promise<R>;
  call(procedure: string, args?: CallArguments, options?: CallOptions): Promise<unknown> {
    const around = this.#interception.call;
    if (around === undefined) return this.#caller.call(procedure, args, options);
    const send = (call: InterceptedCall) => this.#caller.call(call.procedure, call.args, call.options);
    return around({ procedure, args, options: options === undefined ? {} : options, log: this.#log }, send);
  }

  register(
    procedure: string,
    handler: ProgressiveProcedure,
    options: RegisterOptions & { progressive: true },
  ): Promise<Registration>;
  register(procedure: string, handler: Procedure, options?: RegisterOptions): Promise<Registration>;
  register(
    procedure: string,
    handler: Procedure | ProgressiveProcedure,
    options: RegisterOptions = {},
  ): Promise<Registration> {
    return this.#callee.register(procedure, handler, options);
  }

  subscribe(topic: string, handler: EventHandler, options: SubscribeOptions = {}): Promise<Subscription> {
    return this.#subscriber.subscribe(topic, handler, options);
  }

  publish(
    topic: string,
    args: readonly unknown[] | undefined,
    options: PublishOptions & { acknowledge: true },
  ): Promise<Publication>;
  publish(topic: string, args?: readonly unknown[], options?: PublishOptions): void;
  publish(topic: string, args?: readonly unknown[], options: PublishOptions = {}): Promise<Publication> | undefined {
    const around = this.#interception.publication;
    if (around === undefined) return this.#publisher.publish(topic, args, options);
    const publish = (each: InterceptedPublication) => this.#publisher.publish(each.topic, each.args, each.options);
    return interceptedPublish(around, { topic, args, options, log: this.#log }, { publish, report: this.#report });
  }

  define(errorClass: ErrorClass, uri?: string): void {
    this.#errors.define(errorClass, uri);
  }

  setPayloadCodec(codec: PayloadCodec | undefined): void {
    this.#coding.codec = codec;
  }

  getPayloadCodec(): PayloadCodec | undefined {
    return this.#coding.codec;
  }

  async leave(reason: string = NORMAL, message?: string): Promise<void> {
    checkUri(reason, 'reason');
    this.#link.leave(reason, message);
    await this.ended;
  }

  async disconnect(): Promise<void> {
    this.#link.disconnect();
    await this.#link.gone;
  }

  #receive(message: Message): void {
    switch (message.type) {
      case MessageType.RESULT:
        this.#caller.result(message);
        break;
      case MessageType.EVENT:
        this.#subscriber.event(message);
        break;
      case MessageType.INVOCATION:
        this.#callee.invocation(message);
        break;
      case MessageType.INTERRUPT:
        this.#callee.interrupt(message);
        break;
      case MessageType.ERROR:
        this.#error(message);
        break;
      case MessageType.PUBLISHED:
        this.#requests.answered(MessageType.PUBLISH, message.request, 'PUBLISHED').done(message.publication);
        break;
      case MessageType.SUBSCRIBED:
        this.#requests.answered(MessageType.SUBSCRIBE, message.request, 'SUBSCRIBED').done(message.subscription);
        break;
      case MessageType.REGISTERED:
        this.#requests.answered(MessageType.REGISTER, message.request, 'REGISTERED').done(message.registration);
        break;
      case MessageType.UNSUBSCRIBED:
        if (message.request === 0) this.#subscriber.revoke(message.details ?? {});
        else this.#requests.answered(MessageType.UNSUBSCRIBE, message.request, 'UNSUBSCRIBED').done();
        break;
      case MessageType.UNREGISTERED:
        if (message.request === 0) this.#callee.revoke(message.details ?? {});
        else this.#requests.answered(MessageType.UNREGISTER, message.request, 'UNREGISTERED').done();
        break;
      default:
        // The session table lets nothing else through to here.
        throw new ProtocolError(`received ${nameOf(message)}, which no router sends to a joined session`);
    }
  }

  #error(message: ErrorMessage): void {
    const { requestType, request } = message;
    const pending = requestType === MessageType.INVOCATION ? undefined : this.#requests.take(requestType, request);
    if (pending !== undefined) {
      const error = this.#errorFrom(message, 'procedure' in pending ? pending.procedure : undefined);
      // What ends a registration or a subscription looks at the URI itself.
      const ends = requestType === MessageType.UNREGISTER || requestType === MessageType.UNSUBSCRIBE;
      pending.fail(ends ? error : this.#errors.incoming(error, this.#report));
      return;
    }
    if (requestType === MessageType.CALL && this.#caller.expectsError(request)) return;
    throw unasked('ERROR', request);
  }

  /** What answers the request, or why that cannot be had. */
  #errorFrom(message: ErrorMessage, procedure: string | undefined): ApplicationError {
    try {
      return errorFrom(message, this.#coding, procedure);
    } catch (error) {
      if (error instanceof ApplicationError) return error;
      throw error;
    }
  }

  /** In the process of its router, it may be called without messages. */
  #openToDirectCalls(): void {
    const { inProcess } = this.#link.transport;
    if (inProcess === undefined) return;
    const direct = new DirectInvocations({ invocations: this.#invocations, callee: this.#callee, times: this.#times });
    inProcess.callee = direct;
    this.#closeToDirectCalls = () => {
      if (inProcess.callee === direct) inProcess.callee = undefined;
    };
  }

  /** Nothing can be asked any more: whatever waits, or runs, or is held, is over. */
  #stop(error: WampError): void {
    this.#over = true;
    this.#closeToDirectCalls?.();
    this.#subscriber.end(error);
    this.#callee.end(error);
    this.#requests.end(error);
  }
}
