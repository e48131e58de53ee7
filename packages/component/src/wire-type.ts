import { typeName, type Value } from '@wamp-run/protocol';

/** A type that metadata can name and a value can be checked for, in the words of errors. */
export type WireType = 'number' | 'string' | 'boolean' | 'list' | 'binary' | 'integer';

const WIRE_TYPES: ReadonlyMap<unknown, WireType> = new Map<unknown, WireType>([
  [Number, 'number'],
  [String, 'string'],
  [Boolean, 'boolean'],
  [Array, 'list'],
  [Uint8Array, 'binary'],
  [BigInt, 'integer'],
]);

/**
 * What a parameter's metadata says for certain. `Object` (unions, interfaces, aliases), classes, enums and missing
 * entries say nothing.
 */
export function wireTypeOf(metadata: unknown): WireType | undefined {
  return WIRE_TYPES.get(metadata);
}

/**
 * Whether a value has a type. `number` takes every finite number, whole or not; `integer` (a `bigint` parameter) takes
 * whole numbers of both kinds, because integers up to 2^53 arrive as `number`. Nothing is converted.
 */
export function hasType(value: Value, type: WireType): boolean {
  switch (type) {
    case 'number':
      return Number.isFinite(value);
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value);
    case 'binary':
      return value instanceof Uint8Array;
    case 'integer':
      return typeof value === 'bigint' || Number.isInteger(value);
  }
}

/** What an error calls a value. */
export function wordFor(value: Value): string {
  if (typeof value !== 'number') return typeName(value);
  return Number.isFinite(value) ? 'number' : String(value);
}
