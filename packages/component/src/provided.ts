import { InvalidConfiguration } from '@wamp-run/protocol';
import { type ContainerView, newResolution } from './container-view.js';
import { type Provider, tokenName } from './provider.js';
import type { DependencyContainer, InjectionToken } from './tsyringe.js';

/** Puts a provider into a container, which makes what it provides once, keeps it, and disposes of it. */
export function provideIn(container: DependencyContainer, provider: Provider): object {
  const token = provider.token as InjectionToken;
  if ('useValue' in provider) {
    const value = { useValue: provider.useValue };
    container.register(token, value);
    return value;
  }
  const factory = { useFactory: once(provider, (scope) => make(provider, scope)) };
  container.register(token, factory);
  return factory;
}

function make({ useClass, useFactory }: Provider, scope: ContainerView): unknown {
  // What is made of a class is noted for disposal by the container itself.
  if (useClass !== undefined) return scope.construct(useClass, newResolution());
  const value: unknown = useFactory?.((token) => scope.inject(token) as never);
  if (isDisposable(value)) scope.disposables.add(value);
  return value;
}

/** A container knows factories, but keeps nothing of what they make. It hands them itself: here always a view of it. */
function once({ token }: Provider, run: (scope: ContainerView) => unknown): (scope: DependencyContainer) => unknown {
  let made: { readonly value: unknown } | undefined;
  let making = false;
  return (scope) => {
    if (made !== undefined) return made.value;
    if (making) {
      throw new InvalidConfiguration(
        `${tokenName(token)} needs itself; break the circle with @inject(delay(() => …)) of tsyringe`,
      );
    }
    making = true;
    try {
      made = { value: run(scope as unknown as ContainerView) };
      return made.value;
    } finally {
      making = false;
    }
  };
}

function isDisposable(value: unknown): value is { dispose(): void } {
  return typeof value === 'object' && value !== null && typeof (value as { dispose?: unknown }).dispose === 'function';
}
