import { Session } from '@wamp-run/client';
import { Logger } from '@wamp-run/protocol';
import { ComponentConfig } from './component-config.js';
import { type ContainerView, viewOf } from './container-view.js';
import { disposeOf, throwAny } from './disposal.js';
import { InjectionTrail } from './injection-failure.js';
import { Injector } from './injector.js';
import type { ProcessScope } from './process-scope.js';
import { provideIn } from './provided.js';
import type { Provider } from './provider.js';
import type { ComponentClass } from './records.js';
import { type DependencyContainer, type InjectableClass, type InjectionToken, Lifecycle } from './tsyringe.js';

/** What each component has of its own. */
export interface Injected {
  readonly config: ComponentConfig;
  readonly session: Session;
  readonly log: Logger;
  readonly provide: readonly Provider[];
}

/**
 * A child of the process's container, which is a child of tsyringe's global one: the scope of one component for its
 * supervised life.
 */
export class Injection {
  readonly #container: DependencyContainer;
  readonly #shared: ProcessScope;
  #disposed: Promise<void> | undefined;

  /** @throws InvalidConfiguration where another component provides something for the process in another way */
  constructor({ config, session, log, provide }: Injected, shared: ProcessScope) {
    shared.enter(provide.filter(({ scope }) => scope === 'process'));
    this.#shared = shared;
    this.#container = shared.container
      .createChildContainer()
      .register(ComponentConfig, { useValue: config })
      .register(Session as InjectionToken<Session>, { useValue: session })
      .register(Logger as InjectionToken<Logger>, { useValue: log })
      // What asks here is always a view.
      .register(Injector, {
        useFactory: (scope) => new Injector((token) => (scope as unknown as ContainerView).inject(token) as never),
      });
    for (const provider of provide) if (provider.scope !== 'process') provideIn(this.#container, provider);
  }

  /**
   * Makes a new instance. What it depends on is made in this scope, but for what the process shares, and singletons.
   *
   * @throws InvalidConfiguration where something cannot be injected, or where a constructor throws (its `cause`)
   */
  make(target: ComponentClass): object {
    const trail = new InjectionTrail();
    const { ofProcess, singletons } = this.#shared.views(trail);
    const scope = viewOf(this.#container, trail);
    const { resolveRegistration } = scope;
    scope.resolveRegistration = (registration, context) => {
      if (registration.options.lifecycle === Lifecycle.Singleton) {
        return singletons.resolveRegistration(registration, context);
      }
      if (this.#shared.has(registration)) return ofProcess.resolveRegistration(registration, context);
      return resolveRegistration.call(scope, registration, context);
    };
    // Registered here once more, a class that is also a singleton or a service is still made anew.
    this.#container.register(target as InjectableClass, { useClass: target as InjectableClass });
    try {
      return scope.resolve(target) as object;
    } catch {
      throw trail.failure(target);
    } finally {
      trail.end();
    }
  }

  /**
   * Calls `dispose()` of all that was made here and has it, the last made first, one after the other; then, where this
   * was the last component, of what the process shares. All of them are called even where one fails; then that error is
   * thrown, or an AggregateError of several. Any number of times.
   */
  dispose(): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  async #dispose(): Promise<void> {
    const own = await disposeOf(this.#container);
    const shared = await this.#shared.leave();
    throwAny([...own, ...shared]);
  }
}
