import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { NO_LOGINS, type RouterLogins, readLogins } from '../router-logins.js';
import { readSecretFile } from '../secret-file.js';
import {
  flagFor,
  layered,
  SETTING_NAMES,
  SETTINGS,
  type SettingName,
  type Settings,
  type SettingValues,
} from '../settings.js';
import { displacedIn, type GivenAt } from './displacing.js';
import { type ConfigurationFile, readConfigurationFile } from './file.js';
import { fileShape } from './file-shape.js';
import { ConfigurationMistakes } from './mistakes.js';
import { valueAt } from './nested.js';
import { withPaths } from './paths.js';
import { holdsSecret, offersSecret, type PlacedMistake } from './principals.js';
import { routerMistakes } from './router-mistakes.js';
import type { RouterSection } from './router-section.js';
import type { SecretPlaces } from './secret-value.js';
import { mistakesIn, type Path, placeOf, type Shape } from './shape.js';

/** What a command was given. */
export interface Given {
  /** What the command line says, as texts. */
  readonly flags: Partial<Record<SettingName, string | true>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--env-file`: wins over the environment. */
  readonly envFile?: string | undefined;
  /** `--config`. */
  readonly config?: string | undefined;
  /** Where relative paths start, and a file of configuration is looked for. */
  readonly directory: string;
  /** It was read before: JavaScript that has changed since is loaded anew. Default: false. */
  readonly again?: boolean;
  /** The settings that this command has; of others nothing is read but from the file, which is checked whole. */
  readonly names: readonly SettingName[];
}

/** A setting that was given in vain. */
export interface Displaced {
  readonly source: string;
  readonly by: string;
}

/** Settings, and where each comes from. */
export interface Configuration {
  readonly settings: Settings;
  /** Of each setting that is not at its default: the flag, the variable, or the file. */
  readonly sources: ReadonlyMap<SettingName, string>;
  /** Of each setting that was given and does not count: where it was, and what displaces it, as another way above it. */
  readonly displaced: ReadonlyMap<SettingName, Displaced>;
  /** The file that was read, as people know it. */
  readonly file: string | undefined;
  /** What the file of the environment holds. */
  readonly envFile: Readonly<Record<string, string>>;
  /** Where a value comes from, by its keys: the flag, the variable, or the file with line, column and key. */
  at(path: Path): Promise<string>;
}

/**
 * The settings in force: a flag wins over the file of `--env-file`, that over the environment, that over the file of
 * configuration, and that over the default. Of several ways to say one thing (`secret` and `secretFile`) the one that is given
 * above the others counts, and those are displaced. A variable that is set and empty counts as not set.
 *
 * @throws InvalidConfiguration with everything that is wrong, each with the flag, the variable or the file, key and place
 */
export async function readConfiguration(given: Given): Promise<Configuration> {
  const file = await readConfigurationFile(given.config, given.directory, given.again);
  const envFile = given.envFile === undefined ? {} : readEnvFile(given.envFile, given.directory);
  const mistakes: string[] = [];
  const found = new Map<SettingName, GivenAt>();
  const variables = { ...given.env, ...envFile };
  const fromFile = file === undefined ? {} : await valuesIn(file, variables, mistakes);
  for (const name of Object.keys(fromFile) as SettingName[]) {
    found.set(name, { level: 'file', source: file?.name ?? '' });
  }

  const fromShell: SettingValues = {};
  for (const name of given.names) {
    const said = textOf(name, given, envFile);
    if (said === undefined) continue;
    const { shape } = SETTINGS[name];
    const value = meantBy(said.text, shape);
    const [wrong] = mistakesIn(value, shape);
    if (wrong === undefined) {
      fromShell[name] = value;
      found.set(name, said);
    } else {
      mistakes.push(`${said.source}: expected ${expectedBy(shape)}, got ${JSON.stringify(said.text)}`);
    }
  }
  if (mistakes.length > 0) throw new ConfigurationMistakes(mistakes);
  const displaced = new Map<SettingName, Displaced>();
  for (const [name, by] of displacedIn(found)) {
    displaced.set(name, { source: found.get(name)?.source ?? '', by });
    found.delete(name);
    delete fromFile[name];
    delete fromShell[name];
  }
  const sources = new Map([...found].map(([name, { source }]) => [name, source]));
  return {
    settings: layered([fromFile, fromShell]),
    sources,
    displaced,
    file: file?.name,
    envFile,
    at: async (path) => {
      const name = settingAt(path);
      const source = name === undefined ? undefined : sources.get(name);
      if (file !== undefined && source === file.name) return file.at(path);
      return source ?? placeOf(path);
    },
  };
}

/** Everything that is wrong with a configuration, and what its router's section says of logins. */
export interface Examined {
  readonly mistakes: readonly PlacedMistake[];
  readonly logins: RouterLogins;
}

/**
 * Looks at a configuration as a whole, be it from a file or from a program: at its form first, and where that is right at
 * what only the router, and those files that it names, can say.
 */
export async function examined(value: unknown, places: SecretPlaces): Promise<Examined> {
  const formal = mistakesIn(value, fileShape());
  if (formal.length > 0) return { mistakes: formal, logins: NO_LOGINS };
  const section = (value as { readonly router?: RouterSection }).router ?? {};
  const { host, port, listen, ...options } = section;
  const logins = await readLogins(section, places);
  const mistakes = Object.keys(options).length === 0 ? [] : routerMistakes(options);
  return { mistakes: [...mistakes, ...logins.mistakes], logins };
}

async function valuesIn(file: ConfigurationFile, env: Given['env'], mistakes: string[]): Promise<SettingValues> {
  const { mistakes: found } = await examined(file.value, { from: file.directory, env });
  for (const { path, text, place } of found) mistakes.push(`${place ?? (await file.at(path))}: ${text}`);
  await checkReaders(file, mistakes);
  if (mistakes.length > 0) return {};
  const values: SettingValues = {};
  for (const name of SETTING_NAMES) {
    const { key } = SETTINGS[name];
    const value = key === undefined ? undefined : valueAt(file.value, key);
    if (value === undefined) continue;
    values[name] = withPaths(value, SETTINGS[name].shape, file.directory);
  }
  return values;
}

/** The setting whose value has this place. */
function settingAt(path: Path): SettingName | undefined {
  const place = path.filter((part) => typeof part === 'string').join('.');
  return SETTING_NAMES.find((name) => {
    const { key } = SETTINGS[name];
    return key !== undefined && (place === key || place.startsWith(`${key}.`));
  });
}

/** A file in which secrets of its router's logins stand is for nobody else to read. */
async function checkReaders({ value, name, directory }: ConfigurationFile, mistakes: string[]): Promise<void> {
  const principals = valueAt(value, 'router.principals');
  const listed = Array.isArray(principals) && principals.some(holdsSecret);
  const key = listed ? 'router.principals' : 'router.authentication';
  if (!listed && !offersSecret(valueAt(value, 'router.authentication'))) return;
  try {
    await readSecretFile({ path: basename(name), from: directory, what: key });
  } catch (error) {
    mistakes.push(`${(error as Error).message}, or keep the secrets elsewhere: { file }, { env }`);
  }
}

/** What a shell says of a setting, and where. */
function textOf(
  name: SettingName,
  { flags, env, envFile: file }: Given,
  envFile: Readonly<Record<string, string>>,
): (GivenAt & { readonly text: string }) | undefined {
  // An empty flag is from a shell's `--host "$HOST"` with nothing in it: never a wish to listen everywhere, and refused.
  const flag = flags[name];
  if (flag !== undefined) return { text: String(flag), source: flagFor(name), level: 'flag' };
  const variable = SETTINGS[name].env;
  if (variable === undefined) return undefined;
  const own = envFile[variable] ?? '';
  if (own !== '') return { text: own, source: `${variable} in ${file}`, level: 'env-file' };
  const text = env[variable] ?? '';
  return text === '' ? undefined : { text, source: variable, level: 'environment' };
}

function expectedBy(shape: Shape): string {
  if (shape.kind === 'word') return `one of ${shape.words.join(', ')}`;
  if (shape.kind === 'switch') return 'true or false';
  return 'what' in shape ? shape.what : '';
}

const SWITCH: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** The value that a text of a shell stands for: the text itself where it stands for none, which the shape then refuses. */
function meantBy(text: string, shape: Shape): unknown {
  if (shape.kind === 'number') return /^\d+$/.test(text) ? Number(text) : text;
  if (shape.kind === 'switch') return SWITCH.get(text) ?? text;
  if (shape.kind === 'list') return text.split(',').map((part) => part.trim());
  return text;
}

function readEnvFile(path: string, directory: string): Record<string, string> {
  try {
    return parseEnv(readFileSync(resolve(directory, path), 'utf8')) as Record<string, string>;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidConfiguration(`--env-file: ${path} cannot be read: ${why}`, { cause });
  }
}
