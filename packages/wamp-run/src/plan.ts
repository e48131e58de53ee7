import { Client, type Interceptor } from '@wamp-run/client';
import {
  type ClientAuthenticator,
  type Clock,
  type Connector,
  InvalidConfiguration,
  type Random,
} from '@wamp-run/protocol';
import type { ComponentToRun, ImportService } from '@wamp-run/runtime';
import { componentsOf, type FoundComponent } from './components.js';
import type { ComponentEntry } from './configuration/component-entry.js';
import { loginsOf } from './configuration/logins.js';
import { type Path, placeOf } from './configuration/shape.js';
import { readEncryption, type SessionEncryption } from './encryption.js';
import { type Failure, noted } from './failures.js';
import type { Home } from './home.js';
import { type InterceptorSource, loadInterceptors } from './interceptors.js';
import { localLogin } from './local-login.js';
import { readLogin } from './login.js';
import { CALL_TIMEOUT } from './settings.js';
import type { StartOptions } from './start-options.js';
import { connectorFor } from './wires.js';

/** A component with all that is to be run of it, but where the process's router is. */
export interface PlannedComponent extends FoundComponent {
  /** As the configuration has it. In the runtime the second of one name is `Name-2`. */
  readonly name: string;
  /** Its own ways to the router; undefined: the process's. */
  readonly connectors: readonly Connector[] | undefined;
  readonly authenticators: readonly ClientAuthenticator[] | undefined;
  readonly encryption: SessionEncryption | undefined;
  /** Around what it does, those of the process first. */
  readonly interceptors: readonly Interceptor[];
  /** Milliseconds that its calls have. */
  readonly callTimeout: number;
  readonly realm: string;
  /** All that was said of it, the contents of its files included. What is equal need not be restarted. */
  readonly mark: unknown;
}

export interface Machine {
  readonly clock: Clock;
  readonly random: Random;
}

/** What a plan is made with. */
export interface PlanMeans extends Machine {
  /** How files of services are imported. */
  readonly importService: ImportService;
}

/** What holds for components that say nothing else. */
interface ProcessPart {
  readonly url: string | undefined;
  readonly realm: string;
  readonly authenticators: readonly ClientAuthenticator[] | undefined;
  readonly encryption: SessionEncryption | undefined;
  readonly interceptors: readonly Interceptor[];
  /** The same, as the options have them. */
  readonly interceptorSources: readonly InterceptorSource[];
  readonly callTimeout: number;
  /** Tells whether the login has changed. */
  readonly loginMark: unknown;
}

/** What an entry has of its own. */
interface EntryPart {
  readonly connectors: readonly Connector[] | undefined;
  readonly authenticators: readonly ClientAuthenticator[] | undefined;
  readonly encryption: SessionEncryption | undefined;
  readonly interceptors: readonly Interceptor[];
  readonly digests: readonly string[];
}

/**
 * Everything that options ask to be run: files loaded, secrets and keys read, ways to routers made. Nothing of it is started.
 * What does not go is noted, each with its place.
 */
export async function planOf(
  options: StartOptions,
  means: PlanMeans,
  failures: Failure[],
): Promise<PlannedComponent[]> {
  const process = await processPart(options, means, failures);
  const { components: entries = [], files = [], from } = options;
  const parts = new Map<ComponentEntry, EntryPart>();
  for (const [index, entry] of entries.entries()) {
    parts.set(entry, await entryPart(entry, { options, means, failures, path: ['components', index] }));
  }
  const found = await componentsOf({ files, entries, from, importService: means.importService }, failures);
  return found.map((component) => plannedComponent(component, parts, process));
}

/** What the runtime is handed. */
export function toRun(
  { loaded, connectors, ...component }: PlannedComponent,
  { connector, local }: Pick<Home, 'connector' | 'local'>,
): ComponentToRun {
  const { restart, critical, requires, instances, startTimeout } = component.entry ?? {};
  const { callTimeout, encryption, interceptors, realm } = component;
  // At the router of its own process a component is let in as such, unless it has a login of its own.
  const asLocal = connectors === undefined && local ? [localLogin(component.name)] : undefined;
  const authenticators = component.authenticators ?? asLocal;
  return {
    loaded,
    realm,
    connectors: connectors ?? [connector],
    encryption,
    interceptors,
    callTimeout,
    ...(authenticators === undefined ? {} : { authenticators }),
    ...(restart === undefined ? {} : { restart }),
    ...(critical === undefined ? {} : { critical }),
    ...(requires === undefined ? {} : { requires }),
    ...(instances === undefined ? {} : { instances }),
    ...(startTimeout === undefined ? {} : { startTimeout }),
  };
}

function plannedComponent(
  found: FoundComponent,
  parts: ReadonlyMap<ComponentEntry, EntryPart>,
  process: ProcessPart,
): PlannedComponent {
  const { loaded, entry } = found;
  const own = entry === undefined ? undefined : parts.get(entry);
  const { description, file } = loaded;
  const connectors = own?.connectors;
  // The process's login is for the process's router: no other one gets to see it.
  const authenticators = own?.authenticators ?? (connectors === undefined ? process.authenticators : undefined);
  const encryption = own?.encryption ?? process.encryption;
  const { path, export: _, ...said } = entry ?? {};
  return {
    ...found,
    name: description.name,
    connectors,
    authenticators,
    encryption,
    interceptors: [...process.interceptors, ...(own?.interceptors ?? [])],
    callTimeout: entry?.callTimeout ?? process.callTimeout,
    realm: process.realm,
    mark: {
      file,
      class: description.class,
      realm: description.realm ?? process.realm,
      said,
      digests: own?.digests ?? [],
      keys: encryption?.digest,
      interceptors: process.interceptorSources,
      callTimeout: entry?.callTimeout ?? process.callTimeout,
      ...(connectors === undefined ? { url: process.url } : {}),
      ...(own?.authenticators === undefined && connectors === undefined ? { login: process.loginMark } : {}),
    },
  };
}

async function processPart(options: StartOptions, means: PlanMeans, failures: Failure[]): Promise<ProcessPart> {
  const { importService, ...machine } = means;
  const { callTimeout = CALL_TIMEOUT, interceptors = [] } = options;
  const { url, from, keyring, realm = 'realm1', auth = '', authid = '', secret = '', secretFile = '' } = options;
  const agent = options.env?.SSH_AUTH_SOCK;
  const login = await noted(failures, [], () => readLogin({ auth, authid, secret, secretFile }, from, agent));
  const authenticators = options.authenticators ?? login?.authenticators;
  if ((authenticators ?? []).length > 0 && url === undefined) {
    const text = 'a login is for a router that is there already; name it with url (--url)';
    failures.push({ path: [], error: new InvalidConfiguration(text) });
  }
  const encryption =
    keyring === undefined
      ? undefined
      : await noted(failures, ['keyring'], () => readEncryption(keyring, { from, ...machine }));
  await noted(failures, ['realm'], () => checkSession(realm, authenticators, machine));
  return {
    url,
    realm,
    authenticators: (authenticators ?? []).length === 0 ? undefined : authenticators,
    encryption,
    interceptors: await interceptorsOf(interceptors, { from, importService, failures, path: ['interceptors'] }),
    interceptorSources: interceptors,
    callTimeout,
    loginMark: options.authenticators ?? login?.digest,
  };
}

interface EntryReading {
  readonly options: StartOptions;
  readonly means: PlanMeans;
  readonly failures: Failure[];
  readonly path: Path;
}

async function entryPart(entry: ComponentEntry, reading: EntryReading): Promise<EntryPart> {
  const { options, means, failures, path } = reading;
  const { importService, ...machine } = means;
  const { transports, keyring, authentication, interceptors = [] } = entry;
  const { from, env = {} } = options;
  const connectors: Connector[] = [];
  for (const [index, transport] of (transports ?? []).entries()) {
    const at = [...path, 'transports', index];
    const connector = await noted(failures, at, () => connectorFor(transport, machine.clock));
    if (connector !== undefined) connectors.push(connector);
  }
  const encryption =
    keyring === undefined
      ? undefined
      : await noted(failures, [...path, 'keyring'], () => readEncryption(keyring, { from, ...machine }));
  const at = [...path, 'authentication'];
  const logins = authentication === undefined ? undefined : await loginsOf(authentication, { from, env }, at);
  for (const { path: place, text } of logins?.mistakes ?? []) {
    failures.push({ path: place, error: new InvalidConfiguration(text) });
  }
  await noted(failures, at, () => checkSession('realm1', logins?.authenticators, machine));
  const realm = entry.realm;
  if (realm !== undefined) await noted(failures, [...path, 'realm'], () => checkSession(realm, undefined, machine));
  return {
    connectors: transports === undefined ? undefined : connectors,
    authenticators: logins?.authenticators,
    encryption,
    interceptors: await interceptorsOf(interceptors, {
      from,
      importService,
      failures,
      path: [...path, 'interceptors'],
    }),
    digests: logins?.digests ?? [],
  };
}

interface InterceptorReading {
  readonly from: string;
  readonly importService: ImportService;
  readonly failures: Failure[];
  readonly path: Path;
}

async function interceptorsOf(
  sources: readonly InterceptorSource[],
  { from, importService, failures, path }: InterceptorReading,
): Promise<readonly Interceptor[]> {
  const place = placeOf(path);
  return (await noted(failures, path, () => loadInterceptors(sources, { from, importService, place }))) ?? [];
}

/** What the client itself has against a realm, and against logins beside each other. It is never opened. */
function checkSession(
  realm: string,
  authenticators: readonly ClientAuthenticator[] | undefined,
  { clock, random }: Machine,
): void {
  const connector: Connector = { address: 'nowhere', connect: () => Promise.reject(new Error('never asked')) };
  new Client({ connectors: [connector], realm, authenticators, clock, random });
}
