import { type ErrorClass, type Logger, type PayloadCodec, SessionNotReady } from '@wamp-run/protocol';
import type { CallResult } from './call-result.js';
import type { CallArguments } from './caller.js';
import type { DesiredState } from './desired-state.js';
import type { ErrorMapping } from './error-mapping.js';
import { type Interception, interceptedPublish } from './interception.js';
import type { InterceptedCall, InterceptedPublication } from './interceptor.js';
import type { CallOptions, PublishOptions, RegisterOptions, SubscribeOptions } from './options.js';
import type { PayloadCoding } from './payload-coding.js';
import type { Publication } from './publication.js';
import type { Procedure, ProgressiveProcedure, Registration } from './registration.js';
import type { RequestQueue } from './request-queue.js';
import type { RetriedCalls } from './retried-calls.js';
import { Session } from './session.js';
import type { SessionDetails } from './session-details.js';
import type { EventHandler, Subscription } from './subscription.js';
import type { ReportUserError } from './user-errors.js';

/** A connection that can be given up. */
export interface Connection {
  readonly isConnected: boolean;
  disconnect(): Promise<void>;
}

/** What a lasting session stands on. */
export interface LastingSessionOptions {
  /** The joined session, while there is one. */
  now(): Session | undefined;
  /** The open connection, joined or not, while there is one. */
  connection(): Connection | undefined;
  readonly desired: DesiredState;
  /** The error classes of all joins. */
  readonly errors: ErrorMapping;
  /** The payload codec of all joins. */
  readonly coding: PayloadCoding;
  /** The interceptors of what goes out. */
  readonly interception: Interception;
  readonly report: ReportUserError;
  readonly log: Logger;
  /** Makes idempotent calls again. */
  readonly retried: RetriedCalls;
  /** Takes requests while there is none; undefined where they are to be refused. */
  queue(): RequestQueue | undefined;
}

/**
 * The session that outlives joins: everything goes to the one that is joined now, and registrations and subscriptions
 * are made again at the next. While none is joined, requests are refused, or wait where that was asked for.
 */
export class LastingSession extends Session {
  readonly #options: LastingSessionOptions;

  constructor(options: LastingSessionOptions) {
    super();
    this.#options = options;
  }

  get details(): SessionDetails | undefined {
    return this.#options.now()?.details;
  }

  get isConnected(): boolean {
    return this.#options.connection()?.isConnected ?? false;
  }

  get isAttached(): boolean {
    return this.#options.now()?.isAttached ?? false;
  }

  call(
    procedure: string,
    args: CallArguments | undefined,
    options: CallOptions & { details: true },
  ): Promise<CallResult>;
  call<R = unknown>(procedure: string, args?: CallArguments, options?: CallOptions): Promise<R>;
  call(procedure: string, args?: CallArguments, options?: CallOptions): Promise<unknown> {
    const around = this.#options.interception.call;
    if (around === undefined) return this.#call(procedure, args, options);
    const send = (call: InterceptedCall) => this.#call(call.procedure, call.args, call.options);
    return around({ procedure, args, options: options === undefined ? {} : options, log: this.#options.log }, send);
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
    options?: RegisterOptions,
  ): Promise<Registration> {
    // Which of the two it is, the options say; what is kept of it is the same.
    const kept = handler as Procedure;
    const session = this.#now();
    if (session !== undefined) return this.#options.desired.register(session, procedure, kept, options);
    const send = (joined: Session) => joined.register(procedure, kept, options);
    return this.#options.queue()?.request(`registering ${procedure}`, send) ?? Promise.reject(notReady());
  }

  subscribe(topic: string, handler: EventHandler, options?: SubscribeOptions): Promise<Subscription> {
    const session = this.#now();
    if (session !== undefined) return this.#options.desired.subscribe(session, topic, handler, options);
    const send = (joined: Session) => joined.subscribe(topic, handler, options);
    return this.#options.queue()?.request(`subscribing to ${topic}`, send) ?? Promise.reject(notReady());
  }

  publish(
    topic: string,
    args: readonly unknown[] | undefined,
    options: PublishOptions & { acknowledge: true },
  ): Promise<Publication>;
  publish(topic: string, args?: readonly unknown[], options?: PublishOptions): void;
  publish(topic: string, args?: readonly unknown[], options: PublishOptions = {}): Promise<Publication> | undefined {
    const { interception, report, log } = this.#options;
    const around = interception.publication;
    if (around === undefined) return this.#publish(topic, args, options);
    const publish = (each: InterceptedPublication) => this.#publish(each.topic, each.args, each.options);
    return interceptedPublish(around, { topic, args, options, log }, { publish, report });
  }

  #call(procedure: string, args: CallArguments | undefined, options: CallOptions | undefined): Promise<unknown> {
    if (options?.idempotent !== true) return this.#send(procedure, args, options);
    const send = (list: CallArguments | undefined, how: CallOptions) => this.#send(procedure, list, how);
    return this.#options.retried.call({ procedure, args, options, send });
  }

  #send(procedure: string, args: CallArguments | undefined, options: CallOptions | undefined): Promise<unknown> {
    const session = this.#now();
    if (session !== undefined) return session.call(procedure, args, options);
    return this.#options.queue()?.call(procedure, args, options) ?? Promise.reject(notReady());
  }

  #publish(
    topic: string,
    args: readonly unknown[] | undefined,
    options: PublishOptions,
  ): Promise<Publication> | undefined {
    const session = this.#now();
    if (session !== undefined) return session.publish(topic, args, options as PublishOptions & { acknowledge: true });
    const queue = this.#options.queue();
    if (queue !== undefined) return queue.publish(topic, args, options);
    if (options.acknowledge === true) return Promise.reject(notReady());
    throw notReady();
  }

  define(errorClass: ErrorClass, uri?: string): void {
    this.#options.errors.define(errorClass, uri);
  }

  setPayloadCodec(codec: PayloadCodec | undefined): void {
    this.#options.coding.codec = codec;
  }

  getPayloadCodec(): PayloadCodec | undefined {
    return this.#options.coding.codec;
  }

  leave(reason?: string, message?: string): Promise<void> {
    return this.#options.now()?.leave(reason, message) ?? Promise.reject(notReady());
  }

  async disconnect(): Promise<void> {
    await this.#options.connection()?.disconnect();
  }

  /** A session that has ended a moment ago is none, though the client may not have been told. */
  #now(): Session | undefined {
    const session = this.#options.now();
    return session?.details === undefined ? undefined : session;
  }
}

function notReady(): SessionNotReady {
  return new SessionNotReady('no session is joined now: await joined(), or try again after the next join');
}
