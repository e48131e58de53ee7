import { InvalidConfiguration } from '@wamp-run/protocol';
import type { AnyClass } from './records.js';
import { type DependencyContainer, type InjectableClass, type InjectionToken, Lifecycle } from './tsyringe.js';

/**
 * What is injected for a token in the place of everything else that is registered for it: how a test gives a component
 * a double. A class, and what a factory makes, is made once for the component, when it is first needed.
 *
 * @example { token: Database, useValue: new DatabaseInMemory() }
 */
export type ProviderOverride = {
  /** What constructors ask for: a class, or what stands in `@inject(token)`. */
  readonly token: AnyClass | string | symbol;
} & (
  | { readonly useValue: unknown; readonly useClass?: never; readonly useFactory?: never }
  | { readonly useClass: AnyClass; readonly useValue?: never; readonly useFactory?: never }
  | { readonly useFactory: () => unknown; readonly useValue?: never; readonly useClass?: never }
);

const WAYS = ['useValue', 'useClass', 'useFactory'] as const;

/**
 * Registers an override in the container of one component.
 *
 * @throws InvalidConfiguration where it does not say one of `useValue`, `useClass` and `useFactory`
 */
export function overrideIn(container: DependencyContainer, override: ProviderOverride): void {
  const ways = WAYS.filter((way) => way in override);
  if (ways.length !== 1) {
    const said = ways.length === 0 ? 'nothing' : ways.join(' and ');
    throw new InvalidConfiguration(`override of ${nameOf(override)}: says ${said}; say one of ${WAYS.join(', ')}`);
  }
  const token = override.token as InjectionToken;
  const { useClass, useFactory } = override;
  if (useClass !== undefined) {
    const provider = { useClass: useClass as InjectableClass };
    container.register(token, provider, { lifecycle: Lifecycle.ContainerScoped });
  } else if (useFactory !== undefined) {
    container.register(token, { useFactory: once(useFactory) });
  } else {
    container.register(token, { useValue: override.useValue });
  }
}

/** A container keeps nothing of what a factory makes. */
function once(make: () => unknown): () => unknown {
  let made: { readonly value: unknown } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function nameOf({ token }: ProviderOverride): string {
  return typeof token === 'function' ? token.name : String(token);
}
