import { InvalidConfiguration, typeName } from '@wamp-run/protocol';

/** Throws an InvalidConfiguration unless this is a text that is not empty. The value stays out of the error: it may be secret. */
export function checkText(value: unknown, what: string): asserts value is string {
  if (typeof value === 'string' && value !== '') return;
  const got = value === '' ? 'an empty one' : typeName(value);
  throw new InvalidConfiguration(`${what}: expected a string, got ${got}`);
}

/** The same for what may be left out. */
export function checkOptionalText(value: unknown, what: string): void {
  if (value !== undefined) checkText(value, what);
}

/** Throws an InvalidConfiguration unless this is a whole number within bounds. */
export function checkWhole(value: unknown, what: string, bounds: { least: number; most?: number }): void {
  const { least, most = Number.MAX_SAFE_INTEGER } = bounds;
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return;
  const range = bounds.most === undefined ? `at least ${least}` : `from ${least} to ${most}`;
  throw new InvalidConfiguration(`${what}: expected a whole number, ${range}, got ${String(value)}`);
}

/** Throws an InvalidConfiguration unless this is absent, or true or false. */
export function checkSwitch(value: unknown, what: string): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw new InvalidConfiguration(`${what}: expected true or false, got ${typeName(value)}`);
}

/** Throws an InvalidConfiguration unless this is absent, or a function. */
export function checkFunction(value: unknown, what: string): void {
  if (value === undefined || typeof value === 'function') return;
  throw new InvalidConfiguration(`${what}: expected a function, got ${typeName(value)}`);
}

/** Throws an InvalidConfiguration unless this is absent, or bytes of at least that many. */
export function checkBytes(value: unknown, what: string, least: number): void {
  if (value === undefined || (value instanceof Uint8Array && value.length >= least)) return;
  throw new InvalidConfiguration(`${what}: expected at least ${least} bytes`);
}
