import 'reflect-metadata';
import type { StandardSchema } from '@wamp-run/protocol';
import type { AnyClass } from './records.js';
import { refuseStandardDecorators } from './records.js';
import type { WireType } from './wire-type.js';

/** What a field holds, in one word or as a class with fields of its own; `() => Class` for one that comes later in the file. */
export type FieldType = WireType | AnyClass | (() => AnyClass);

/** What `@field` takes. */
export interface FieldOptions {
  /** What it holds, where the declared type says less than there is to say: `integer` for a `number`. */
  type?: FieldType;
  /** What each element of a list holds. Default: anything. */
  of?: FieldType;
  /** Any Standard Schema, in place of a type. */
  schema?: StandardSchema;
  /** Whether it may be missing. The field then has what the class gives it. Default: false. */
  optional?: boolean;
  /** Whether it may be null. Default: false. */
  nullable?: boolean;
}

/** A field with what is known of it. */
export interface FieldRecord extends FieldOptions {
  readonly name: string;
  /** The declared type, as far as the compiler wrote it down. */
  readonly declared: unknown;
}

const FIELDS = Symbol.for('wamp-run.fields');

/**
 * Makes a property part of what a class is on the wire. A handler's parameter of such a class takes a dict with exactly
 * these keys, each checked, and gets an instance: made without arguments, then filled.
 *
 * @throws InvalidConfiguration where the compiler uses standard decorators instead of experimental ones
 * @example
 * ```ts
 * class Line {
 *   @field() article!: string;
 *   @field({ type: 'integer' }) quantity!: number;
 * }
 * class Order {
 *   @field({ of: Line }) lines!: Line[];
 *   @field({ optional: true }) note = '';
 * }
 * // @register('order') order(order: Order) {}
 * // 'order.lines[2].quantity' expected type=integer got=string
 * ```
 */
export function field(options: FieldOptions = {}): (prototype: object, name: string) => void {
  return (prototype, name) => {
    refuseStandardDecorators('field', name);
    const declared: unknown = Reflect.getMetadata('design:type', prototype, name);
    const records: FieldRecord[] = Reflect.getOwnMetadata(FIELDS, prototype) ?? [];
    Reflect.defineMetadata(FIELDS, [...records, { ...options, name, declared }], prototype);
  };
}

/** The fields of a class, those of its base classes first; one that is declared again replaces the earlier. */
export function fieldsOf(target: AnyClass): FieldRecord[] {
  const fields = new Map<string, FieldRecord>();
  const chain: object[] = [];
  for (let each: object | null = target.prototype as object | null; each !== null; each = Object.getPrototypeOf(each)) {
    chain.unshift(each);
  }
  for (const prototype of chain) {
    for (const record of (Reflect.getOwnMetadata(FIELDS, prototype) ?? []) as FieldRecord[])
      fields.set(record.name, record);
  }
  return [...fields.values()];
}

/** Whether something is a class whose instances arguments can be made into. */
export function hasFields(type: unknown): type is AnyClass {
  return typeof type === 'function' && typeof type.prototype === 'object' && fieldsOf(type as AnyClass).length > 0;
}
