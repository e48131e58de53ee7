import { InvalidConfiguration, typeName } from '@wamp-run/protocol';
import type { RegisterOptions } from './options.js';
import type { Procedure, Registration } from './registration.js';

/** How to register several procedures. */
export interface RegisterAllOptions extends RegisterOptions {
  /** Put before every name, with a dot between them. Default: the names are whole URIs. */
  prefix?: string | undefined;
}

/** What registering needs of a session. */
export interface RegistrationTarget {
  register(procedure: string, handler: Procedure, options: RegisterOptions): Promise<Registration>;
}

/** Registers all or none: where one fails, those that succeeded are taken back before it rejects. */
export async function registerAll(
  session: RegistrationTarget,
  procedures: Readonly<Record<string, Procedure>>,
  { prefix, ...options }: RegisterAllOptions,
): Promise<Registration[]> {
  if (prefix !== undefined && typeof prefix !== 'string') {
    throw new InvalidConfiguration(`registerAll options.prefix: expected a string, got ${typeName(prefix)}`);
  }
  const entries = Object.entries(procedures);
  for (const [name, handler] of entries) {
    if (typeof handler === 'function') continue;
    throw new InvalidConfiguration(`registerAll procedures.${name}: expected a function, got ${typeName(handler)}`);
  }
  const before = prefix === undefined || prefix.endsWith('.') ? (prefix ?? '') : `${prefix}.`;
  const results = await Promise.allSettled(
    // `this` is what it is in a call of the method.
    entries.map(([name, handler]) => session.register(before + name, handler.bind(procedures), options)),
  );
  const failed = results.find((result) => result.status === 'rejected');
  const registrations = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (failed === undefined) return registrations;
  // That they are taken back is not what the caller is waiting to hear about.
  await Promise.allSettled(registrations.map((registration) => registration.unregister()));
  throw failed.reason;
}
