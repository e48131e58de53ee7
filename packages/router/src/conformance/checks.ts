import { isDict, type Value } from '@wamp-run/protocol';

/** Fails a test unless this holds. */
export function check(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** Fails a test unless both are the same; the order of keys says nothing. */
export function same(got: unknown, wanted: unknown, what: string): void {
  const [one, other] = [textOf(got), textOf(wanted)];
  check(one === other, `${what}: expected ${other}, got ${one}`);
}

/** Fails a test unless a dict has these keys with these values; it may have more. */
export function includes(got: unknown, wanted: Record<string, unknown>, what: string): void {
  check(isDict(got), `${what}: expected a dict, got ${textOf(got)}`);
  for (const [key, value] of Object.entries(wanted)) same((got as Record<string, Value>)[key], value, `${what}.${key}`);
}

function textOf(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? 'nothing';
}

function sorted(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
}
