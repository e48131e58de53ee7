import type { Session } from '@wamp-run/client';
import * as componentPackage from '@wamp-run/component';
import type { Clock, Connector, Logger, Random } from '@wamp-run/protocol';
import { type ComponentStatus, Runtime } from '@wamp-run/runtime';
import type { StartOptions } from './realm-options.js';

export interface TestComponentOptions {
  readonly target: componentPackage.ComponentClass;
  readonly name: string;
  readonly realm: string;
  readonly connector: Connector;
  readonly shared: Map<string, unknown>;
  readonly start: StartOptions;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** A component that runs in a test realm, as the runtime runs it. */
export class TestComponent {
  /** The component's name; the second of one name is `name-2`. */
  readonly name: string;
  readonly #runtime: Runtime;
  #session: Session | undefined;

  /** @throws InvalidConfiguration where the class cannot be described */
  constructor(options: TestComponentOptions) {
    const { target, name, realm, connector, shared, start, clock, random, log } = options;
    const { extra, config, providers = [], grace, retry, exposeErrors, connectors = [connector] } = start;
    this.name = name;
    const described = componentPackage.describe(target);
    // Whatever realm the decorator names: here there is only this one.
    const description = { ...described, name, realm, ...('extra' in start ? { extra } : {}) };
    this.#runtime = new Runtime({
      components: [
        {
          realm,
          connectors,
          loaded: {
            file: 'a test',
            description,
            package: {
              ...componentPackage,
              createComponent: (what, injected) => {
                this.#session = injected.session;
                return componentPackage.createComponent(what, {
                  ...injected,
                  config: { ...injected.config, shared, ...config },
                  overrides: providers,
                });
              },
            },
          },
        },
      ],
      runner: { name: '@wamp-run/testkit', version: '0' },
      ...(grace === undefined ? {} : { grace }),
      ...(retry === undefined ? {} : { retry }),
      ...(exposeErrors === undefined ? {} : { exposeErrors }),
      clock,
      random,
      log,
    });
  }

  /** The component's own lasting session: what its constructor is given. Undefined where it could not be made. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** How it is doing. */
  get status(): ComponentStatus {
    return this.#runtime.status()[0] as ComponentStatus;
  }

  /** Begins its life, without waiting for anything. */
  begin(): void {
    this.#runtime.start();
  }

  /** Resolves when it is in service for the first time, or has ended without. */
  settled(): Promise<void> {
    return this.#runtime.settled();
  }

  /** Drains and stops it, as the end of a program would. Any number of times. */
  stop(): Promise<void> {
    return this.#runtime.stop();
  }
}
