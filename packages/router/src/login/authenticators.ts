import { InvalidConfiguration, type RouterAuthenticator, typeName } from '@wamp-run/protocol';

/** Looks at a list of authenticators. Throws InvalidConfiguration, naming the place. */
export function checkAuthenticators(authenticators: readonly RouterAuthenticator[] | undefined, place: string): void {
  if (authenticators === undefined) return;
  if (!Array.isArray(authenticators) || authenticators.length === 0) {
    throw new InvalidConfiguration(`${place}: expected a list with at least one authenticator`);
  }
  const methods = new Set<string>();
  for (const [index, authenticator] of (authenticators as readonly RouterAuthenticator[]).entries()) {
    const at = `${place}[${index}]`;
    if (typeof authenticator?.method !== 'string' || typeof authenticator.begin !== 'function') {
      throw new InvalidConfiguration(
        `${at}: expected an authenticator (method, begin), got ${typeName(authenticator)}`,
      );
    }
    const { method } = authenticator;
    if (methods.has(method))
      throw new InvalidConfiguration(`${at}: the method ${JSON.stringify(method)} is there twice`);
    methods.add(method);
  }
}
