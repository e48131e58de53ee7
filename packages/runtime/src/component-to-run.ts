import { checkInterceptors, type Interceptor, type InvocationPolicy, milliseconds } from '@wamp-run/client';
import type { ConfiguredDescription } from '@wamp-run/component';
import { type ClientAuthenticator, type Connector, InvalidConfiguration } from '@wamp-run/protocol';
import type { ComponentEncryption } from './component-run-options.js';
import { BrokenComponent } from './errors.js';
import type { LoadedComponent } from './load.js';
import { checkRestartPolicy, type RestartPolicy } from './restart-policy.js';

/** A component, where it is to be joined, and how it is kept. Times in milliseconds. */
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
  /** When it fails, how often and how soon it is started anew. Default: the defaults of RestartPolicy. */
  readonly restart?: 'never' | RestartPolicy;
  /**
   * Whether its failure (its restarts are used up, or it is refused for good) ends the runtime: all others are drained, and
   * `closed` resolves with `critical` set. Default: false.
   */
  readonly critical?: boolean;
  /**
   * What has to be in service before it starts: components of this runtime by their names, and procedures by their URIs,
   * offered by a component of this runtime or found at the router. Losing one later does not stop it. Default: nothing.
   */
  readonly requires?: readonly string[];
  /**
   * How many of it run side by side, each with an instance and a session of its own. More than one needs a shared `invoke`
   * at every procedure; events go to each of them. The second is called `Name-2`. Default: 1.
   */
  readonly instances?: number;
  /**
   * After how long a life that is joined, but not in service, has failed: its `onJoin` does not return, or a registration is
   * not answered. What another session has is waited for longer. 0: never. Default: 60 000.
   */
  readonly startTimeout?: number;
}

/** A component of a runtime, under the name that it has there. */
export interface PlannedComponent {
  readonly name: string;
  readonly component: ComponentToRun;
  /** With the URIs that it has in its realm. */
  readonly configured: ConfiguredDescription;
  readonly realm: string;
}

/** More than this of one component in a process is a slip. */
const MOST_INSTANCES = 1_024;
const LONGEST = 2 ** 31 - 1;

/**
 * A component with its URIs, checked by itself.
 *
 * @throws InvalidConfiguration naming the option; BrokenComponent where a URI cannot be had from its configuration
 */
export function planned(component: ComponentToRun, name: string): PlannedComponent {
  const { loaded, instances = 1, requires = [], restart = {}, startTimeout = 60_000, critical = false } = component;
  const realm = loaded.description.realm ?? component.realm;
  checkRestartPolicy(restart, `${name}.restart`);
  checkCalls(component, `${name}.`);
  if (!(Number.isSafeInteger(instances) && instances >= 1 && instances <= MOST_INSTANCES)) {
    throw new InvalidConfiguration(
      `${name}.instances: expected a whole number from 1 to ${MOST_INSTANCES}, got ${String(instances)}`,
    );
  }
  if (!(typeof startTimeout === 'number' && startTimeout >= 0 && startTimeout <= LONGEST)) {
    throw new InvalidConfiguration(
      `${name}.startTimeout: expected milliseconds from 0 to ${LONGEST}, got ${String(startTimeout)}`,
    );
  }
  if (typeof critical !== 'boolean') {
    throw new InvalidConfiguration(`${name}.critical: expected true or false, got ${String(critical)}`);
  }
  if (!Array.isArray(requires) || requires.some((need) => typeof need !== 'string' || need === '')) {
    throw new InvalidConfiguration(`${name}.requires: expected a list of names of components and URIs of procedures`);
  }
  const configured = configuredDescription(component, realm);
  const alone = configured.procedures.filter(({ options }) => (options?.invoke ?? 'single') === 'single');
  if (instances > 1 && alone.length > 0) {
    const uris = alone.map(({ uri }) => uri).join(', ');
    throw new InvalidConfiguration(
      `${name}.instances: ${instances} of it cannot share ${uris}; register with invoke: 'roundrobin', 'random', 'first' or 'last', or run 1`,
    );
  }
  return { name, component, configured, realm };
}

/**
 * Before any component begins: later it would be that component's failure.
 *
 * @throws InvalidConfiguration where an interceptor is none, or a `callTimeout` is no time
 */
export function checkCalls(
  { interceptors, callTimeout }: Pick<ComponentToRun, 'interceptors' | 'callTimeout'>,
  at: string,
): void {
  if (interceptors !== undefined) checkInterceptors(interceptors, `${at}interceptors`);
  if (callTimeout !== undefined) milliseconds(`${at}callTimeout`, callTimeout);
}

function configuredDescription({ loaded }: ComponentToRun, realm: string): ConfiguredDescription {
  const { description, package: componentPackage } = loaded;
  try {
    return componentPackage.configured(description, { realm, extra: description.extra });
  } catch (error) {
    throw new BrokenComponent(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/**
 * One procedure has one owner in a realm, unless all who offer it share it by the same policy.
 *
 * @throws BrokenComponent
 */
export function checkProcedures(components: readonly PlannedComponent[]): void {
  const owners = new Map<string, { readonly name: string; readonly invoke: InvocationPolicy }>();
  const clashes: string[] = [];
  for (const { name, configured, realm } of components) {
    for (const { uri, options: { invoke = 'single' } = {} } of configured.procedures) {
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
