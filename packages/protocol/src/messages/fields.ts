import { ProtocolError } from '../errors.js';
import { type Id, isId, MAX_ID } from '../ids.js';
import { BinaryPayload, type Payload } from '../payload.js';
import { isAutobahnAlgorithm, isAutobahnSerializer } from '../payload-codec.js';
import { type Dict, isDict, typeName, type Value } from '../value.js';
import type { MessageShape } from './shape.js';

/** The items of a message before its payload; the first is the code. */
export type Header = readonly unknown[];

/** `REGISTER[2] options: expected dict, got string` */
export function mismatch(place: string, expected: string, value: unknown): ProtocolError {
  const got = typeof value === 'number' || typeof value === 'bigint' ? `${typeName(value)} ${value}` : typeName(value);
  return new ProtocolError(`${place}: expected ${expected}, got ${got}`);
}

export function id(header: Header, index: number, message: string, field: string): Id {
  const value = header[index];
  if (isId(value)) return value;
  throw mismatch(`${message}[${index}] ${field}`, `id (1 to ${MAX_ID})`, value);
}

/** An id, or the 0 by which a router says that it acts of its own accord. */
export function idOrZero(header: Header, index: number, message: string, field: string): Id {
  return header[index] === 0 ? 0 : id(header, index, message, field);
}

export function string(header: Header, index: number, message: string, field: string): string {
  const value = header[index];
  if (typeof value === 'string') return value;
  throw mismatch(`${message}[${index}] ${field}`, 'string', value);
}

/** A URI's syntax is the receiver's business: a bad one is answered with ERROR, not with ABORT. */
export function uri(header: Header, index: number, message: string, field: string): string {
  const value = header[index];
  if (typeof value === 'string') return value;
  throw mismatch(`${message}[${index}] ${field}`, 'uri', value);
}

/** What a known key of an options or details dict must hold. */
export interface KeyRule {
  readonly expected: string;
  holds(value: Value): boolean;
}

/** The known keys of one options or details dict. Unknown keys are let through. */
export type KeyRules = Readonly<Record<string, KeyRule>>;

/** A dict whose known keys hold what they should. A null counts as an absent key. */
export function dict(header: Header, index: number, message: string, field: string, rules?: KeyRules): Dict {
  const value = header[index];
  if (!isDict(value)) throw mismatch(`${message}[${index}] ${field}`, 'dict', value);
  if (rules === undefined) return value;
  for (const key in value) {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
    if (rule === undefined) continue;
    const item = value[key] as Value;
    if (item === null) delete value[key];
    else if (!rule.holds(item)) throw mismatch(`${message}[${index}] ${field}.${key}`, rule.expected, item);
  }
  return value;
}

export const boolean: KeyRule = { expected: 'boolean', holds: (v) => typeof v === 'boolean' };
export const text: KeyRule = { expected: 'string', holds: (v) => typeof v === 'string' };
export const dictionary: KeyRule = { expected: 'dict', holds: isDict };
export const anId: KeyRule = { expected: 'id', holds: isId };
export const texts: KeyRule = listOf(text);
export const ids: KeyRule = listOf(anId);
export const dictionaries: KeyRule = listOf(dictionary);
export const count: KeyRule = {
  expected: 'integer of at least 0',
  holds: (v) => typeof v === 'number' && Number.isInteger(v) && v >= 0,
};
export const positive: KeyRule = {
  expected: 'integer of at least 1',
  holds: (v) => typeof v === 'number' && Number.isInteger(v) && v >= 1,
};

export function oneOf(...words: string[]): KeyRule {
  return { expected: `one of ${words.join(', ')}`, holds: (v) => typeof v === 'string' && words.includes(v) };
}

function listOf(item: KeyRule): KeyRule {
  return {
    expected: `list of ${item.expected}`,
    holds: (v) => Array.isArray(v) && v.every((each) => item.holds(each)),
  };
}

/** Keys that several messages share. */
export const match: KeyRule = oneOf('exact', 'prefix', 'wildcard');
/** Names the chain of routers a message came through (Autobahn, Crossbar.io). */
export const forwardFor: KeyRule = dictionaries;

/** Payload passthru attributes, wherever a payload can be: the specification's, and Autobahn's. */
export const passthru: KeyRules = {
  ppt_scheme: text,
  ppt_serializer: text,
  ppt_cipher: text,
  ppt_keyid: text,
  enc_algo: {
    expected: 'one of cryptobox, mqtt, xbr, x_…',
    holds: (v) => typeof v === 'string' && isAutobahnAlgorithm(v),
  },
  enc_key: text,
  enc_serializer: {
    expected: 'one of json, msgpack, cbor, ubjson, flatbuffers, x_…',
    holds: (v) => typeof v === 'string' && isAutobahnSerializer(v),
  },
};

/** What is to know of a message to name its args. */
type Placed = Pick<MessageShape<unknown>, 'name' | 'header'>;

/**
 * The payload of a message with these options or details. Bare bytes are one only with `enc_algo`; where that comes with
 * anything else it says nothing, and is dropped, as Autobahn does.
 */
export function payloadWith(attributes: Dict, payload: Payload | undefined, shape: Placed): Payload | undefined {
  if (payload instanceof BinaryPayload) {
    if (attributes.enc_algo === undefined) throw bareBytes(shape);
    return payload;
  }
  if (attributes.enc_algo !== undefined) {
    delete attributes.enc_algo;
    delete attributes.enc_key;
    delete attributes.enc_serializer;
  }
  return payload;
}

/** For bytes in the place of the args that nothing accounts for. */
export function bareBytes(shape: Placed): ProtocolError {
  return new ProtocolError(`${shape.name}[${shape.header[0]}] args: expected list, got binary without enc_algo`);
}
