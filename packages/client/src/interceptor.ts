import type { Dict, Logger, Value } from '@wamp-run/protocol';
import type { CallDetails } from './call-details.js';
import type { CallArguments } from './caller.js';
import type { EventDetails } from './event-details.js';
import type { CallOptions, PublishOptions } from './options.js';
import type { Publication } from './publication.js';

/** A call on its way out. */
export interface InterceptedCall {
  readonly procedure: string;
  /** A list, or one list after another. */
  readonly args: CallArguments | undefined;
  /** Keyword arguments are `kwargs` of these, as for `Session.call`. */
  readonly options: CallOptions;
  /** The log of the client; in a runtime that of the component. */
  readonly log: Logger;
}

/** A publication on its way out. */
export interface InterceptedPublication {
  readonly topic: string;
  readonly args: readonly unknown[] | undefined;
  /** Keyword arguments are `kwargs` of these, as for `Session.publish`. */
  readonly options: PublishOptions;
  /** The log of the client; in a runtime that of the component. */
  readonly log: Logger;
}

/** A call that has come in, and that a procedure of this session is to answer. */
export interface InterceptedInvocation {
  /** A list; one list after another where the procedure is registered with `progressive: true`. */
  readonly args: Value[] | AsyncIterable<Value[]>;
  readonly kwargs: Dict;
  /** Who calls what; `details.log` is a log with these. `details.with(…)` makes changed ones. */
  readonly details: CallDetails;
}

/** An event that has come in, for one handler. */
export interface InterceptedEvent {
  readonly args: Value[];
  readonly kwargs: Dict;
  /** Who publishes what; `details.log` is a log with these. `details.with(…)` makes changed ones. */
  readonly details: EventDetails;
}

/**
 * Code of one's own around what a session does: logging, tracing, authorization, rules of the house. A plain object or
 * an instance of a class, with any of these methods.
 *
 * `next()` hands on to the next interceptor, and behind the last to the session or the handler; `next(changed)` hands on
 * something else instead. Who does not ask for it answers itself. What a method throws is the error of the call, or of
 * the handler: an ApplicationError is told to the caller, as one of the procedure would be.
 *
 * The first of several is the outermost: the first to see a call go out and an invocation come in, and the last to see
 * what comes of it. All of them see arguments as they are outside of encryption, and before the types of a component's
 * method are checked.
 *
 * @example
 * const logging: Interceptor = {
 *   async invocation({ details }, next) {
 *     details.log.info('called');
 *     return next();
 *   },
 * };
 * @example
 * const authorization: Interceptor = {
 *   invocation({ details }, next) {
 *     if (details.callerAuthrole === 'guest') throw new ApplicationError('wamp.error.not_authorized');
 *     return next();
 *   },
 * };
 * @example
 * const tracing: Interceptor = {
 *   call: (call, next) => next({ ...call, options: { ...call.options, kwargs: { ...call.options.kwargs, trace } } }),
 * };
 */
export interface Interceptor {
  /**
   * Around `call`, and what calls for it: `stream` and the methods of `remote`. Once for each call, however often that is
   * tried again. Progressive results go to `options.onProgress`, which may be put into another; `options.signal` aborts
   * when the caller no longer wants the call. Its time begins when the last interceptor hands it on; the interceptors
   * together have as long before that, and as long when it has come back. Beyond that the call rejects with Timeout, and so
   * does a `next` that is asked for later: nothing is sent any more.
   *
   * @returns what the caller gets: with `details: true` a CallResult
   */
  call?(call: InterceptedCall, next: (changed?: InterceptedCall) => Promise<unknown>): unknown;

  /**
   * Around `publish`, at once: without `acknowledge` nobody waits, `next` gives undefined, and what it throws can be let
   * through to the publisher. Where a promise is returned then, what it rejects with is reported to `onUserError`; and
   * who waits before `next` lets later publications overtake.
   *
   * @returns what `next` gave, or for an acknowledged publication a promise of another Publication
   */
  publication?(
    publication: InterceptedPublication,
    next: (changed?: InterceptedPublication) => Promise<Publication> | undefined,
  ): unknown;

  /**
   * Around the handler of a procedure, within its `concurrency`. `details.signal` aborts when nobody waits for the answer
   * any more; after that `next` rejects, and the handler does not begin.
   *
   * @returns the result; of an async generator `next` gives the generator itself, which has not begun by then
   */
  invocation?(invocation: InterceptedInvocation, next: (changed?: InterceptedInvocation) => Promise<unknown>): unknown;

  /** Around the handler of an event, once for each handler. Without `next` that handler does not get the event. */
  event?(event: InterceptedEvent, next: (changed?: InterceptedEvent) => Promise<unknown>): unknown;
}
