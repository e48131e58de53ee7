// Longer than 300 lines: one table of every setting that there is, which flags, variables, checks, help and docs come of.
import { EXPOSE_ERRORS, type ExposeErrors } from '@wamp-run/client';
import convict from 'convict';
import {
  CALL_TIMEOUT_SHAPE,
  COMPONENT_SHAPE,
  type ComponentEntry,
  INTERCEPTORS_SHAPE,
  MS_SHAPE,
} from './configuration/component-entry.js';
import { nested } from './configuration/nested.js';
import { ROUTER_KEYS, type RouterKeyName, type RouterSection } from './configuration/router-section.js';
import type { Shape } from './configuration/shape.js';
import type { InterceptorSource } from './interceptors.js';
import { LOGIN_METHODS, type LoginSettings } from './login.js';
import { LOG_LEVELS, type LogLevel, type LogLevels } from './logs.js';

/** What the command can be told: by a file of configuration, the environment or a flag. */
export interface Settings extends LoginSettings {
  /** The router to join; empty: bring one. */
  readonly url: string;
  readonly realm: string;
  /** Where the embedded router listens. */
  readonly host: string;
  readonly port: number;
  /** Where the embedded router listens instead of at host and port, by URL; none: there. */
  readonly listen: readonly string[];
  readonly logLevel: LogLevel;
  readonly logLevels: LogLevels;
  /** Give up when no router was reached after this time (ms); 0: never. */
  readonly connectTimeout: number;
  /** Whether components whose files change are replaced. */
  readonly watch: boolean;
  /** What callers learn of errors that are not meant for them. */
  readonly exposeErrors: ExposeErrors;
  /** How long a component's call waits for a result where it does not say so itself (ms); 0: for ever. */
  readonly callTimeout: number;
  /** An invocation or an event that takes longer is told of (ms); 0: none. */
  readonly slowAfter: number;
  /** Who keeps the event loop for longer is told of (ms); 0: nobody. */
  readonly blockedAfter: number;
  /** Around what every component does. */
  readonly interceptors: readonly InterceptorSource[];
  /** The file of keys for end-to-end encryption; empty: none. */
  readonly keyring: string;
  readonly healthHost: string;
  /** Where health is told; null: nowhere. */
  readonly healthPort: number | null;
  /** Where `status` asks; empty: at host and port of health. */
  readonly healthUrl: string;
  readonly components: readonly ComponentEntry[];
  /** The options of its own router. */
  readonly router: Required<Omit<RouterSection, UnsetRouterKey | 'host' | 'port' | 'listen'>> &
    Pick<RouterSection, UnsetRouterKey>;
}

/** Options of the router that have no default. */
type UnsetRouterKey = 'authentication' | 'principals' | 'authenticators' | 'realmOnDemand';

/** Milliseconds that a call of a component has where nobody says otherwise. */
export const CALL_TIMEOUT = 30_000;
/** Milliseconds after which an invocation or an event is told of, where nobody says otherwise. */
export const SLOW_AFTER = 30_000;
/** Milliseconds after which it is told who keeps the event loop, where nobody says otherwise. */
export const BLOCKED_AFTER = 1_000;

interface Setting {
  /** Where it stands in a file of configuration; undefined: not there. */
  readonly key?: string;
  /** The environment variable; undefined: none. */
  readonly env?: string;
  /** How the help writes what the flag takes: empty for one that takes nothing. Undefined: no flag. */
  readonly flag?: string;
  readonly doc: string;
  readonly shape: Shape;
  readonly default: unknown;
  /** How the help and the table tell the default, where the value does not. */
  readonly otherwise?: string;
}

const PORT: Shape = { kind: 'number', what: 'a port (0 to 65535)', least: 0, most: 65_535 };
const text = (what: string): Shape => ({ kind: 'text', what });

const OWN = {
  url: {
    key: 'url',
    env: 'WAMP_URL',
    flag: '<url>',
    doc: 'the router to join: `ws://`, `wss://`, `rs://`, `rss://`, `unix:`, `http://` or `https://`',
    shape: text("a router's URL"),
    default: '',
    otherwise:
      'none: it brings its own router (`call`: the one at `router.host` and `router.port`, or at the first of `router.listen`)',
  },
  realm: {
    key: 'realm',
    env: 'WAMP_REALM',
    flag: '<realm>',
    doc: "the realm; one of a component's own wins over it",
    shape: text('a realm'),
    default: 'realm1',
  },
  host: {
    key: 'router.host',
    env: 'WAMP_HOST',
    flag: '<host>',
    doc: 'where its own router listens',
    shape: text('a host name or an address'),
    default: '127.0.0.1',
  },
  port: {
    key: 'router.port',
    env: 'WAMP_PORT',
    flag: '<port>',
    doc: 'the port of its own router; 0 takes any that is free',
    shape: PORT,
    default: 8080,
  },
  listen: {
    key: 'router.listen',
    env: 'WAMP_LISTEN',
    flag: '<urls>',
    doc: 'where its own router listens instead, by URL: `ws://host:port/path`, `rs://host:port`, `unix:/path`; several with commas, in a file as a list',
    shape: {
      kind: 'list',
      of: text('a URL to listen at'),
      what: 'URLs to listen at, with commas between them',
      least: 1,
    },
    default: [],
    otherwise: 'none: every wire at host and port',
  },
  logLevel: {
    key: 'logLevel',
    env: 'WAMP_LOG_LEVEL',
    flag: '<level>',
    doc: '`trace`, `debug`, `info`, `warn`, `error` or `silent`',
    shape: { kind: 'word', words: LOG_LEVELS },
    default: 'info',
    otherwise: '`info` (`call`: `silent`, whatever a file says)',
  },
  logLevels: {
    key: 'logLevels',
    doc: 'the level of single components, by name: `{ Orders: debug }`; `router` is its own router',
    shape: { kind: 'map', of: { kind: 'word', words: LOG_LEVELS }, what: 'an object with a level for each component' },
    default: {},
    otherwise: '`logLevel`',
  },
  connectTimeout: {
    key: 'connectTimeout',
    env: 'WAMP_CONNECT_TIMEOUT',
    flag: '<ms>',
    doc: 'give up when no router was reached after so many milliseconds',
    shape: { kind: 'number', what: 'a number of milliseconds (0 or more)', least: 0 },
    default: 0,
    otherwise: '`0`: never',
  },
  watch: {
    key: 'watch',
    env: 'WAMP_WATCH',
    flag: '',
    doc: 'for development: components are replaced when their files, or files that those import, change',
    shape: { kind: 'switch' },
    default: false,
  },
  exposeErrors: {
    key: 'exposeErrors',
    env: 'WAMP_EXPOSE_ERRORS',
    flag: '<what>',
    doc: 'what a caller learns of an error that is not meant for it: `none`, its `message`, or its `traceback` too',
    shape: { kind: 'word', words: EXPOSE_ERRORS },
    default: 'none',
  },
  auth: {
    key: 'auth',
    env: 'WAMP_AUTH',
    flag: '<method>',
    doc: 'how to log in at the router of `url`: `ticket`, `wampcra`, `wamp-scram` or `cryptosign`',
    shape: { kind: 'word', words: LOGIN_METHODS },
    default: '',
    otherwise: 'none: anonymous',
  },
  authid: {
    key: 'authid',
    env: 'WAMP_AUTHID',
    flag: '<name>',
    doc: 'who logs in',
    shape: text('a name'),
    default: '',
    otherwise: 'none',
  },
  secretFile: {
    key: 'secretFile',
    env: 'WAMP_SECRET_FILE',
    flag: '<file>',
    doc: 'the file of the secret, or for `cryptosign` of the private key; nobody else may be able to read it. A file of a public key (`.pub`) stands for the private one in the ssh-agent',
    shape: { kind: 'text', what: 'a file of a secret', path: true },
    default: '',
    otherwise: 'none',
  },
  secret: {
    key: 'secret',
    env: 'WAMP_SECRET',
    flag: '<text>',
    doc: 'the secret itself; as a flag it works with a warning, as others on the machine can read it',
    shape: { kind: 'text', what: 'a secret', secret: true },
    default: '',
    otherwise: 'none',
  },
  keyring: {
    key: 'keyring',
    env: 'WAMP_KEYRING',
    flag: '<file>',
    doc: 'encrypt arguments from end to end with the keys in this file',
    shape: { kind: 'text', what: 'a file of keys', path: true },
    default: '',
    otherwise: 'none: everything goes in the clear',
  },
  healthHost: {
    key: 'health.host',
    env: 'WAMP_HEALTH_HOST',
    flag: '<host>',
    doc: 'where `/livez` and `/readyz` are served; in a container `0.0.0.0`',
    shape: text('a host name or an address'),
    default: '127.0.0.1',
  },
  healthPort: {
    key: 'health.port',
    env: 'WAMP_HEALTH_PORT',
    flag: '<port>',
    doc: 'the port of `/livez` and `/readyz`; 0 takes any that is free',
    shape: PORT,
    default: null,
    otherwise: 'none: they are not served',
  },
  healthUrl: {
    env: 'WAMP_HEALTH_URL',
    flag: '<url>',
    doc: 'where `status` asks: `http://host:port`',
    shape: text('http://host:port'),
    default: '',
    otherwise: 'the health host and port',
  },
  callTimeout: {
    key: 'callTimeout',
    env: 'WAMP_CALL_TIMEOUT',
    flag: '<ms>',
    doc: 'how long a call of a component waits for a result, where it does not say so itself; 0: for ever',
    shape: CALL_TIMEOUT_SHAPE,
    default: CALL_TIMEOUT,
  },
  slowAfter: {
    key: 'slowAfter',
    env: 'WAMP_SLOW_AFTER',
    flag: '<ms>',
    doc: 'after how long an invocation or an event of a component is named in the log, and counted as `slow` in `/readyz`; 0: never',
    shape: MS_SHAPE,
    default: SLOW_AFTER,
  },
  blockedAfter: {
    key: 'blockedAfter',
    env: 'WAMP_BLOCKED_AFTER',
    flag: '<ms>',
    doc: 'for how long a component may keep the event loop before it is named in the log, and for a minute in `/readyz`; 0: for ever',
    shape: MS_SHAPE,
    default: BLOCKED_AFTER,
  },
  interceptors: {
    key: 'interceptors',
    doc: 'files that export `interceptors`, around the calls, publications, invocations and events of every component; the first is the outermost',
    shape: INTERCEPTORS_SHAPE,
    default: [],
    otherwise: 'none',
  },
  components: {
    key: 'components',
    doc: 'the components to run, each an object whose keys are told below',
    shape: { kind: 'list', of: COMPONENT_SHAPE, what: 'a list of components' },
    default: [],
    otherwise: 'none',
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof OWN | `router.${RouterKeyName}`;

const ROUTER = Object.fromEntries(
  Object.entries(ROUTER_KEYS).map(([name, setting]): [string, Setting] => {
    const otherwise = name === 'realms' || setting.default === undefined ? { otherwise: 'none' } : {};
    return [`router.${name}`, { ...setting, key: `router.${name}`, ...otherwise }];
  }),
) as Readonly<Record<`router.${RouterKeyName}`, Setting>>;

/** Every setting there is: the one place that says so. Flags, variables, the file's keys, checks, help and docs come of it. */
export const SETTINGS: Readonly<Record<SettingName, Setting>> = { ...OWN, ...ROUTER };

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** Settings that a shell can give. */
export type FlagName = {
  [N in keyof typeof OWN]: (typeof OWN)[N] extends { flag: string } ? N : never;
}[keyof typeof OWN];

/** The flag of a setting: `connectTimeout` → `--connect-timeout`. */
export function flagFor(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A setting's default, for people. */
export function defaultOf(name: SettingName): string {
  const { otherwise, default: value } = SETTINGS[name];
  return otherwise ?? `\`${String(value)}\``;
}

/** Some settings by name, each of the type that it has to have. */
export type SettingValues = Partial<Record<SettingName, unknown>>;

/** The settings in force. Of two layers the later wins; what is in none has its default. */
export function layered(layers: readonly SettingValues[]): Settings {
  const schema = Object.fromEntries(
    Object.entries(OWN).map(([name, { doc, default: value }]) => [name, { doc, format: '*', default: value }]),
  );
  const config = convict(schema, { env: {}, args: [] });
  for (const layer of layers) {
    config.load(Object.fromEntries(Object.entries(layer).filter(([name]) => name in OWN)));
  }
  config.validate({ allowed: 'strict' });
  const values = config.getProperties() as Record<string, unknown>;
  // Convict gives copies, of which functions and objects of classes do not come out as they were.
  const router = Object.entries(ROUTER).map(([name, setting]): [string, unknown] => {
    const given = layers.map((layer) => layer[name as SettingName]).filter((value) => value !== undefined);
    return [name.slice('router.'.length), given.at(-1) ?? setting.default];
  });
  return { ...values, router: nested(router) } as unknown as Settings;
}
