import type { CallDetails, CallResult, EventDetails, RegisterOptions, SubscribeOptions } from '@wamp-run/client';
import type { SchemaInput, SchemaOutput, StandardSchema } from '@wamp-run/protocol';
import type { ItemType, Received } from './argument-type.js';
import type { ConfiguredUri } from './configured-uri.js';
import { type AnyFunction, recordHandler, refuseStandardDecorators } from './records.js';

/** Schemas of positional arguments, in their order: the first is for the first parameter that is no keyword and no details. */
export type ArgumentSchemas = readonly StandardSchema[];

/** What `@register` and `@subscribe` both take besides the URI. */
export interface HandlerOptions<A extends ArgumentSchemas = ArgumentSchemas, I extends ItemType = ItemType> {
  /** Whether the handler's arguments are checked against its declared types. Default: what `@component` says. */
  check?: boolean;
  /**
   * Any Standard Schema (zod, valibot, arktype, …) for each positional argument, or for the first ones. The method gets
   * what the schema makes of the value, and the compiler refuses a parameter of another type. An argument whose schema
   * takes `undefined` may be missing.
   */
  args?: A | undefined;
  /**
   * What each item of the rest parameter is: a word (`number`, `string`, …), a schema, or a class with `@field`s. Compilers
   * disagree on what they write of rest parameters, so that without it their items are not checked.
   */
  rest?: I | undefined;
  /** The same for keyword arguments: each belongs to a parameter with `@kwarg`. */
  kwargs?: Readonly<Record<string, StandardSchema>> | undefined;
}

/** What `@register` takes besides the URI: what a session's `register` takes, too. */
export interface ProcedureOptions<
  A extends ArgumentSchemas = ArgumentSchemas,
  R extends StandardSchema = StandardSchema,
  P extends StandardSchema = StandardSchema,
  I extends ItemType = ItemType,
> extends HandlerOptions<A, I>,
    Omit<RegisterOptions, 'progressive' | 'onEnd'> {
  /**
   * Whether calling it twice does no more than calling it once: callers by `session.remote` then make a call again that was
   * lost on the way. Default: false.
   */
  idempotent?: boolean | undefined;
  /** A schema for the result. One that does not fit is reported, and the caller gets `wamp.error.runtime_error`. */
  result?: R | undefined;
  /** A schema for each progressive result of an async generator. */
  progress?: P | undefined;
}

/** What `@subscribe` takes besides the topic: what a session's `subscribe` takes, too. */
export interface TopicOptions<A extends ArgumentSchemas = ArgumentSchemas, I extends ItemType = ItemType>
  extends HandlerOptions<A, I>,
    Omit<SubscribeOptions, 'onEnd'> {}

/** Decorates a method with a name. */
export type HandlerDecorator = <T extends AnyFunction>(
  prototype: object,
  method: string,
  descriptor: TypedPropertyDescriptor<T>,
) => void;

/** Decorates a method with a name, whose parameters and results have the types of the schemas. */
export type CheckedHandlerDecorator<A extends ArgumentSchemas, R, P, I = never> = <T extends AnyFunction>(
  prototype: object,
  method: string,
  descriptor: TypedPropertyDescriptor<T> & Agreement<T, A, R, P, I>,
) => void;

/** Anything, or what no descriptor has: the compiler's error says in what the method and its schemas disagree. */
type Agreement<T extends AnyFunction, A extends ArgumentSchemas, R, P, I> =
  WireParameters<Parameters<T>> extends infer W extends unknown[]
    ? Outputs<A> extends Leading<W, A>
      ? [Received<I>] extends [RestItem<W>]
        ? ResultOf<ReturnType<T>> extends SchemaInput<R> | CallResult
          ? YieldOf<ReturnType<T>> extends SchemaInput<P> | CallResult
            ? unknown
            : { 'what the method yields is not what the schema of its progress takes': YieldOf<ReturnType<T>> }
          : { 'what the method returns is not what the schema of its result takes': ResultOf<ReturnType<T>> }
        : { 'the rest parameter does not take what its items are said to be': Received<I> }
      : { 'the schemas of the arguments do not give what the parameters take': Outputs<A> }
    : never;

/** Parameters less those that are filled in by type. */
type WireParameters<P extends readonly unknown[]> = P extends readonly [infer First, ...infer Rest]
  ? IsDetails<First> extends true
    ? WireParameters<Rest>
    : [First, ...WireParameters<Rest>]
  : P extends readonly []
    ? []
    : P;

/** `any` is a wire argument like another. */
type IsDetails<T> = unknown extends T ? false : [T] extends [CallDetails | EventDetails] ? true : false;

type Outputs<A extends ArgumentSchemas> = { -readonly [K in keyof A]: SchemaOutput<A[K]> };

/** As many parameters as there are schemas. */
type Leading<W extends readonly unknown[], A extends readonly unknown[]> = {
  [K in keyof A]: K extends keyof W ? W[K] : W extends readonly (infer Rest)[] ? Rest : never;
};

/** What a rest parameter takes of each item; nothing at all where there is none. */
type RestItem<W extends readonly unknown[]> = number extends W['length']
  ? W extends readonly [unknown, ...infer Left]
    ? RestItem<Left>
    : W extends readonly [unknown?, ...infer Left]
      ? [Left, W] extends [W, Left]
        ? W[number]
        : RestItem<Left>
      : never
  : never;

type ResultOf<R> =
  R extends AsyncGenerator<unknown, infer Last> ? Last : R extends PromiseLike<infer Value> ? ResultOf<Value> : R;

type YieldOf<R> =
  R extends AsyncGenerator<infer Part> ? Part : R extends PromiseLike<infer Value> ? YieldOf<Value> : never;

/**
 * Offers a method as a procedure. A URI without a dot, or with one in front, stands behind the component's prefix; any
 * other is absolute. Several on one method make several registrations. Methods of a base class count for each subclass
 * that has its own `@component`; a decorated override replaces what the base class says of that method.
 * The URI may have named parts: `CallDetails.params` has their values.
 *
 * @param uri default: the method's name; a function where it depends on the component's configuration
 * @throws InvalidConfiguration where the compiler uses standard decorators instead of experimental ones
 * @example
 * ```ts
 * @register(({ extra }) => `com.example.${extra.shop}.primes`)
 * async *primes(limit: number, call: CallDetails): AsyncGenerator<number> {}
 *
 * @register('com.shop.orders.<id:int>.cancel', { invoke: 'roundrobin', concurrency: 10 })
 * cancel(reason: string, call: CallDetails): void {} // call.params.id
 *
 * @register('divide', { args: [z.number(), z.number().refine((n) => n !== 0)] })
 * divide(a: number, b: number): number {}
 *
 * @register('sum', { rest: 'number' })
 * sum(label: string, ...numbers: number[]): number {}
 * ```
 */
export function register(uri?: string | ConfiguredUri): HandlerDecorator;
export function register<
  const A extends ArgumentSchemas = readonly [],
  R extends StandardSchema = StandardSchema<unknown>,
  P extends StandardSchema = StandardSchema<unknown>,
  const I extends ItemType = never,
>(uri: string | ConfiguredUri | undefined, options: ProcedureOptions<A, R, P, I>): CheckedHandlerDecorator<A, R, P, I>;
export function register(uri?: string | ConfiguredUri, options: ProcedureOptions = {}): HandlerDecorator {
  return (prototype, member, descriptor) => {
    refuseStandardDecorators('register', member);
    recordHandler(prototype, { kind: 'procedure', uri, options, member, declared: methodIn(descriptor) });
  };
}

/**
 * Handles a topic's events with a method. URIs and inheritance as with `@register`. An event whose arguments do not have
 * the declared types never reaches the method: it goes to `onUserError`.
 *
 * @param topic default: the method's name; a function where it depends on the component's configuration
 * @throws InvalidConfiguration where the compiler uses standard decorators instead of experimental ones
 * @example
 * ```ts
 * @subscribe('com.example.tick')
 * onTick(count: number, event: EventDetails): void {}
 * ```
 */
export function subscribe(topic?: string | ConfiguredUri): HandlerDecorator;
export function subscribe<const A extends ArgumentSchemas = readonly [], const I extends ItemType = never>(
  topic: string | ConfiguredUri | undefined,
  options: TopicOptions<A, I>,
): CheckedHandlerDecorator<A, StandardSchema<unknown>, StandardSchema<unknown>, I>;
export function subscribe(topic?: string | ConfiguredUri, options: TopicOptions = {}): HandlerDecorator {
  return (prototype, member, descriptor) => {
    refuseStandardDecorators('subscribe', member);
    recordHandler(prototype, { kind: 'topic', uri: topic, options, member, declared: methodIn(descriptor) });
  };
}

/** Programs without types can put a decorator on anything: a field has no descriptor, an accessor no value. */
function methodIn(descriptor: PropertyDescriptor | undefined): AnyFunction | undefined {
  return typeof descriptor?.value === 'function' ? descriptor.value : undefined;
}
