import { EXPOSE_ERRORS, type ExposeErrors } from '@wamp-run/client';
import { InvalidConfiguration } from '@wamp-run/protocol';
import convict from 'convict';
import { LOGIN_METHODS, type LoginSettings } from './login.js';
import { LOG_LEVELS, type LogLevel } from './logs.js';

/** What the command can be told, by flag or by environment. */
export interface Settings extends LoginSettings {
  /** The router to join; empty: bring one. */
  readonly url: string;
  readonly realm: string;
  /** Where the embedded router listens. */
  readonly host: string;
  readonly port: number;
  /** Where the embedded router listens instead of at host and port: URLs with commas between them; empty: there. */
  readonly listen: string;
  readonly logLevel: LogLevel;
  /** Give up when no router was reached after this time (ms); 0: never. */
  readonly connectTimeout: number;
  /** What callers learn of errors that are not meant for them. */
  readonly exposeErrors: ExposeErrors;
  /** The file of keys for end-to-end encryption; empty: none. */
  readonly keyring: string;
}

const SCHEMA = {
  url: { doc: 'the router to join', format: String, default: '', env: 'WAMP_URL' },
  realm: { doc: 'the realm to join', format: String, default: 'realm1', env: 'WAMP_REALM' },
  host: { doc: 'where the embedded router listens', format: String, default: '127.0.0.1', env: 'WAMP_HOST' },
  port: { doc: 'the port of the embedded router; 0: any', format: 'port', default: 8080, env: 'WAMP_PORT' },
  listen: { doc: 'where the embedded router listens, by URL', format: String, default: '', env: 'WAMP_LISTEN' },
  logLevel: { doc: 'how much is told', format: [...LOG_LEVELS], default: 'info' as LogLevel, env: 'WAMP_LOG_LEVEL' },
  connectTimeout: {
    doc: 'give up when no router was reached after this time (ms); 0: never',
    format: 'nat',
    default: 0,
    env: 'WAMP_CONNECT_TIMEOUT',
  },
  exposeErrors: {
    doc: 'what callers learn of errors that are not meant for them',
    format: [...EXPOSE_ERRORS],
    default: 'none' as ExposeErrors,
    env: 'WAMP_EXPOSE_ERRORS',
  },
  auth: {
    doc: 'how to log in at the router',
    format: ['', ...LOGIN_METHODS],
    default: '' as LoginSettings['auth'],
    env: 'WAMP_AUTH',
  },
  authid: { doc: 'who logs in', format: String, default: '', env: 'WAMP_AUTHID' },
  secret: { doc: 'the secret of the login', format: String, default: '', env: 'WAMP_SECRET' },
  secretFile: {
    doc: 'the file of the secret, or of the private key',
    format: String,
    default: '',
    env: 'WAMP_SECRET_FILE',
  },
  keyring: { doc: 'the file of keys for end-to-end encryption', format: String, default: '', env: 'WAMP_KEYRING' },
} as const;

export type SettingName = keyof typeof SCHEMA;

/** The environment variable beside each flag. */
export function variableFor(name: SettingName): string {
  return SCHEMA[name].env;
}

/** A setting's default, for the help text. */
export function defaultOf(name: SettingName): string {
  return String(SCHEMA[name].default);
}

/**
 * The settings in force: a flag wins over the environment, the environment over the default.
 * An environment variable that is set and empty counts as not set.
 *
 * @param flags what the command line gave, as strings
 * @param names the settings that count; the others keep their defaults, whatever the environment says
 * @throws InvalidConfiguration that names the flag or variable, what it must be, and what it was
 */
export function readSettings(
  flags: Partial<Record<SettingName, string>>,
  env: Record<string, string | undefined>,
  names: readonly SettingName[] = Object.keys(SCHEMA) as SettingName[],
): Settings {
  const given: Record<string, string> = {};
  const sources = new Map<string, string>();
  const wrong: string[] = [];
  for (const name of names) {
    const variable = SCHEMA[name].env;
    const flag = flags[name];
    const value = flag ?? env[variable];
    if (value === undefined || (flag === undefined && value === '')) continue;
    const source = flag === undefined ? variable : flagFor(name);
    if (value === '') {
      // From a shell's `--host "$HOST"` with nothing in it: never a wish to listen everywhere, or to bring a router.
      wrong.push(complaint(name, source, value));
      continue;
    }
    if (typeof SCHEMA[name].default === 'number' && !/^\d+$/.test(value)) {
      // convict would take `1s` for 1.
      wrong.push(complaint(name, source, value));
      continue;
    }
    given[variable] = value;
    sources.set(name, source);
  }
  // Flags go in as the environment does, so that convict turns their strings into the same types by the same rules.
  const config = convict(SCHEMA, { env: given, args: [] });
  try {
    config.validate({ allowed: 'strict' });
  } catch (error) {
    wrong.push(...complaints(error, sources, given));
  }
  if (wrong.length > 0) throw new InvalidConfiguration(wrong.join('; '));
  return config.getProperties() as Settings;
}

/** The URLs in a list of them. */
export function addressesIn(list: string): string[] {
  return list === '' ? [] : list.split(',').map((url) => url.trim());
}

/** The flag of a setting: `connectTimeout` → `--connect-timeout`. */
export function flagFor(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

const EXPECTED: Record<SettingName, string> = {
  url: "a router's URL",
  realm: 'a realm',
  host: 'a host name or an address',
  port: 'a port (0 to 65535)',
  listen: 'URLs to listen at, with commas between them',
  logLevel: `one of ${LOG_LEVELS.join(', ')}`,
  connectTimeout: 'a number of milliseconds (0 or more)',
  exposeErrors: `one of ${EXPOSE_ERRORS.join(', ')}`,
  auth: `one of ${LOGIN_METHODS.join(', ')}`,
  authid: 'a name',
  secret: 'a secret',
  secretFile: 'a file',
  keyring: 'a file of keys',
};

/** convict says `port: ports must be within range …`, a line each; this says which flag or variable, and what it was. */
function complaints(error: unknown, sources: ReadonlyMap<string, string>, given: Record<string, string>): string[] {
  const lines = error instanceof Error ? error.message.split('\n') : [String(error)];
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const name = line.slice(0, line.indexOf(':')).trim() as SettingName;
      const source = sources.get(name);
      return source === undefined ? line : complaint(name, source, given[SCHEMA[name].env]);
    });
}

function complaint(name: SettingName, source: string, value: string | undefined): string {
  return `${source}: expected ${EXPECTED[name]}, got ${JSON.stringify(value)}`;
}
