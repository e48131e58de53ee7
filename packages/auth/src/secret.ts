import { InvalidConfiguration, typeName } from '@wamp-run/protocol';

/** A secret, or where to get it: a function is asked at every login, so that a secret may change while a client runs. */
export type Secret = string | (() => string | PromiseLike<string>);

/** Throws an InvalidConfiguration where this is none. The value stays out of the error. */
export function checkSecret(secret: unknown, what: string): void {
  if (typeof secret === 'function' || (typeof secret === 'string' && secret !== '')) return;
  const got = secret === '' ? 'an empty string' : typeName(secret);
  throw new InvalidConfiguration(`${what}: expected a string, or a function that gives one, got ${got}`);
}

/** The secret itself, now. */
export async function secretOf(secret: Secret, what: string): Promise<string> {
  const value: unknown = typeof secret === 'string' ? secret : await secret();
  if (typeof value === 'string' && value !== '') return value;
  const got = value === '' ? 'an empty one' : typeName(value);
  throw new InvalidConfiguration(`${what}: the function has to give a string, and gave ${got}`);
}
