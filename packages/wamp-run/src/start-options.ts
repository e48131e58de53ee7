import type { ExposeErrors } from '@wamp-run/client';
import type { ClientAuthenticator, Clock, Logger, Random } from '@wamp-run/protocol';
import type { ComponentEntry } from './configuration/component-entry.js';
import { PlacedMistakes } from './configuration/mistakes.js';
import type { PlacedMistake } from './configuration/principals.js';
import { examined } from './configuration/read.js';
import type { RouterSection } from './configuration/router-section.js';
import { secretsIn } from './configuration/secrets.js';
import type { HealthOptions } from './health.js';
import type { InterceptorSource } from './interceptors.js';
import type { LoginMethod } from './login.js';
import type { LogLevel, LogLevels, LogSettings } from './logs.js';
import type { RouterLogins } from './router-logins.js';

/**
 * What `start` takes: the keys of a file of configuration, what only a program can give, and where paths start. Only
 * `connectTimeout` is the command's alone: a program has `settled` and `stop`.
 */
export interface StartOptions {
  /** Files that hold components: built JavaScript, or TypeScript where @oxc-node/core is. They come before `components`. Default: none. */
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
  /** Milliseconds that a component's call has which does not say so itself; 0: no limit. Default: 30 000. */
  readonly callTimeout?: number;
  /** An invocation or an event that takes longer (ms) is named in the log, and counted in `status`; 0: none. Default: 30 000. */
  readonly slowAfter?: number;
  /** Who keeps the event loop for longer (ms) is named in the log, and for a minute in `status`; 0: nobody. Default: 1 000. */
  readonly blockedAfter?: number;
  /**
   * Code of one's own around the calls, publications, invocations and events of every component, the outermost first, or
   * built files that export a list of such as `interceptors`. Default: none.
   */
  readonly interceptors?: readonly InterceptorSource[];
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
  /** Instead of `secret`: the file of it; or of a public key (`.pub`), whose private half an ssh-agent has. */
  readonly secretFile?: string;
  /**
   * For development: components are replaced when their files, or files of theirs that those import, change. What was
   * imported before stays in memory, as Node forgets no module. Default: false.
   */
  readonly watch?: boolean;
  /**
   * With `watch`: told at once of each error that the import of a file failed with. Node tells of those of CommonJS files as
   * unhandled rejections, too, and a program that ends on such can tell them by this. Default: nobody is told.
   */
  readonly importFailed?: (error: unknown) => void;
  /** Where `/livez` and `/readyz` are served. Default: nowhere. */
  readonly health?: HealthOptions;
  /** How much is told, on stderr, as JSON. Default: nothing. Instead of `log`. */
  readonly logLevel?: LogLevel;
  /** The levels of single components, by their names. With `logLevel`. */
  readonly logLevels?: LogLevels;
  /**
   * Where `{ env }` of a secret looks, and where `SSH_AUTH_SOCK` says that an ssh-agent is: `process.env`, say. Default:
   * nowhere, and such secrets are refused.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where logs go. Default: nowhere. */
  readonly log?: Logger;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: the machine's. */
  readonly random?: Random;
}

/** What only a program gives; all else is held to the shape of a file. */
const PROGRAM_KEYS: readonly string[] = [
  'files',
  'from',
  'importFailed',
  'authenticators',
  'env',
  'log',
  'clock',
  'random',
];

/** What a file has for the command and for editors. */
const COMMAND_KEYS: readonly string[] = ['connectTimeout', '$schema'];

/**
 * What the router's section says of logins.
 *
 * @throws InvalidConfiguration with everything that is wrong with the options themselves
 */
export async function checkedOptions(options: StartOptions): Promise<RouterLogins> {
  const rest = Object.entries(options).filter(([key, value]) => value !== undefined && !PROGRAM_KEYS.includes(key));
  const { from, env = {} } = options;
  const found = await examined(Object.fromEntries(rest), { from, env });
  const mistakes: PlacedMistake[] = [...found.mistakes];
  const wrong = (key: string, text: string) => mistakes.push({ path: key.split('.'), text });
  for (const key of COMMAND_KEYS) {
    if (rest.some(([name]) => name === key)) wrong(key, 'is for files of configuration; leave it out');
  }
  if (options.log !== undefined && (options.logLevel ?? options.logLevels) !== undefined) {
    wrong('log', 'brings levels of its own; leave out logLevel and logLevels, or log');
  }
  if (options.authenticators !== undefined && (options.auth ?? options.authid) !== undefined) {
    wrong('authenticators', 'are a login of their own; leave out auth and authid, or authenticators');
  }
  if (options.health !== undefined && options.health.port === undefined) wrong('health.port', 'is missing');
  if ((options.files ?? []).length === 0 && (options.components ?? []).length === 0) {
    wrong('files', 'nothing to run; name files, or components');
  }
  if (mistakes.length > 0) throw new PlacedMistakes(mistakes);
  return found.logins;
}

/** What the options say of a log: its levels, and what it must not tell. */
export function logSettingsOf(options: StartOptions): LogSettings {
  const { log, clock, random, authenticators, importFailed, env, ...said } = options;
  return { level: said.logLevel ?? 'silent', levels: said.logLevels ?? {}, secrets: secretsIn(said) };
}
