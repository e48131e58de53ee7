import type { Provider } from '@wamp-run/component';
import { InvalidConfiguration } from '@wamp-run/protocol';

const WAYS = ['useValue', 'useClass', 'useFactory'] as const;

/**
 * A component's providers with those of a test in their place. One that replaces another is shared as that was, unless
 * it says otherwise: what else the process shares gets it, too.
 *
 * @throws InvalidConfiguration where one does not say what is provided
 */
export function withOverrides(own: readonly Provider[] = [], overrides: readonly Provider[]): Provider[] {
  const replaced = new Map(own.map((provider) => [provider.token, provider]));
  for (const override of overrides) {
    const { token } = override;
    const ways = WAYS.filter((way) => way in override);
    if (ways.length !== 1) {
      const name = typeof token === 'function' ? token.name : String(token);
      const said = ways.length === 0 ? 'nothing' : ways.join(' and ');
      throw new InvalidConfiguration(`providers: ${name} says ${said}; say one of ${WAYS.join(', ')}`);
    }
    const scope = override.scope ?? replaced.get(token)?.scope;
    replaced.set(token, scope === undefined ? override : { ...override, scope });
  }
  return [...replaced.values()];
}
