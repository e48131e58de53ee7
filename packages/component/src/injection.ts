import { Session } from '@wamp-run/client';
import { Logger } from '@wamp-run/protocol';
import { ComponentConfig } from './component-config.js';
import { insideOf, viewOf } from './container-view.js';
import { InjectionTrail } from './injection-failure.js';
import { overrideIn, type ProviderOverride } from './override.js';
import type { ComponentClass } from './records.js';
import {
  container,
  type DependencyContainer,
  type InjectableClass,
  type InjectionToken,
  Lifecycle,
} from './tsyringe.js';

/** What each component has of its own. */
export interface Injected {
  readonly config: ComponentConfig;
  readonly session: Session;
  readonly log: Logger;
  readonly overrides: readonly ProviderOverride[];
}

/** A child of tsyringe's global container: the scope of one component for its supervised life. */
export class Injection {
  readonly #container: DependencyContainer;
  #disposed: Promise<void> | undefined;

  /** @throws InvalidConfiguration where an override does not say what is injected */
  constructor({ config, session, log, overrides }: Injected) {
    this.#container = container
      .createChildContainer()
      .register(ComponentConfig, { useValue: config })
      .register(Session as InjectionToken<Session>, { useValue: session })
      .register(Logger as InjectionToken<Logger>, { useValue: log });
    for (const override of overrides) overrideIn(this.#container, override);
  }

  /**
   * Makes a new instance. What it depends on is made in this scope, but for singletons, which are the process's.
   *
   * @throws InvalidConfiguration where something cannot be injected, or where a constructor throws (its `cause`)
   */
  make(target: ComponentClass): object {
    const trail = new InjectionTrail();
    // A singleton outlives components and serves all of them: what belongs to one cannot be put into it.
    const ofProcess = viewOf(container, trail, [ComponentConfig, Session, Logger]);
    const scope = viewOf(this.#container, trail);
    const { resolveRegistration } = scope;
    scope.resolveRegistration = (registration, context) =>
      registration.options.lifecycle === Lifecycle.Singleton
        ? ofProcess.resolveRegistration(registration, context)
        : resolveRegistration.call(scope, registration, context);
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
   * Calls `dispose()` of all that was made here and has it, the last made first, one after the other. All of them are
   * called even where one fails; then that error is thrown, or an AggregateError of several. Any number of times.
   */
  dispose(): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  async #dispose(): Promise<void> {
    const { disposables } = insideOf(this.#container);
    const made = [...disposables].reverse();
    disposables.clear();
    await this.#container.dispose();
    const errors: unknown[] = [];
    for (const each of made) {
      try {
        await each.dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 1) throw new AggregateError(errors, `${errors.length} services failed to dispose`);
    if (errors.length === 1) throw errors[0];
  }
}
