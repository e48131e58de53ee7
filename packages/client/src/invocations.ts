// Longer than 300 lines: every way in which a call that is being answered begins and ends has to be seen together.

import {
  Canceled,
  type Clock,
  ERROR_URIS,
  type Executed,
  type Id,
  type Interrupt,
  type Invocation as InvocationMessage,
  isUri,
  type Logger,
  type PlainPayload,
  ProtocolError,
  payloadOf,
  SerializationError,
  Timeout,
  taken,
  type Value,
  type WampError,
} from '@wamp-run/protocol';
import { Answers } from './answers.js';
import { ArgumentLists } from './argument-lists.js';
import { outgoing } from './arguments.js';
import { CallDetails, callLog } from './call-details.js';
import { optionsFrom, payloadFrom } from './call-result.js';
import type { ErrorMapping } from './error-mapping.js';
import { type ExposeErrors, failureOf } from './failure.js';
import type { HandlerTimes } from './handler-times.js';
import type { Interception } from './interception.js';
import { Invocation, type InvocationOrigin } from './invocation.js';
import { begin, isEcho, unreadable } from './invocation-ends.js';
import { LateArguments } from './late-arguments.js';
import type { Link } from './link.js';
import type { PayloadCoding } from './payload-coding.js';
import type { Procedure } from './registration.js';
import type { Slots } from './slots.js';
import { isAsyncGenerator, stream } from './stream.js';
import { isThenable } from './thenable.js';
import { paramsOf, type UriTarget } from './uri-target.js';
import type { ReportUserError } from './user-errors.js';

/** What answering calls needs. */
export interface InvocationsOptions {
  readonly clock: Clock;
  readonly exposeErrors: ExposeErrors;
  readonly errors: ErrorMapping;
  readonly coding: PayloadCoding;
  readonly interception: Interception;
  readonly times: HandlerTimes;
  readonly report: ReportUserError;
  /** The log of the session. */
  readonly log: Logger;
}

/** What a registration answers its calls with. */
export interface Answering {
  readonly target: UriTarget;
  readonly handler: Procedure;
  /** The handler takes its arguments one list after another. */
  readonly progressive: boolean;
  /** Undefined where any number of calls is answered at once. */
  readonly slots: Slots | undefined;
  /** Of its calls that come without a message; made for the first of them. */
  origin: InvocationOrigin | undefined;
}

/** What came of running a handler: what it returned, or threw. */
export type Ran = { readonly returned: unknown } | { readonly threw: unknown };

/** The calls that a session is answering, for whoever waits for their end. */
export interface CallsInHand {
  /** How many there are, those included that wait for their turn. */
  readonly size: number;
  /** Resolves as soon as there is none. */
  none(): Promise<void>;
  /** Gives all of them up: each is aborted, and its caller told so. Returns how many there were. */
  cancel(): number;
}

/** The calls that this session is answering: each gets exactly one last answer, or none where nobody waits for it. */
export class Invocations implements CallsInHand {
  readonly #link: Link;
  readonly #options: InvocationsOptions;
  readonly #running = new Map<Id, Invocation>();
  readonly #answers: Answers;
  readonly #late = new LateArguments();
  #waiting: (() => void)[] = [];
  /** Begun without a message: its handler has not returned. It runs no other meanwhile. */
  #beginning: Invocation | undefined;

  constructor(link: Link, options: InvocationsOptions) {
    this.#link = link;
    this.#options = options;
    this.#answers = new Answers(link, options);
  }

  /** INVOCATION came. Whether it is no new call, but brings more arguments for one that came before. */
  more(message: InvocationMessage): boolean {
    const last = message.details.progress !== true;
    const invocation = this.#running.get(message.request);
    if (invocation === undefined) return this.#late.expects(message.request, last);
    const { lists, registration } = invocation;
    if (lists === undefined || lists.complete || registration !== message.registration) {
      throw new ProtocolError(`received INVOCATION with request ${message.request}, which is still running`);
    }
    try {
      const { args, kwargs } = this.#open(message, invocation.procedure, 'maybe');
      lists.add(args, payloadOf(args, kwargs), last);
    } catch (cause) {
      const { error, text } = unreadable(invocation.procedure, cause);
      this.#options.report(cause, `reading the arguments of procedure ${invocation.procedure}`);
      this.#forget(invocation);
      if (last) this.#late.expects(message.request, last);
      invocation.abort(new SerializationError(text, { cause }));
      this.#answers.refuse(message.request, error, text);
    }
    return true;
  }

  /** INVOCATION came, for this procedure. */
  start(message: InvocationMessage, answering: Answering): void {
    const { target, slots } = answering;
    const last = message.details.progress !== true;
    if (!last && !answering.progressive) {
      const text = `${target.text} takes all its arguments in one list`;
      this.#turnAway(message, ERROR_URIS.featureNotSupported, text);
      return;
    }
    const called = message.details.procedure as string | undefined;
    const params = paramsOf(target, called);
    if (params === undefined) {
      this.#turnAway(message, ERROR_URIS.invalidArgument, `the procedure ${called} does not fit ${target.text}`);
      return;
    }
    let payload: PlainPayload;
    try {
      payload = this.#open(message, called ?? target.uri, 'no');
    } catch (cause) {
      const { error, text } = unreadable(target.text, cause);
      this.#turnAway(message, error, text);
      this.#options.report(cause, `reading the arguments of procedure ${target.text}`);
      return;
    }
    const { log } = this.#options;
    const invocation = new Invocation(message, { procedure: target.uri, params, log });
    if (answering.progressive) {
      invocation.lists = new ArgumentLists();
      invocation.lists.add(payload.args, payloadOf(payload.args, payload.kwargs), last);
    }
    if (invocation.progressive) {
      invocation.progress = (args, kwargs) => {
        const part = outgoing(args, kwargs);
        if (invocation.over) return;
        this.#answers.result(invocation, { progress: true }, part);
        invocation.restartTimer();
      };
    }
    this.#running.set(invocation.request, invocation);
    invocation.watch(this.#options.clock, () => this.#timedOut(invocation));
    if (slots === undefined) void this.#run(invocation, answering.handler, payload);
    else slots.take(() => this.#runIn(slots, invocation, () => this.#run(invocation, answering.handler, payload)));
  }

  /** A run in its slot, which it keeps until the handler has ended, whether or not anybody still waits for it. */
  #runIn(slots: Slots, invocation: Invocation, run: () => Promise<void> | undefined): void {
    const running = invocation.over ? undefined : run();
    if (running === undefined) slots.release();
    else void running.then(() => slots.release());
  }

  /** Resolves when the handler has ended; undefined where it already has. Never rejects. */
  #run(invocation: Invocation, handler: Procedure, payload: PlainPayload): Promise<void> | undefined {
    const { times } = this.#options;
    const since = times.begin();
    let result: unknown;
    try {
      // What a progressive registration has is a ProgressiveProcedure.
      const args = (invocation.lists ?? payload.args) as Value[];
      const details = new CallDetails(invocation);
      const { invocation: around } = this.#options.interception;
      if (around === undefined) result = handler(args, payload.kwargs, details);
      else result = around({ args, kwargs: payload.kwargs, details }, (now) => begin(handler, now, invocation));
    } catch (error) {
      this.#fail(invocation, error);
      return undefined;
    } finally {
      times.returned(invocation.procedure, since);
    }
    return this.#returned(invocation, result);
  }

  #returned(invocation: Invocation, result: unknown): Promise<void> | undefined {
    if (!isThenable(result)) return this.#finish(invocation, result);
    return Promise.resolve(result).then(
      (value) => this.#finish(invocation, value),
      (error) => this.#fail(invocation, error),
    );
  }

  /** Whether handlers run as they are, and what they are given is in the clear. */
  get arePlain(): boolean {
    return this.#options.interception.invocation === undefined && this.#options.coding.codec === undefined;
  }

  /** The log of the session. */
  get log(): Logger {
    return this.#options.log;
  }

  /** A handler is run without a message. */
  begin(invocation: Invocation): void {
    this.#beginning = invocation;
  }

  /** It has answered at once. */
  answered(invocation: Invocation): void {
    this.#beginning = undefined;
    invocation.close();
    if (this.#running.size === 0) this.#isNone();
  }

  /** A handler that was run without a message goes on as one that was: its answer will be a message. */
  goOn(invocation: Invocation, ran: Ran): void {
    this.#beginning = undefined;
    if (!invocation.over) this.#running.set(invocation.request, invocation);
    else if (invocation.aborted !== undefined) this.#refuseCanceled(invocation, invocation.aborted);
    if ('threw' in ran) this.#fail(invocation, ran.threw);
    else void this.#returned(invocation, ran.returned);
    if (this.#running.size === 0) this.#isNone();
  }

  /** INVOCATION came, for a registration that is gone. */
  refuse(message: InvocationMessage): void {
    this.#turnAway(message, ERROR_URIS.noSuchProcedure, 'the procedure is no longer registered');
  }

  /** INTERRUPT came. One for an invocation that is unknown crossed its answer. */
  interrupt(message: Interrupt): void {
    const invocation = this.#running.get(message.request);
    if (invocation === undefined) return;
    const { mode, reason } = message.options;
    const error = new Canceled(`the call of ${invocation.procedure} was canceled`);
    this.#forget(invocation);
    invocation.abort(error);
    // In these modes the dealer has answered the caller already, and forgotten the invocation.
    if (mode === 'killnowait' || mode === 'skip') return;
    const uri = typeof reason === 'string' && isUri(reason) ? reason : ERROR_URIS.canceled;
    this.#answers.refuse(invocation.request, uri, error.message);
  }

  get size(): number {
    return this.#running.size + (this.#beginning === undefined ? 0 : 1);
  }

  none(): Promise<void> {
    return this.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  cancel(): number {
    const all = [...this.#running.values()];
    for (const invocation of all) {
      const error = new Canceled(`${invocation.procedure} was stopped before it had finished`);
      this.#forget(invocation);
      invocation.abort(error);
      this.#refuseCanceled(invocation, error);
    }
    return all.length + this.#cancelBeginning();
  }

  /** One that has begun without a message: its caller is told when its handler has returned, in the call of which this is. */
  #cancelBeginning(): number {
    const invocation = this.#beginning;
    if (invocation === undefined || invocation.over) return 0;
    invocation.abort(new Canceled(`${invocation.procedure} was stopped before it had finished`));
    return 1;
  }

  #refuseCanceled({ request }: Invocation, { message }: WampError): void {
    this.#answers.refuse(request, ERROR_URIS.canceled, message);
  }

  /** The session is over, or about to be. */
  end(error: WampError): void {
    const all = [...this.#running.values()];
    if (this.#beginning?.over === false) all.push(this.#beginning);
    this.#running.clear();
    for (const invocation of all) invocation.abort(error);
    this.#isNone();
  }

  #finish(invocation: Invocation, value: unknown): Promise<void> | undefined {
    if (!isAsyncGenerator(value)) {
      this.#answer(invocation, value);
      return undefined;
    }
    return stream(value, invocation, {
      transport: this.#link.transport,
      clock: this.#options.clock,
      report: this.#options.report,
      part: (part) => this.#progress(invocation, part),
    }).then(
      (last) => this.#answer(invocation, last),
      (error) => this.#fail(invocation, error),
    );
  }

  /** The router left the timeout to this side, and it has passed. */
  #timedOut(invocation: Invocation): void {
    const error = new Timeout(`${invocation.procedure} took longer than ${invocation.timeout} ms`);
    this.#forget(invocation);
    invocation.abort(error);
    this.#answers.refuse(invocation.request, ERROR_URIS.timeout, error.message);
  }

  /** Whether the answer is still wanted; from now on it is not. */
  #close(invocation: Invocation): boolean {
    if (invocation.over) return false;
    invocation.close();
    this.#forget(invocation);
    return true;
  }

  #forget({ request, lists }: Invocation): void {
    this.#running.delete(request);
    if (lists?.complete === false) this.#late.add(request);
    if (this.#running.size === 0) this.#isNone();
  }

  #isNone(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** It does not begin, and neither does it when more of its arguments come. */
  #turnAway({ request, details }: InvocationMessage, error: string, text: string): void {
    if (details.progress === true) this.#late.add(request);
    this.#answers.refuse(request, error, text);
  }

  #answer(invocation: Invocation, value: unknown): void {
    if (!this.#close(invocation)) return;
    try {
      this.#answers.result(invocation, optionsFrom(value), payloadFrom(value));
    } catch (error) {
      this.#answers.unsendable(invocation, error);
    }
  }

  #progress(invocation: Invocation, value: unknown): void {
    try {
      const options = optionsFrom(value);
      options.progress = true;
      this.#answers.result(invocation, options, payloadFrom(value));
      invocation.restartTimer();
    } catch (error) {
      if (this.#close(invocation)) this.#answers.unsendable(invocation, error);
    }
  }

  #fail(invocation: Invocation, error: unknown): void {
    const { report, exposeErrors, errors } = this.#options;
    const what = `procedure ${invocation.procedure}`;
    if (!this.#close(invocation)) {
      if (!isEcho(error, invocation)) report(error, what, callLog(invocation));
      return;
    }
    try {
      const failure = failureOf(error, exposeErrors, errors);
      if (!failure.intended) report(error, what, callLog(invocation));
      this.#answers.error(invocation, failure);
    } catch (second) {
      this.#answers.unsendable(invocation, second);
    }
  }

  #open(message: InvocationMessage, uri: string, executed: Executed): PlainPayload {
    const { details, payload } = message;
    const { coding } = this.#options;
    if (!coding.concerns(details, payload)) return taken(payload);
    return coding.open(details, payload, { isOriginating: false, uri, what: `the call of ${uri}`, executed });
  }
}
