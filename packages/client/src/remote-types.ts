import type { CallDetails } from './call-details.js';
import type { CallResult } from './call-result.js';
import type { EventDetails } from './event-details.js';

/** A function of whatever kind. */
type AnyFunction = (...args: never[]) => unknown;

/** What a component has for itself: nobody calls it from afar. */
type Hook =
  | 'onConnect'
  | 'onChallenge'
  | 'onWelcome'
  | 'onJoin'
  | 'onReady'
  | 'onLeave'
  | 'onDisconnect'
  | 'onUserError'
  | 'dispose';

/**
 * The methods of a component, or of an interface, as callers see them: without the parameters that are filled in at the
 * other side, with a promise of each result, and with an async generator where there are progressive results.
 */
export type Remote<C> = {
  readonly [M in keyof C as C[M] extends AnyFunction ? Exclude<M, Hook> : never]: RemoteMethod<C[M]>;
};

/** One method as callers see it. */
export type RemoteMethod<F> = F extends (...args: infer A) => infer R
  ? (...args: RemoteArguments<A>) => RemoteResult<R>
  : never;

/** In the common cases, no details or details at the end, the names of the parameters stay what they are. */
type RemoteArguments<A extends readonly unknown[]> =
  true extends HasDetails<A[number]>
    ? A extends [...infer Before, CallDetails]
      ? true extends HasDetails<Before[number]>
        ? WithoutDetails<Before>
        : Before
      : WithoutDetails<A>
    : A;

/** Of each member of a union whether it is details; `any` and `unknown` are not. */
type HasDetails<T> = unknown extends T ? false : T extends CallDetails | EventDetails ? true : false;

type WithoutDetails<A extends readonly unknown[]> = A extends readonly []
  ? []
  : A extends readonly [infer First, ...infer Rest]
    ? true extends HasDetails<First>
      ? WithoutDetails<Rest>
      : [First, ...WithoutDetails<Rest>]
    : A extends readonly [(infer First)?, ...infer Rest]
      ? number extends A['length']
        ? A
        : true extends HasDetails<First>
          ? WithoutDetails<Rest>
          : [First?, ...WithoutDetails<Rest>]
      : A;

/** What calling gives. */
export type RemoteResult<R> =
  Settled<R> extends AsyncGenerator<infer P, infer Last>
    ? AsyncGenerator<Sent<P>, Sent<Last>, undefined>
    : Promise<Sent<Settled<R>>>;

type Settled<R> = R extends PromiseLike<infer V> ? Settled<V> : R;

/** What is left of a value behind the wire: what has `toJSON` travels as that; several values come as they are. */
type Sent<T> = unknown extends T ? T : T extends CallResult ? unknown : T extends { toJSON(): infer J } ? J : T;

/** The methods that give async generators: where nothing but a type is known, they have to be named. */
export type StreamNames<C> = {
  [M in keyof Remote<C>]: ReturnType<Extract<Remote<C>[M], AnyFunction>> extends AsyncGenerator ? M : never;
}[keyof Remote<C>];
