import { InvalidConfiguration } from '@wamp-run/protocol';

/** Throws InvalidConfiguration, naming the key, where options are none, or have a key that nobody reads: a slip of the pen. */
export function checkKeys(name: string, options: unknown, known: Readonly<Record<string, unknown>>): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new InvalidConfiguration(`${name}: expected an object, got ${options === null ? 'null' : typeof options}`);
  }
  for (const key of Object.keys(options)) {
    if (Object.hasOwn(known, key)) continue;
    throw new InvalidConfiguration(
      `${name}.${key}: there is no such option; there are ${Object.keys(known).join(', ')}`,
    );
  }
}
