import { Session } from '@wamp-run/client';
import { InvalidConfiguration, Logger } from '@wamp-run/protocol';
import { ComponentConfig } from './component-config.js';
import { type ContainerView, viewOf } from './container-view.js';
import { disposeOf } from './disposal.js';
import type { InjectionTrail } from './injection-failure.js';
import { provideIn } from './provided.js';
import { type Provider, tokenName } from './provider.js';
import { container, type DependencyContainer, Lifecycle } from './tsyringe.js';

/** What belongs to one component and can be given to nothing that outlives it. */
const OF_ONE_COMPONENT = [ComponentConfig, Session, Logger];

/**
 * What the components of a process share: the providers whose scope is the process. What they made lives until the last
 * component has left; who comes after that finds everything made anew.
 */
export class ProcessScope {
  #container: DependencyContainer = container.createChildContainer();
  #components = 0;
  readonly #providers = new Map<Provider['token'], Provider>();
  /** As the container has them. */
  readonly #registered = new Set<object>();

  /** What each component's own container stands on. */
  get container(): DependencyContainer {
    return this.#container;
  }

  /** Whether a component with these providers can live here: `enter` would not refuse it. */
  fits(providers: readonly Provider[]): boolean {
    return providers.every((provider) => {
      const known = this.#providers.get(provider.token);
      return provider.scope !== 'process' || known === undefined || same(known, provider);
    });
  }

  /**
   * A component begins to live here, and brings its providers.
   *
   * @throws InvalidConfiguration where the process has another provider for one of the tokens
   */
  enter(providers: readonly Provider[]): void {
    for (const provider of providers) {
      const known = this.#providers.get(provider.token);
      if (known !== undefined && !same(known, provider)) {
        throw new InvalidConfiguration(
          `another component provides ${tokenName(provider.token)} for the process in another way; share one provider, or say scope: 'component'`,
        );
      }
    }
    for (const provider of providers) {
      if (this.#providers.has(provider.token)) continue;
      this.#providers.set(provider.token, provider);
      this.#registered.add(provideIn(this.#container, provider));
    }
    this.#components++;
  }

  /** A component has ended. With the last one goes what was made for all: the answer is what that threw. */
  async leave(): Promise<unknown[]> {
    this.#components--;
    if (this.#components > 0) return [];
    const old = this.#container;
    this.#container = container.createChildContainer();
    this.#providers.clear();
    this.#registered.clear();
    return disposeOf(old);
  }

  /** Whether a registration is one of the process's providers. */
  has(registration: { readonly provider: object }): boolean {
    return this.#registered.has(registration.provider);
  }

  /**
   * Where what outlives components is made: the process's providers in its own container, singletons in tsyringe's
   * global one.
   */
  views(trail: InjectionTrail): { readonly ofProcess: ContainerView; readonly singletons: ContainerView } {
    const singletons = viewOf(container, trail, { tokens: OF_ONE_COMPONENT, by: 'a singleton' });
    const ofProcess = viewOf(this.#container, trail, { tokens: OF_ONE_COMPONENT, by: 'this provider' });
    const { resolveRegistration } = ofProcess;
    ofProcess.resolveRegistration = (registration, context) =>
      registration.options.lifecycle === Lifecycle.Singleton
        ? singletons.resolveRegistration(registration, context)
        : resolveRegistration.call(ofProcess, registration, context);
    return { ofProcess, singletons };
  }
}

function same(one: Provider, other: Provider): boolean {
  return one.useClass === other.useClass && one.useValue === other.useValue && one.useFactory === other.useFactory;
}
