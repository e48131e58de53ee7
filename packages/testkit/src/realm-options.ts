import type { ClientOptions, ExposeErrors, Retry } from '@wamp-run/client';
import type { ComponentConfigFields, Provider } from '@wamp-run/component';
import { type Connector, checkOptionNames, InvalidConfiguration, type Logger } from '@wamp-run/protocol';
import type { RealmOptions, RouterOptions } from '@wamp-run/router';
import type { ComponentToRun } from '@wamp-run/runtime';

/** What the realm's router is made of, beside what the test realm itself hands in. */
export type TestRouterOptions = Omit<
  RouterOptions,
  'realms' | 'realmOnDemand' | 'clock' | 'wallTime' | 'random' | 'log'
>;

/** How a test realm is made. All of it can be left out. */
export interface TestRealmOptions extends Partial<RealmOptions> {
  /** Limits and timeouts of the router. */
  readonly router?: TestRouterOptions;
  /** What randomness begins with: a whole number. The same seed gives the same ids, and the same jitter. Default: 1. */
  readonly seed?: number;
  /** The time of day at which the realm's clock begins, in milliseconds since 1970. Default: 2026-01-01T00:00Z. */
  readonly startsAt?: number;
  /**
   * Real milliseconds that the realm waits for what its clock does not move (a file, a socket, a handler that never
   * returns) before it says so. Default: 2 000.
   */
  readonly patience?: number;
  /** What `close` does where something was left behind: `fail` rejects, `ignore` does not. Default: `fail`. */
  readonly leftovers?: 'fail' | 'ignore';
  /** Default: silent. */
  readonly log?: Logger;
}

/** How a component is started in a test realm. */
export interface StartOptions {
  /** `ComponentConfig.extra`, in the place of what the decorator says. */
  readonly extra?: unknown;
  /** Other fields of `ComponentConfig`, in the place of the realm's own. */
  readonly config?: Partial<Pick<ComponentConfigFields, 'controller' | 'shared' | 'runner'>>;
  /**
   * What is injected in the place of the component's own dependencies: of what it provides itself, and of any other
   * class or token. One that replaces a provider of the process is the process's, too.
   */
  readonly providers?: readonly Provider[];
  /**
   * What is waited for: `running`, all that it offers is registered and subscribed; `started`, nothing. Default:
   * `running`.
   */
  readonly until?: 'running' | 'started';
  /** How long it may finish what it is doing when it is stopped, in milliseconds of the realm's clock. Default: 10 000. */
  readonly grace?: number;
  /** How lost connections are tried again. Default: the client's. */
  readonly retry?: Retry;
  /**
   * When it fails, how often and how soon it is started anew, by the realm's clock. Default: `never`, and a test learns of the
   * failure at once.
   */
  readonly restart?: ComponentToRun['restart'];
  /** What callers learn of errors that are not meant for them. Default: `none`. */
  readonly exposeErrors?: ExposeErrors;
  /** Code of one's own around what the component does, as the configuration of a runtime gives it. Default: none. */
  readonly interceptors?: ComponentToRun['interceptors'];
  /** Milliseconds that its calls have which do not say so themselves. Default: no limit. */
  readonly callTimeout?: ComponentToRun['callTimeout'];
  /** How it logs in, where the realm has `authenticators`. Default: as anonymous. */
  readonly authenticators?: ComponentToRun['authenticators'];
  /** What it encrypts its payloads with. Default: nothing. */
  readonly encryption?: ComponentToRun['encryption'];
  /** Ways to another router, such as a ScriptedRouter's. Default: the realm's own. */
  readonly connectors?: readonly Connector[];
}

/** How a session is made in a test realm: a client's options, beside what the realm itself hands in. */
export interface TestSessionOptions extends Omit<ClientOptions, 'connectors' | 'realm' | 'clock' | 'random'> {
  /** What events and errors call it. Default: `session`; the second is `session-2`. */
  readonly name?: string;
}

/** What was checked, with its defaults. */
export interface TestRealmSettings {
  readonly realm: RealmOptions;
  readonly router: TestRouterOptions;
  readonly seed: number;
  readonly startsAt: number;
  readonly patience: number;
  readonly leftovers: 'fail' | 'ignore';
  readonly log: Logger | undefined;
}

const START = Date.UTC(2026, 0, 1);

const REALM_KEYS: Readonly<Record<keyof TestRealmOptions, true>> = {
  name: true,
  disclosure: true,
  trustLevel: true,
  metaApi: true,
  history: true,
  authenticators: true,
  authenticator: true,
  roles: true,
  authorizer: true,
  router: true,
  seed: true,
  startsAt: true,
  patience: true,
  leftovers: true,
  log: true,
};

const START_KEYS: Readonly<Record<keyof StartOptions, true>> = {
  extra: true,
  config: true,
  providers: true,
  until: true,
  grace: true,
  retry: true,
  restart: true,
  exposeErrors: true,
  interceptors: true,
  callTimeout: true,
  authenticators: true,
  encryption: true,
  connectors: true,
};

/** Throws InvalidConfiguration, naming the key. */
export function checkStart(options: StartOptions): void {
  checkOptionNames(options, START_KEYS, 'start', '.');
  const { until = 'running' } = options;
  if (until !== 'running' && until !== 'started') {
    throw new InvalidConfiguration(`start.until: expected running or started, got ${JSON.stringify(until)}`);
  }
}

/** Fills in the defaults. What is the router's is checked there. Throws InvalidConfiguration, naming the option. */
export function settleOptions(options: TestRealmOptions): TestRealmSettings {
  checkOptionNames(options, REALM_KEYS, 'createTestRealm', '.');
  const { router = {}, seed = 1, startsAt = START, patience = 2_000, leftovers = 'fail', log, ...realm } = options;
  if (!Number.isSafeInteger(seed)) throw new InvalidConfiguration(`seed: expected a whole number, got ${seed}`);
  for (const [name, value] of Object.entries({ startsAt, patience })) {
    if (!(typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER)) {
      throw new InvalidConfiguration(`${name}: expected milliseconds, got ${String(value)}`);
    }
  }
  if (leftovers !== 'fail' && leftovers !== 'ignore') {
    throw new InvalidConfiguration(`leftovers: expected fail or ignore, got ${JSON.stringify(leftovers)}`);
  }
  return { realm: { ...realm, name: realm.name ?? 'realm1' }, router, seed, startsAt, patience, leftovers, log };
}
