/**
 * What a message can carry. The same on every wire and in memory (the rules are applied by `portable`):
 * integers beyond ±2^53 are bigint, bytes are Uint8Array, -0 is 0.
 */
export type Value = null | boolean | number | bigint | string | Uint8Array | Value[] | Dict;

/** A dictionary with string keys. `__proto__` is a key like any other. */
export interface Dict {
  [key: string]: Value;
}

/** Nesting deeper than this is refused when sending and when receiving (levels of lists and dicts, args included). */
export const MAX_DEPTH = 128;

/** A dict and nothing else: not null, not a list, not bytes. */
export function isDict(value: unknown): value is Dict {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** Sets an own key, also when it is called `__proto__`, which plain assignment would send to the prototype. */
export function setKey(dict: Dict, key: string, value: Value): void {
  if (key === '__proto__') {
    Object.defineProperty(dict, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    dict[key] = value;
  }
}

/** The word for a value in messages to people: `dict`, `list`, `string`, `integer`, … */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Uint8Array) return 'binary';
  switch (typeof value) {
    case 'object':
      return 'dict';
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'float';
    case 'bigint':
      return 'integer';
    default:
      return typeof value;
  }
}
