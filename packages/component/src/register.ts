import type { RegisterOptions, SubscribeOptions } from '@wamp-run/client';
import { type AnyFunction, recordHandler, refuseStandardDecorators } from './records.js';

/** What `@register` and `@subscribe` both take besides the URI. */
export interface HandlerOptions {
  /** Whether the handler's arguments are checked against its declared types. Default: what `@component` says. */
  check?: boolean;
}

/** What `@register` takes besides the URI: what a session's `register` takes, too. */
export interface ProcedureOptions extends HandlerOptions, Omit<RegisterOptions, 'progressive' | 'onEnd'> {}

/** What `@subscribe` takes besides the topic: what a session's `subscribe` takes, too. */
export interface TopicOptions extends HandlerOptions, Omit<SubscribeOptions, 'onEnd'> {}

/** Decorates a method with a name. */
export type HandlerDecorator = <T extends (...args: never[]) => unknown>(
  prototype: object,
  method: string,
  descriptor: TypedPropertyDescriptor<T>,
) => void;

/**
 * Offers a method as a procedure. A URI without a dot, or with one in front, stands behind the component's prefix; any
 * other is absolute. Several on one method make several registrations. Methods of a base class count for each subclass
 * that has its own `@component`; a decorated override replaces what the base class says of that method.
 * The URI may have named parts: `CallDetails.params` has their values.
 *
 * @param uri default: the method's name
 * @throws InvalidConfiguration where the compiler uses standard decorators instead of experimental ones
 * @example
 * ```ts
 * @register('primes')
 * async *primes(limit: number, call: CallDetails): AsyncGenerator<number> {}
 *
 * @register('com.shop.orders.<id:int>.cancel', { invoke: 'roundrobin', concurrency: 10 })
 * cancel(reason: string, call: CallDetails): void {} // call.params.id
 * ```
 */
export function register(uri?: string, options: ProcedureOptions = {}): HandlerDecorator {
  return (prototype, member, descriptor) => {
    refuseStandardDecorators('register', member);
    recordHandler(prototype, { kind: 'procedure', uri, options, member, declared: methodIn(descriptor) });
  };
}

/**
 * Handles a topic's events with a method. URIs and inheritance as with `@register`. An event whose arguments do not have
 * the declared types never reaches the method: it goes to `onUserError`.
 *
 * @param topic default: the method's name
 * @throws InvalidConfiguration where the compiler uses standard decorators instead of experimental ones
 * @example
 * ```ts
 * @subscribe('com.example.tick')
 * onTick(count: number, event: EventDetails): void {}
 * ```
 */
export function subscribe(topic?: string, options: TopicOptions = {}): HandlerDecorator {
  return (prototype, member, descriptor) => {
    refuseStandardDecorators('subscribe', member);
    recordHandler(prototype, { kind: 'topic', uri: topic, options, member, declared: methodIn(descriptor) });
  };
}

/** Programs without types can put a decorator on anything: a field has no descriptor, an accessor no value. */
function methodIn(descriptor: PropertyDescriptor | undefined): AnyFunction | undefined {
  return typeof descriptor?.value === 'function' ? descriptor.value : undefined;
}
