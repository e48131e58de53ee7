import {
  checkInterceptors,
  type ExposeErrors,
  type Interceptor,
  type InvocationPolicy,
  milliseconds,
  type Retry,
} from '@wamp-run/client';
import type { ConfiguredDescription, Controller, ProcessScope } from '@wamp-run/component';
import {
  type ClientAuthenticator,
  type Clock,
  type Connector,
  type Logger,
  type Random,
  silent,
} from '@wamp-run/protocol';
import type { ComponentEncryption, ComponentStatus } from './component-run.js';
import { BrokenComponent, NoSuchComponent } from './errors.js';
import { HostedComponent } from './hosted-component.js';
import type { ComponentPackage, LoadedComponent } from './load.js';

/** A component and where it is to be joined. */
export interface ComponentToRun {
  readonly loaded: LoadedComponent;
  /** Ways to the router, tried in turn. */
  readonly connectors: readonly Connector[];
  /** The process's realm. A realm in the component's decorator wins over it. */
  readonly realm: string;
  /** How it logs in. Default: as anonymous. */
  readonly authenticators?: readonly ClientAuthenticator[];
  /** Default: none, and its payloads go in the clear. */
  readonly encryption?: ComponentEncryption | undefined;
  /** Code of one's own around what the component does, within that of the runtime and around that of its decorator. */
  readonly interceptors?: readonly Interceptor[] | undefined;
  /** Milliseconds that its calls have which do not say so themselves; 0: no limit. Default: the runtime's. */
  readonly callTimeout?: number | undefined;
}

/** What a `Runtime` runs, and what it is handed. */
export interface RuntimeOptions {
  readonly components: readonly ComponentToRun[];
  /** What started this runtime, as components see it in `config.runner`. */
  readonly runner: { readonly name: string; readonly version: string };
  /** How long components that are stopped may finish what they are doing, all together (ms). Default: 10 000. */
  readonly grace?: number;
  /** How lost connections are tried again. Default: the client's. */
  readonly retry?: Retry;
  /** What callers learn of errors that are not meant for them. Default: `none`. */
  readonly exposeErrors?: ExposeErrors;
  /** Code of one's own around the calls, publications, invocations and events of all components. Default: none. */
  readonly interceptors?: readonly Interceptor[] | undefined;
  /** Milliseconds that the components' calls have which do not say so themselves; 0: no limit. Default: no limit. */
  readonly callTimeout?: number | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** Default: silent. */
  readonly log?: Logger;
}

/** How a runtime ended: with the errors of the components that failed. */
export interface RuntimeEnd {
  readonly failures: readonly Error[];
}

/**
 * Runs components side by side, each with an instance, a session and a life of its own: what befalls one
 * is not felt by another.
 *
 * @throws BrokenComponent from the constructor: two components offer one procedure in one realm, or a URI cannot be had
 * from a component's configuration
 * @throws InvalidConfiguration from the constructor: an interceptor that is none, a callTimeout that is no time
 */
export class Runtime {
  /** Resolves when the last component has ended, stopped or failed. */
  readonly closed: Promise<RuntimeEnd>;
  /** What components have as `config.controller`. */
  readonly controller: Controller;
  readonly #hosted: readonly HostedComponent[];
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #grace: number;
  readonly #failures = new Map<HostedComponent, Error>();
  #started = false;
  #over = false;
  #stopping: Promise<void> | undefined;
  readonly #close: (end: RuntimeEnd) => void;

  constructor(options: RuntimeOptions) {
    const log = options.log ?? silent;
    this.#log = log;
    this.#clock = options.clock;
    this.#grace = options.grace ?? 10_000;
    checkCalls(options, '');
    for (const [i, component] of options.components.entries()) checkCalls(component, `components[${i}].`);
    const shared = new Map<string, unknown>();
    this.controller = {
      list: () => this.status().map(({ name, state, realm }) => ({ name, state, realm })),
      start: async (name) => this.#named(name).start(),
      stop: async (name) => (name === undefined ? this.stop() : this.#named(name).stop()),
      restart: async (name) => this.#named(name).restart(),
    };
    const descriptions = configuredDescriptions(options.components);
    checkProcedures(descriptions, options.components);
    const names = distinctNames(options.components);
    const processes = new Map<ComponentPackage, ProcessScope>();
    this.#hosted = options.components.map((component, index) => {
      const { loaded, connectors, realm, authenticators, encryption } = component;
      const name = names[index] as string;
      const process = processes.get(loaded.package) ?? new loaded.package.ProcessScope();
      processes.set(loaded.package, process);
      const { extra, interceptors = [] } = loaded.description;
      return new HostedComponent({
        run: {
          name,
          loaded,
          configured: descriptions[index] as ConfiguredDescription,
          process,
          connectors,
          authenticators,
          encryption,
          config: {
            realm: loaded.description.realm ?? realm,
            extra,
            keyring: encryption?.keyring,
            controller: this.controller,
            shared,
            runner: options.runner,
          },
          interceptors: [...(options.interceptors ?? []), ...(component.interceptors ?? []), ...interceptors],
          callTimeout: component.callTimeout ?? options.callTimeout,
          retry: options.retry,
          exposeErrors: options.exposeErrors,
          grace: this.#grace,
          clock: options.clock,
          random: options.random,
          log: log.child({ component: name, realm: loaded.description.realm ?? realm }),
        },
        ended: (component, error) => this.#ended(component, error),
        stopping: () => this.#stopping !== undefined || this.#over,
      });
    });
    let close: (end: RuntimeEnd) => void = () => {};
    this.closed = new Promise((resolve) => {
      close = resolve;
    });
    this.#close = close;
  }

  /** Starts every component, in the order given. Twice is harmless; after `stop` nothing is started. */
  start(): void {
    if (this.#started || this.#stopping !== undefined) return;
    this.#started = true;
    if (this.#hosted.length === 0) this.#finish();
    for (const component of this.#hosted) component.begin();
  }

  /** Resolves when every component has been in service once, or has ended without. */
  async settled(): Promise<void> {
    await Promise.all(this.#hosted.map(({ run }) => run.settled));
  }

  /** How each component is doing, in the order given. */
  status(): ComponentStatus[] {
    return this.#hosted.map(({ status }) => status);
  }

  /**
   * Stops every component: the last one given is drained first, so that what it needs of the others is there while it
   * finishes; then all leave. The grace is for all of them together. Any number of times.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const until = this.#clock.now() + this.#grace;
    for (const { run } of [...this.#hosted].reverse()) {
      // Who is not in service has nobody waiting for it, or not for all it has: it need not wait for its turn.
      if (run.status.state === 'running') await run.drain(Math.max(0, until - this.#clock.now()));
      else void run.stop();
    }
    await Promise.all(this.#hosted.map(({ run }) => run.stop()));
    if (!this.#started) this.#finish();
  }

  #named(name: string): HostedComponent {
    const found = this.#hosted.find(({ status }) => status.name === name);
    if (found !== undefined) return found;
    const names = this.#hosted.map(({ status }) => status.name).join(', ');
    throw new NoSuchComponent(`there is no component '${name}' in this process; there are: ${names}`);
  }

  /** A failure among components that go on is told here; the last one's is what `closed` resolves with. */
  #ended(component: HostedComponent, error: Error | undefined): void {
    if (error === undefined) this.#failures.delete(component);
    else this.#failures.set(component, error);
    if (this.#hosted.every(({ over }) => over)) this.#finish();
    else if (error !== undefined) {
      this.#log.error({ component: component.status.name, err: error }, `failed: ${error.message}`);
    }
  }

  #finish(): void {
    this.#over = true;
    this.#close({ failures: this.#hosted.flatMap((each) => this.#failures.get(each) ?? []) });
  }
}

/** Before any component begins: later it would be that component's failure. */
function checkCalls(
  { interceptors, callTimeout }: Pick<RuntimeOptions, 'interceptors' | 'callTimeout'>,
  at: string,
): void {
  if (interceptors !== undefined) checkInterceptors(interceptors, `${at}interceptors`);
  if (callTimeout !== undefined) milliseconds(`${at}callTimeout`, callTimeout);
}

/** Each component with the URIs that it has in its realm, and with its `extra`. */
function configuredDescriptions(components: readonly ComponentToRun[]): ConfiguredDescription[] {
  return components.map(({ loaded: { description, package: componentPackage }, realm }) => {
    try {
      return componentPackage.configured(description, { realm: description.realm ?? realm, extra: description.extra });
    } catch (error) {
      throw new BrokenComponent(error instanceof Error ? error.message : String(error), { cause: error });
    }
  });
}

/** One procedure has one owner in a realm, unless all who offer it share it by the same policy. */
function checkProcedures(descriptions: readonly ConfiguredDescription[], components: readonly ComponentToRun[]): void {
  const owners = new Map<string, { readonly name: string; readonly invoke: InvocationPolicy }>();
  const clashes: string[] = [];
  for (const [i, { name, realm = components[i]?.realm, procedures }] of descriptions.entries()) {
    for (const { uri, options: { invoke = 'single' } = {} } of procedures) {
      const key = JSON.stringify([realm, uri]);
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, { name, invoke });
      else if (invoke === 'single' || invoke !== owner.invoke) {
        clashes.push(`${uri} is offered by ${owner.name} and by ${name}`);
      }
    }
  }
  if (clashes.length === 0) return;
  throw new BrokenComponent(`${clashes.join('; ')}: give one of them another URI, prefix or realm`);
}

/** Component names for logs and status; the second of one name is `name-2`. */
function distinctNames(components: readonly ComponentToRun[]): string[] {
  const seen = new Map<string, number>();
  return components.map(({ loaded }) => {
    const { name } = loaded.description;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}-${count}`;
  });
}
