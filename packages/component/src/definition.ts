import type {
  CallDetails,
  CallResult,
  CloseDetails,
  DisconnectDetails,
  EventDetails,
  Keywords,
  RegisterOptions,
  Session,
  SessionDetails,
  SubscribeOptions,
} from '@wamp-run/client';
import type {
  ContractCarrier,
  Dict,
  Logger,
  LoginAnswer,
  LoginChallenge,
  LoginContext,
  SchemaInput,
  StandardSchema,
  TransportDetails,
} from '@wamp-run/protocol';
import type { ArgumentType, Given, ItemType, Received } from './argument-type.js';
import type { ComponentOptions } from './component.js';
import type { ComponentConfig } from './component-config.js';
import type { ConfiguredUri } from './configured-uri.js';
import type { ComponentDescription } from './description.js';
import type { Inject } from './provider.js';
import type { AnyFunction } from './records.js';

/** The positional arguments of a handler. */
export type ArgumentTypes = readonly ArgumentType[];

/** Its keyword arguments: a type for each, or `anything` for whatever comes. */
export type KeywordTypes = Readonly<Record<string, ArgumentType>> | 'anything';

type ReceivedList<A extends ArgumentTypes> = { -readonly [I in keyof A]: Received<A[I]> };
/** One parameter with all that is left of the arguments, where there is to be any. */
type ReceivedRest<I extends ItemType> = [I] extends [never] ? [] : [rest: Received<I>[]];
type ReceivedKeywords<K extends KeywordTypes> = K extends 'anything'
  ? Dict
  : { readonly [Name in keyof K]: Received<K[Name]> };

/** What `setup` gets: what a constructor can have injected. */
export interface SetupContext {
  readonly config: ComponentConfig;
  readonly session: Session;
  readonly log: Logger;
  /** Gives anything else that can be injected, while `setup` runs. */
  readonly inject: Inject;
}

/** The last parameter of a procedure's handler. */
export interface CallContext<Deps = unknown, K extends KeywordTypes = 'anything'> {
  readonly call: CallDetails;
  /** The keyword arguments. */
  readonly kwargs: ReceivedKeywords<K>;
  /** What `setup` returned. */
  readonly deps: Deps;
}

/** The last parameter of a topic's handler. */
export interface EventContext<Deps = unknown, K extends KeywordTypes = 'anything'> {
  readonly event: EventDetails;
  /** The keyword arguments. */
  readonly kwargs: ReceivedKeywords<K>;
  /** What `setup` returned. */
  readonly deps: Deps;
}

interface DefinedOptions<A extends ArgumentTypes, K extends KeywordTypes, I extends ItemType> {
  /** What each positional argument is. Default: there are none. */
  readonly args?: A;
  /**
   * What each of the arguments behind those is. The handler gets them as one list, behind the others. Default: there are
   * none.
   */
  readonly rest?: I;
  /** What each keyword argument is. Default: there are none. */
  readonly kwargs?: K;
  /** Whether arguments are checked. Default: what the component says. */
  readonly check?: boolean;
}

/** What `procedure` takes besides the URI: what a session's `register` takes, too. */
export interface DefinedProcedureOptions<
  A extends ArgumentTypes = ArgumentTypes,
  K extends KeywordTypes = KeywordTypes,
  R extends StandardSchema = StandardSchema,
  P extends StandardSchema = StandardSchema,
  I extends ItemType = ItemType,
> extends DefinedOptions<A, K, I>,
    Omit<RegisterOptions, 'progressive' | 'onEnd'> {
  /** Whether calling it twice does no more than calling it once: callers make a lost call again. Default: false. */
  readonly idempotent?: boolean;
  /** A schema for the result. One that does not fit is reported, and the caller gets `wamp.error.runtime_error`. */
  readonly result?: R;
  /** A schema for each progressive result. */
  readonly progress?: P;
}

/** What `topic` takes besides the topic: what a session's `subscribe` takes, too. */
export interface DefinedTopicOptions<
  A extends ArgumentTypes = ArgumentTypes,
  K extends KeywordTypes = KeywordTypes,
  I extends ItemType = ItemType,
> extends DefinedOptions<A, K, I>,
    Omit<SubscribeOptions, 'onEnd'> {}

/** What a handler may return, where schemas say so. */
type Returned<R extends StandardSchema, P extends StandardSchema> =
  | SchemaInput<R>
  | CallResult
  | PromiseLike<SchemaInput<R> | CallResult>
  | AsyncGenerator<SchemaInput<P> | CallResult, SchemaInput<R> | CallResult, undefined>;

/** Arguments of a caller: those that take undefined at the end may be left out, and so may keywords. */
type GivenList<A extends readonly unknown[]> = A extends readonly [...infer Init, infer Last]
  ? undefined extends Given<Last>
    ? [...GivenList<Init>, Given<Last>?]
    : { -readonly [I in keyof A]: Given<A[I]> }
  : [];

type GivenKeywords<K extends KeywordTypes> = K extends 'anything'
  ? { [keyword: string]: unknown }
  : { [N in keyof K as undefined extends Given<K[N]> ? never : N]: Given<K[N]> } & {
      [N in keyof K as undefined extends Given<K[N]> ? N : never]?: Given<K[N]>;
    };

/** A caller's view: positional arguments, then an object with the keyword arguments, where there are any. */
type CallerArguments<A extends ArgumentTypes, K extends KeywordTypes, I extends ItemType> = [I] extends [never]
  ? CallerArgumentsAlone<A, K>
  : CallerArgumentsAndRest<A, K, I>;

type CallerArgumentsAlone<A extends ArgumentTypes, K extends KeywordTypes> = K extends 'anything'
  ? [...GivenList<A>, kwargs?: GivenKeywords<K>]
  : [keyof K] extends [never]
    ? GivenList<A>
    : // biome-ignore lint/complexity/noBannedTypes: what takes nothing may be left out
      {} extends GivenKeywords<K>
      ? [...GivenList<A>, kwargs?: GivenKeywords<K>]
      : [...{ -readonly [I in keyof A]: Given<A[I]> }, kwargs: GivenKeywords<K>];

/** Behind any number of arguments an object would be one of them: keyword arguments are told from them by `Keywords`. */
type CallerArgumentsAndRest<A extends ArgumentTypes, K extends KeywordTypes, I extends ItemType> =
  | (K extends 'anything'
      ? [...GivenList<A>, ...rest: Given<I>[]]
      : OptionalKeywords<K, [...GivenList<A>, ...rest: Given<I>[]]>)
  | ([keyof K] extends [never]
      ? never
      : [...{ -readonly [P in keyof A]: Given<A[P]> }, ...rest: Given<I>[], kwargs: Keywords<GivenKeywords<K>>]);

/** A list without keyword arguments, where none is needed. */
// biome-ignore lint/complexity/noBannedTypes: what takes nothing may be left out
type OptionalKeywords<K extends KeywordTypes, L> = {} extends GivenKeywords<K> ? L : never;

/** No keyword is named. */
// biome-ignore lint/complexity/noBannedTypes: nothing that has keys
export type NoKeywords = {};

/** One handler of a component without decorators. */
export interface OfferedHandler {
  readonly kind: 'procedure' | 'topic';
  readonly uri: string | ConfiguredUri;
  readonly options: DefinedProcedureOptions | DefinedTopicOptions;
  readonly handler: AnyFunction;
}

/** A procedure, with what callers see of it. */
export interface OfferedProcedure<N extends string = string, F = unknown> extends OfferedHandler {
  readonly kind: 'procedure';
  /** Never there at run time: what the compiler reads. */
  readonly called?: { readonly name: N; readonly method: F };
}

/** A topic. */
export interface OfferedTopic extends OfferedHandler {
  readonly kind: 'topic';
}

/** What `offer` gets. */
export interface Offers<Deps> {
  /**
   * Offers a procedure. The URI is read as that of `@register`, and is the method's name for callers.
   *
   * @param handler gets the arguments, then the list of the `rest`, where there is to be one, then the context
   */
  procedure<
    const N extends string,
    const A extends ArgumentTypes = readonly [],
    const K extends KeywordTypes = NoKeywords,
    R extends StandardSchema = StandardSchema<unknown>,
    P extends StandardSchema = StandardSchema<unknown>,
    Out extends Returned<R, P> = Returned<R, P>,
    const I extends ItemType = never,
  >(
    uri: N | ConfiguredUri,
    options: DefinedProcedureOptions<A, K, R, P, I>,
    handler: (...args: [...ReceivedList<A>, ...ReceivedRest<I>, context: CallContext<Deps, K>]) => Out,
  ): OfferedProcedure<N, (...args: CallerArguments<A, K, I>) => Out>;

  /**
   * Handles a topic's events. The URI is read as that of `@subscribe`.
   *
   * @param handler gets the arguments, then the context
   */
  topic<
    const A extends ArgumentTypes = readonly [],
    const K extends KeywordTypes = NoKeywords,
    const I extends ItemType = never,
  >(
    topic: string | ConfiguredUri,
    options: DefinedTopicOptions<A, K, I>,
    handler: (...args: [...ReceivedList<A>, ...ReceivedRest<I>, context: EventContext<Deps, K>]) => unknown,
  ): OfferedTopic;
}

/** What `defineComponent` takes: what `@component` takes, and in place of a class its parts. */
export interface DefineOptions<Deps, O extends readonly OfferedHandler[]> extends ComponentOptions {
  readonly name: string;
  /** Makes what the handlers work with, once for each life of the component. What takes time belongs into `onJoin`. */
  readonly setup?: (context: SetupContext) => Deps;
  /** Ends what `setup` made. */
  readonly dispose?: (deps: Deps) => void | PromiseLike<void>;
  /** The handlers. Called when the component is described: what they work with comes with each call. */
  readonly offer?: (offers: Offers<Deps>) => O;
  readonly onConnect?: (transport: TransportDetails, deps: Deps) => unknown;
  readonly onChallenge?: (
    challenge: LoginChallenge,
    context: LoginContext,
    deps: Deps,
  ) => LoginAnswer | PromiseLike<LoginAnswer>;
  readonly onWelcome?: (details: SessionDetails, deps: Deps) => unknown;
  readonly onJoin?: (details: SessionDetails, deps: Deps) => unknown;
  readonly onReady?: (deps: Deps) => unknown;
  readonly onLeave?: (details: CloseDetails, deps: Deps) => unknown;
  readonly onDisconnect?: (details: DisconnectDetails, deps: Deps) => unknown;
  readonly onUserError?: (error: unknown, what: string, deps: Deps) => unknown;
}

/**
 * The methods of a component as callers name them: by the URI in front of the handler. Where a function gives that, the
 * compiler knows no name, and callers have the procedure by its URI alone.
 */
export type MethodsOf<O extends readonly OfferedHandler[]> = {
  readonly [E in O[number] as NameIn<E>]: E extends OfferedProcedure<string, infer F> ? F : never;
};

type NameIn<E> = E extends OfferedProcedure<infer N> ? (string extends N ? never : N) : never;

// A registered symbol: a value made by another copy of this package is recognized, and can be named in an error.
export const DEFINITION: unique symbol = Symbol.for('wamp-run.definition');

/**
 * A component without a class: what a file exports, and what callers hand to `session.remote`.
 *
 * @typeParam M its methods as callers see them
 */
export interface ComponentDefinition<M = unknown> extends ContractCarrier<M> {
  readonly [DEFINITION]: { readonly options: unknown; readonly copy: symbol; description?: ComponentDescription };
}

/** Whether something is what `defineComponent` gives, of whatever copy of this package. */
export function isDefinition(value: unknown): value is ComponentDefinition {
  return typeof value === 'object' && value !== null && DEFINITION in value;
}
