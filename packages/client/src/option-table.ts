import { type Dict, InvalidConfiguration, isId, type MatchPolicy, typeName, type Value } from '@wamp-run/protocol';

/** What one option must hold, and what becomes of it on the wire. */
export interface OptionRule {
  readonly expected: string;
  holds(value: unknown): boolean;
  /** The key on the wire; undefined for an option that stays on this side. */
  readonly wire?: string;
  /** The value on the wire; undefined where none is sent. Default: the value as it is. */
  send?(value: unknown): Value | undefined;
}

/** A rule for every option there is. */
export type OptionTable<T> = { readonly [K in keyof T]-?: OptionRule };

/**
 * The options as they go on the wire.
 *
 * @param place - names the options in errors: `call options`
 * @throws InvalidConfiguration that names an option which is unknown, or of the wrong type
 */
export function wireOptions<T extends object>(place: string, options: T, table: OptionTable<T>): Dict {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new InvalidConfiguration(`${place}: expected an object, got ${typeName(options)}`);
  }
  const wire: Dict = {};
  for (const key in options) {
    const value: unknown = options[key];
    if (value === undefined) continue;
    const rule = Object.hasOwn(table, key) ? table[key] : undefined;
    if (rule === undefined) {
      const known = Object.keys(table).join(', ');
      throw new InvalidConfiguration(`${place}.${key}: there is no such option; there are ${known}`);
    }
    if (!rule.holds(value)) {
      throw new InvalidConfiguration(`${place}.${key}: expected ${rule.expected}, got ${shown(value)}`);
    }
    if (rule.wire === undefined) continue;
    const sent = rule.send === undefined ? (value as Value) : rule.send(value);
    if (sent !== undefined) wire[rule.wire] = sent;
  }
  return wire;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeName(value);
}

/** The same rule, for an option that is sent under this key. */
export function sent(wire: string, rule: OptionRule): OptionRule {
  return { ...rule, wire };
}

/** For what is checked where it is used, with an error of its own. */
export const ANYTHING: OptionRule = { expected: 'anything', holds: () => true };
export const BOOLEAN: OptionRule = { expected: 'true or false', holds: (v) => typeof v === 'boolean' };
export const TEXT: OptionRule = { expected: 'a string', holds: (v) => typeof v === 'string' };
export const FUNCTION: OptionRule = { expected: 'a function', holds: (v) => typeof v === 'function' };
export const POSITIVE: OptionRule = {
  expected: 'an integer of at least 1',
  holds: (v) => Number.isSafeInteger(v) && (v as number) >= 1,
};

/** An AbortSignal, or what is as good as one. */
export const SIGNAL: OptionRule = {
  expected: 'an AbortSignal',
  holds: (v) => typeof v === 'object' && v !== null && typeof (v as { aborted?: unknown }).aborted === 'boolean',
};

export function oneOf(...words: readonly string[]): OptionRule {
  return { expected: `one of ${words.join(', ')}`, holds: (v) => words.includes(v as string) };
}

/** A word that the router takes for granted is not sent. */
export function oneOfBut(standard: string, ...others: readonly string[]): OptionRule {
  return { ...oneOf(standard, ...others), send: (v) => (v === standard ? undefined : (v as Value)) };
}

/** Sent by the role that sends the URI: a pattern may say how it is matched. */
export const MATCH: OptionRule = oneOf(...(['exact', 'prefix', 'wildcard'] satisfies MatchPolicy[]));

/** One or a list; a list on the wire. */
function some(expected: string, holds: (value: unknown) => boolean): OptionRule {
  return {
    expected: `${expected} or a list of them`,
    holds: (v) => (Array.isArray(v) ? v.every(holds) : holds(v)),
    send: (v) => (Array.isArray(v) ? [...(v as Value[])] : [v as Value]),
  };
}

export const ID: OptionRule = { expected: 'a session id', holds: isId };
export const IDS: OptionRule = some('a session id', isId);
export const TEXTS: OptionRule = some('a string', (v) => typeof v === 'string');

/** The chain of sessions that a message came through, with the keys of the wire. */
export const FORWARD_FOR: OptionRule = {
  expected: 'a list of { session, authid, authrole }',
  holds: (v) => Array.isArray(v) && v.every(isForwarded),
  send: (v) => (v as Dict[]).map((item) => ({ ...item })),
};

function isForwarded(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { session, authid, authrole } = value as { session?: unknown; authid?: unknown; authrole?: unknown };
  return isId(session) && [authid, authrole].every((v) => v === undefined || v === null || typeof v === 'string');
}
