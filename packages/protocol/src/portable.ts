import { SerializationError } from './errors.js';
import { type Dict, isDict, MAX_DEPTH, setKey, type Value } from './value.js';

/** How `portable` hands values back. */
export interface PortableOptions {
  /** `true`: every list, dict and byte array is new, so that the receiver can change it freely. Default: only where something changed. */
  copy?: boolean;
  /**
   * What to make of a number that an encoder would write wrongly: called for integers outside ±(2^31 - 1), and for bigints.
   * A serializer whose library writes large integers as floats gives a bigint here. Default: the value itself.
   */
  wide?: (value: number | bigint) => Value;
  /** What to make of bytes. Default: the bytes (a copy with `copy`). */
  bytes?: (value: Uint8Array) => Value;
}

/**
 * As a receiver in the same process gets them: everything new, and bytes as plain Uint8Array, as they come off every wire (the
 * copy of a Buffer would else be a Buffer again).
 */
export const COPY: PortableOptions = { copy: true, bytes: (bytes) => new Uint8Array(bytes) };

/** Half of a surrogate pair: no character, and nothing that UTF-8 could carry. */
const HALF_PAIR = /\p{Surrogate}/u;
const HALF_PAIRS = /\p{Surrogate}/gu;
const LARGEST = 2 ** 53;
const NARROW = 2 ** 31 - 1;

/**
 * Brings any JavaScript value under the rules of `Value`, or throws a SerializationError that names the path:
 * integers beyond ±2^53 as bigint and all others as number, -0 as 0, undefined members dropped (in lists: null),
 * what has `toJSON` as what that gives, another class instance as its own enumerable properties, half a surrogate pair
 * as U+FFFD.
 * Map, Set, functions, symbols, promises, NaN and infinities cannot travel.
 *
 * @param value what the application handed in
 * @param name what the path in an error begins with (`args`, `kwargs`)
 */
export function portable(value: unknown, name: string, options: PortableOptions = {}): Value {
  try {
    return walk(value, options, '', 0);
  } catch (error) {
    if (error instanceof Unportable) {
      throw new SerializationError(`${name}${error.path}: ${error.message}`, { cause: error.cause });
    }
    throw error;
  }
}

/** Thrown inside the walk; each level puts its own step before the path. */
class Unportable extends Error {
  path = '';
}

function walk(value: unknown, options: PortableOptions, key: string, depth: number): Value {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      // A serializer does this as it writes; only what is handed over as it is needs it here.
      return options.copy === true && HALF_PAIR.test(value) ? value.replaceAll(HALF_PAIRS, '\uFFFD') : value;
    case 'number':
      return walkNumber(value, options);
    case 'bigint':
      if (value <= LARGEST && value >= -LARGEST) return walkNumber(Number(value), options);
      return options.wide === undefined ? value : options.wide(value);
    case 'undefined':
      return null;
    case 'object':
      if (value === null) return null;
      return walkObject(value, options, key, depth);
    default:
      throw new Unportable(`a ${typeof value} cannot travel; send plain data`);
  }
}

function walkNumber(value: number, options: PortableOptions): Value {
  if (value === 0) return 0;
  if (value <= NARROW && value >= -NARROW) return value;
  if (!Number.isFinite(value)) throw new Unportable(`${value} cannot travel; send null or leave it out`);
  return options.wide !== undefined && Number.isInteger(value) ? options.wide(value) : value;
}

function walkObject(value: object, options: PortableOptions, key: string, depth: number): Value {
  if (value instanceof Uint8Array) return walkBytes(value, options);
  if (depth >= MAX_DEPTH) throw new Unportable(`nested deeper than ${MAX_DEPTH} levels (or in a circle)`);
  if (Array.isArray(value)) return walkList(value, options, depth);
  const toJSON = read(value, 'toJSON');
  if (typeof toJSON === 'function') return walk(toJSON.call(value, key), options, key, depth + 1);
  const refused = refusal(value);
  if (refused !== undefined) throw new Unportable(refused);
  return walkDict(value, options, depth);
}

function walkBytes(value: Uint8Array, options: PortableOptions): Value {
  if (options.bytes !== undefined) return options.bytes(value);
  if (options.copy === true) return new Uint8Array(value);
  // A Buffer is handed on as the Uint8Array it stands on: the same bytes, and the type that was promised.
  if (Object.getPrototypeOf(value) === Uint8Array.prototype) return value;
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

function walkList(list: readonly unknown[], options: PortableOptions, depth: number): Value[] {
  let copy: Value[] | undefined = options.copy === true ? new Array(list.length) : undefined;
  let index = 0;
  try {
    for (; index < list.length; index++) {
      const item = list[index];
      const made = walk(item, options, '', depth + 1);
      if (copy !== undefined) {
        copy[index] = made;
      } else if (!Object.is(made, item)) {
        copy = list.slice(0, index) as Value[];
        copy[index] = made;
      }
    }
  } catch (error) {
    throw at(error, `[${index}]`);
  }
  return copy ?? (list as Value[]);
}

function walkDict(from: object, options: PortableOptions, depth: number): Dict {
  const prototype = Object.getPrototypeOf(from);
  const plain = prototype === Object.prototype || prototype === null;
  const keys = Object.keys(from);
  let copy: Dict | undefined = options.copy === true || !plain ? {} : undefined;
  let index = 0;
  try {
    for (; index < keys.length; index++) {
      const key = keys[index] as string;
      const item = read(from, key);
      const made = item === undefined ? undefined : walk(item, options, key, depth + 1);
      if (copy !== undefined) {
        if (made !== undefined) setKey(copy, key, made);
      } else if (!Object.is(made, item) || made === undefined) {
        copy = {};
        for (let before = 0; before < index; before++) {
          const earlier = keys[before] as string;
          setKey(copy, earlier, read(from, earlier) as Value);
        }
        if (made !== undefined) setKey(copy, key, made);
      }
    }
  } catch (error) {
    throw at(error, `.${keys[index]}`);
  }
  return copy ?? (from as Dict);
}

/** A property of the application's object. Its getter may throw, which is then this value's error. */
function read(from: object, key: string): unknown {
  return (from as Record<string, unknown>)[key];
}

function at(error: unknown, step: string): Unportable {
  const unportable = error instanceof Unportable ? error : new Unportable(messageOf(error), { cause: error });
  unportable.path = step + unportable.path;
  return unportable;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function refusal(value: object): string | undefined {
  if (value instanceof Map) return 'a Map cannot travel; send Object.fromEntries(map)';
  if (value instanceof Set) return 'a Set cannot travel; send [...set]';
  if (value instanceof Promise) return 'a Promise cannot travel; await it first';
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return 'only Uint8Array carries bytes; wrap it in one';
  if (value instanceof WeakMap || value instanceof WeakSet) return 'a weak collection cannot travel';
  return undefined;
}

/** `portable` for args, which must be a list. */
export function portableArgs(args: readonly unknown[] | undefined, options?: PortableOptions): Value[] {
  if (args === undefined) return [];
  if (!Array.isArray(args)) throw new SerializationError(`args: expected a list, got ${typeof args}`);
  if (options?.copy === true) {
    const copy = copyOfSimple(args);
    if (copy !== undefined) return copy;
  }
  return portable(args, 'args', options) as Value[];
}

/** Most arguments are numbers and short texts: copied without a walk. Undefined where there is anything else among them. */
function copyOfSimple(args: readonly unknown[]): Value[] | undefined {
  const { length } = args;
  const copy = listOf(length);
  for (let i = 0; i < length; i++) {
    const value = args[i];
    // The `| 0` takes the sign from a -0, too.
    if (typeof value === 'number' && value === (value | 0)) copy[i] = value | 0;
    else if (typeof value === 'boolean' || (typeof value === 'string' && !HALF_PAIR.test(value))) copy[i] = value;
    else return undefined;
  }
  return copy;
}

/** A list to be filled in order. One that grows item by item has room for sixteen more, of which most have no use. */
function listOf(length: number): Value[] {
  switch (length) {
    case 1:
      return [0];
    case 2:
      return [0, 0];
    case 3:
      return [0, 0, 0];
    default:
      return [];
  }
}

/** `portable` for kwargs, which must be a dict. */
export function portableKwargs(kwargs: object | undefined, options?: PortableOptions): Dict {
  if (kwargs === undefined) return {};
  const made = portable(kwargs, 'kwargs', options);
  if (!isDict(made)) throw new SerializationError('kwargs: expected a dict');
  return made;
}
