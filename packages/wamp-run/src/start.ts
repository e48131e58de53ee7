import type { ExposeErrors } from '@wamp-run/client';
import {
  type ClientAuthenticator,
  type Clock,
  InvalidConfiguration,
  type Logger,
  type Random,
  silent,
} from '@wamp-run/protocol';
import { type ComponentStatus, Runtime, type RuntimeEnd } from '@wamp-run/runtime';
import { checkComponentNames, componentsOf } from './components.js';
import type { ComponentEntry } from './configuration/component-entry.js';
import { ConfigurationMistakes } from './configuration/mistakes.js';
import { examined } from './configuration/read.js';
import type { RouterSection } from './configuration/router-section.js';
import { secretsIn } from './configuration/secrets.js';
import { placeOf } from './configuration/shape.js';
import { readEncryption } from './encryption.js';
import { Health, type HealthOptions, type Readiness, readinessOf } from './health.js';
import { type Home, homeFor } from './home.js';
import { localLogin } from './local-login.js';
import { type LoginMethod, readLogin } from './login.js';
import { type LogLevel, type LogLevels, openLog } from './logs.js';
import { serviceImporter } from './modules/service-modules.js';
import type { RouterLogins } from './router-logins.js';
import { systemClock, systemRandom } from './system.js';
import { VERSION } from './version.js';

/**
 * What `start` takes: the keys of a file of configuration, what only a program can give, and where paths start. Only
 * `connectTimeout` is the command's alone: a program has `settled` and `stop`.
 */
export interface StartOptions {
  /** Files that hold components: built JavaScript. They come before `components`. Default: none. */
  readonly files?: readonly string[];
  /** Components with what is to be said of each. Default: none. */
  readonly components?: readonly ComponentEntry[];
  /** The directory that relative paths start at. */
  readonly from: string;
  /** The router to join, by its URL: `ws://…`, `rs://…`, `unix:…`, `http://…`. Default: one of its own, in this process. */
  readonly url?: string;
  /** Default: `realm1`. A realm of a component's own wins over it. */
  readonly realm?: string;
  /** Its own router: where it listens, its realms and bounds, who may log in, and what they may do. */
  readonly router?: RouterSection;
  /**
   * What callers learn of errors that are not meant for them: `none`, `message` or `traceback`. Default: `none`.
   */
  readonly exposeErrors?: ExposeErrors;
  /**
   * The file of keys for end-to-end encryption, as `wamp-run keygen keyring` makes it. The components' sessions encrypt by
   * it. Default: none, and arguments go in the clear.
   */
  readonly keyring?: string;
  /** How the components log in at `url`. Default: what the next four say. Refused where there is no `url`. */
  readonly authenticators?: readonly ClientAuthenticator[];
  /** The method that they log in by at `url`. Default: as anonymous. */
  readonly auth?: LoginMethod;
  readonly authid?: string;
  /** The secret of the login, or for `cryptosign` the private key. */
  readonly secret?: string;
  /** Instead of `secret`: the file of it. */
  readonly secretFile?: string;
  /** Where `{ env }` in `router` looks. Default: nowhere, and such secrets are refused. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where `/livez` and `/readyz` are served. Default: nowhere. */
  readonly health?: HealthOptions;
  /** How much is told, on stderr, as JSON. Default: nothing. Instead of `log`. */
  readonly logLevel?: LogLevel;
  /** The levels of single components, by their names. With `logLevel`. */
  readonly logLevels?: LogLevels;
  /** Where logs go. Default: nowhere. */
  readonly log?: Logger;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: the machine's. */
  readonly random?: Random;
}

/** Components in service. */
export interface Running {
  /** Where clients reach the router: its own, or the one it joined. */
  readonly url: string;
  /** All of its addresses, that one first. */
  readonly urls: readonly string[];
  /** Where health is served, `http://host:port`; undefined: nowhere. */
  readonly healthUrl: string | undefined;
  /** How each component is doing. */
  status(): ComponentStatus[];
  /** Resolves when every component has been in service once, or has ended without. */
  settled(): Promise<void>;
  /** Takes every component out of service, finishing what runs, then stops the router it brought. Any number of times. */
  stop(): Promise<void>;
  /** Resolves when the last component has ended. */
  readonly closed: Promise<RuntimeEnd>;
}

/**
 * Runs components inside this program, as `wamp-run` does: with no `url` it brings a router, and other programs reach
 * the components through it. It touches neither signals nor the environment, and reads no file of configuration.
 *
 * @example
 * const running = await start({ files: ['./dist/service.js'], from: process.cwd(), router: { port: 0 } });
 * await running.settled();
 * // … clients connect to running.url …
 * await running.stop();
 * @throws NoSuchComponent, BrokenComponent: what is wrong with a file
 * @throws InvalidConfiguration: everything that is wrong with the options; a port in use, a URL that is none
 */
export async function start(options: StartOptions): Promise<Running> {
  const routerLogins = await checkedOptions(options);
  const { clock = systemClock, random = systemRandom, realm = 'realm1', files = [], components = [] } = options;
  const log = options.log ?? (await ownLog(options));
  const authenticators = await loginOf(options);
  const encryption =
    options.keyring === undefined
      ? undefined
      : await readEncryption(options.keyring, { from: options.from, clock, random });
  let ask = (): Readiness => ({ status: 'starting', components: [] });
  const health = options.health === undefined ? undefined : await Health.listen(options.health, () => ask());
  // Told before anything is loaded: that may take its time, and so long it is asked in vain whether all is ready.
  if (health !== undefined) log.info({ url: health.url }, 'health is told');
  let home: Home | undefined;
  try {
    const found = await componentsOf({
      files,
      entries: components,
      from: options.from,
      importService: serviceImporter(),
      clock,
    });
    home = await homeFor(found, { ...options, logins: routerLogins }, { clock, random, log, realm });
    const { connector, local } = home;
    const runtime = new Runtime({
      components: found.map(({ loaded, connectors }) => ({
        loaded,
        realm,
        encryption,
        // The login is for the router of `url`: no other one gets to see it.
        ...(connectors === undefined
          ? { connectors: [connector], authenticators: local ? [localLogin(loaded.description.name)] : authenticators }
          : { connectors }),
      })),
      runner: { name: 'wamp-run', version: VERSION },
      ...(options.exposeErrors === undefined ? {} : { exposeErrors: options.exposeErrors }),
      clock,
      random,
      log,
    });
    checkLogLevels(options.logLevels, runtime.status());
    runtime.start();
    let draining = false;
    ask = () => readinessOf(runtime.status(), draining);
    return running(runtime, home, health, () => {
      draining = true;
    });
  } catch (error) {
    await home?.close();
    await health?.close();
    throw error;
  }
}

function running(runtime: Runtime, home: Home, health: Health | undefined, drain: () => void): Running {
  return {
    url: home.urls[0] ?? '',
    urls: home.urls,
    healthUrl: health?.url,
    status: () => runtime.status(),
    settled: () => runtime.settled(),
    // The router goes after the components: until then they can finish what they are doing, and say goodbye.
    stop: async () => {
      drain();
      await runtime.stop();
      await home.close();
      await health?.close();
    },
    closed: runtime.closed,
  };
}

/** What only a program gives; all else is held to the shape of a file. */
const PROGRAM_KEYS: readonly string[] = ['files', 'from', 'authenticators', 'env', 'log', 'clock', 'random'];

/** What a file has for the command and for editors. */
const COMMAND_KEYS: readonly string[] = ['connectTimeout', '$schema'];

/** Throws everything that is wrong with the options. @returns what the router's section says of logins */
async function checkedOptions(options: StartOptions): Promise<RouterLogins> {
  const rest = Object.entries(options).filter(([key, value]) => value !== undefined && !PROGRAM_KEYS.includes(key));
  const { from, env = {} } = options;
  const { mistakes: found, logins } = await examined(Object.fromEntries(rest), { from, env });
  const mistakes = found.map(({ path, text, place = placeOf(path) }) => `${place}: ${text}`);
  for (const key of COMMAND_KEYS) {
    if (rest.some(([name]) => name === key)) mistakes.push(`${key}: is for files of configuration; leave it out`);
  }
  if (options.log !== undefined && (options.logLevel ?? options.logLevels) !== undefined) {
    mistakes.push('log: brings levels of its own; leave out logLevel and logLevels, or log');
  }
  if (options.authenticators !== undefined && (options.auth ?? options.authid) !== undefined) {
    mistakes.push('authenticators: are a login of their own; leave out auth and authid, or authenticators');
  }
  if (options.health !== undefined && options.health.port === undefined) mistakes.push('health.port: is missing');
  if ((options.files ?? []).length === 0 && (options.components ?? []).length === 0) {
    mistakes.push('files: nothing to run; name files, or components');
  }
  if (mistakes.length > 0) throw new ConfigurationMistakes(mistakes);
  return logins;
}

async function ownLog(options: StartOptions): Promise<Logger> {
  const { logLevel, logLevels } = options;
  if (logLevel === undefined && logLevels === undefined) return silent;
  const { log, clock, random, authenticators, env, ...said } = options;
  const { log: own } = await openLog({
    level: logLevel ?? 'silent',
    levels: logLevels ?? {},
    secrets: secretsIn(said),
    pretty: false,
  });
  return own;
}

/** A level for a component that is not there is a slip. */
function checkLogLevels(levels: LogLevels = {}, components: readonly ComponentStatus[]): void {
  checkComponentNames('logLevels', Object.keys(levels), [...components.map(({ name }) => name), 'router']);
}

async function loginOf(options: StartOptions): Promise<readonly ClientAuthenticator[]> {
  const { url, from, auth = '', authid = '', secret = '', secretFile = '' } = options;
  const authenticators = options.authenticators ?? (await readLogin({ auth, authid, secret, secretFile }, from));
  if (authenticators.length > 0 && url === undefined) {
    throw new InvalidConfiguration('a login is for a router that is there already; name it with url (--url)');
  }
  return authenticators;
}
