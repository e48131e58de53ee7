import type { Session } from '@wamp-run/client';
import * as componentPackage from '@wamp-run/component';
import type { Clock, Connector, Logger, Random } from '@wamp-run/protocol';
import { type ComponentStatus, Runtime } from '@wamp-run/runtime';
import { withOverrides } from './overrides.js';
import type { StartOptions } from './realm-options.js';

export interface TestComponentOptions {
  readonly target: componentPackage.ComponentClass | componentPackage.ComponentDefinition;
  readonly name: string;
  readonly realm: string;
  readonly connector: Connector;
  readonly shared: Map<string, unknown>;
  /** What the components of the realm share, as those of one process do. */
  readonly process: componentPackage.ProcessScope;
  /** A life of it begins, with a session of its own. */
  readonly begun: (session: Session) => void;
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
    const { target, name, realm, connector, shared, process, begun, start, clock, random, log } = options;
    const { extra, config, providers = [], grace, retry, exposeErrors, connectors = [connector] } = start;
    const { authenticators, callTimeout, encryption, interceptors, restart = 'never' } = start;
    this.name = name;
    const described = componentPackage.describe(target);
    // Whatever realm the decorator names: here there is only this one.
    const description = {
      ...described,
      name,
      realm,
      ...('extra' in start ? { extra } : {}),
      provide: withOverrides(described.provide, providers),
    };
    this.#runtime = new Runtime({
      components: [
        {
          realm,
          connectors,
          restart,
          ...(authenticators === undefined ? {} : { authenticators }),
          ...(encryption === undefined ? {} : { encryption }),
          interceptors,
          callTimeout,
          loaded: {
            file: 'a test',
            description,
            package: {
              ...componentPackage,
              createComponent: (what, injected) => {
                this.#session = injected.session;
                begun(injected.session);
                return componentPackage.createComponent(what, {
                  ...injected,
                  config: { ...injected.config, shared, ...config },
                  process,
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
      // The clock moves by leaps: it would look as if somebody had kept the event loop, and as if timers were left behind.
      slowAfter: 0,
      blockedAfter: 0,
      clock,
      random,
      log,
    });
  }

  /** The component's own lasting session: what its constructor is given. Undefined until there is one. */
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

  /**
   * Stops it, and has a new instance of it in service.
   *
   * @throws (rejects) why it failed
   */
  restart(): Promise<void> {
    return this.#runtime.controller.restart(this.name);
  }

  /** Drains and stops it, as the end of a program would. Any number of times. */
  stop(): Promise<void> {
    return this.#runtime.stop();
  }
}
