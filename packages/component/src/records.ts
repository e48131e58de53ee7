import 'reflect-metadata';
import { InvalidConfiguration } from '@wamp-run/protocol';

/** A class that can be a component. */
export type ComponentClass = new (...injected: never[]) => object;

/** Any class, abstract ones too. */
export type AnyClass = abstract new (...args: never[]) => unknown;

/** Any function. */
export type AnyFunction = (...args: never[]) => unknown;

/** A record with the copy of this package that wrote it. */
export type Signed<R> = R & { readonly copy: symbol };

/** What one use of `@component` wrote down. */
export interface ComponentRecord {
  readonly options: unknown;
}

/** What one use of `@register` or `@subscribe` wrote down. */
export interface HandlerRecord {
  readonly kind: 'procedure' | 'topic';
  /** The URI as it stands in the decorator. */
  readonly uri: unknown;
  readonly options: unknown;
  readonly member: string | symbol;
  /** The method as it was when the decorator ran: a decorator above may have wrapped it since. Undefined for what is no method. */
  readonly declared: AnyFunction | undefined;
}

/** What one use of `@optional`, `@kwarg` or `@kwargs` wrote down. */
export interface ParameterRecord {
  readonly kind: 'optional' | 'kwarg' | 'kwargs';
  /** The keyword of `@kwarg`. */
  readonly keyword?: unknown;
  /** Undefined for a parameter of the constructor. */
  readonly member: string | symbol | undefined;
  readonly index: number;
}

// Registered symbols: a class decorated by another copy of this package is recognized, and can be named in an error.
const COMPONENT = Symbol.for('wamp-run.component');
const HANDLERS = Symbol.for('wamp-run.handlers');
const PARAMETERS = Symbol.for('wamp-run.parameters');

// Injected classes are told apart by identity, so that whoever decorates and whoever describes must be of one copy.
const THIS_COPY: symbol = Symbol('@wamp-run/component');

// As it was when this package was loaded.
const defineMetadata = Reflect.defineMetadata;

/**
 * What to say where metadata is missed and another copy of reflect-metadata has taken the place of the one that this
 * package loaded: each has a store of its own.
 */
export function twoCopies(): string | undefined {
  if (Reflect.defineMetadata === defineMetadata) return undefined;
  return 'another copy of reflect-metadata was loaded after @wamp-run/component, and what was written before is lost: install one copy (npm ls reflect-metadata), and import @wamp-run/component last';
}

/** The copy of this package that something was made by. */
export function signed<R>(record: R): Signed<R> {
  return { ...record, copy: THIS_COPY };
}

export function recordComponent(target: object, record: ComponentRecord): void {
  append(COMPONENT, target, { ...record, copy: THIS_COPY });
}

/** `owner`: the prototype, or the class itself for a static member. */
export function recordHandler(owner: object, record: HandlerRecord): void {
  append(HANDLERS, owner, { ...record, copy: THIS_COPY });
}

/** `owner`: the prototype, or the class itself for its constructor and for static members. */
export function recordParameter(owner: object, record: ParameterRecord): void {
  append(PARAMETERS, owner, record);
}

export function componentRecords(target: object): readonly Signed<ComponentRecord>[] {
  return Reflect.getOwnMetadata(COMPONENT, target) ?? [];
}

export function handlerRecords(owner: object): readonly Signed<HandlerRecord>[] {
  return Reflect.getOwnMetadata(HANDLERS, owner) ?? [];
}

export function parameterRecords(owner: object): readonly ParameterRecord[] {
  return Reflect.getOwnMetadata(PARAMETERS, owner) ?? [];
}

/** What to say of a record of another copy of this package, or undefined. */
export function foreignCopy({ copy }: Signed<unknown>): string | undefined {
  if (copy === THIS_COPY) return undefined;
  return 'was decorated by another copy of @wamp-run/component; install one copy for the service and all that it imports';
}

/** The types that the compiler wrote down for a method's parameters, or for a constructor's. */
export function parameterTypes(owner: object, member?: string | symbol): readonly unknown[] | undefined {
  return member === undefined
    ? Reflect.getMetadata('design:paramtypes', owner)
    : Reflect.getOwnMetadata('design:paramtypes', owner, member);
}

/**
 * The one thing that decorators refuse at once: a compiler that calls them by the other, standard protocol gives them
 * nothing to write a record on.
 */
export function refuseStandardDecorators(decorator: string, context: unknown): void {
  if (typeof context !== 'object' || context === null || !('kind' in context)) return;
  throw new InvalidConfiguration(
    `@${decorator} was called as a standard decorator; set "experimentalDecorators": true and "emitDecoratorMetadata": true in the tsconfig.json that covers the file`,
  );
}

function append(key: symbol, target: object, record: unknown): void {
  const records: unknown[] = Reflect.getOwnMetadata(key, target) ?? [];
  Reflect.defineMetadata(key, [...records, record], target);
}
