import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { type Path, placeOf } from './shape.js';

const ENDINGS = ['.json', '.yaml', '.yml', '.js', '.mjs'] as const;

/** Names under which a file of configuration is found by itself. */
export const FILE_NAMES: readonly string[] = ENDINGS.map((ending) => `wamp-run.config${ending}`);

/** A file of configuration that was read. */
export interface ConfigurationFile {
  /** As it is told to people. */
  readonly name: string;
  /** Paths in it start here. */
  readonly directory: string;
  readonly value: unknown;
  /** The file with line and column where it has them, and the key: `wamp-run.config.yaml:3:5: components[0].relm`. */
  at(path: Path): Promise<string>;
}

/**
 * Reads the file that is named, or else the one that is there.
 *
 * @param named what `--config` says
 * @param again whether JavaScript that has changed since it was loaded is loaded anew; what it imports is not
 * @throws InvalidConfiguration where it is not there, cannot be read, or there are two
 */
export async function readConfigurationFile(
  named: string | undefined,
  directory: string,
  again = false,
): Promise<ConfigurationFile | undefined> {
  if (named !== undefined) return readOne(resolve(directory, named), named, again);
  const found = FILE_NAMES.filter((name) => existsSync(resolve(directory, name)));
  if (found.length > 1) {
    throw new InvalidConfiguration(`there are ${found.join(' and ')}: keep one, or name one with --config`);
  }
  return found[0] === undefined ? undefined : readOne(resolve(directory, found[0]), found[0], again);
}

async function readOne(path: string, name: string, again: boolean): Promise<ConfigurationFile> {
  const ending = extname(path);
  if (ending === '.js' || ending === '.mjs') {
    const value = await imported(path, name, again);
    return { name, directory: dirname(path), value, at: async (where) => `${name}: ${placeOf(where)}` };
  }
  if (ending !== '.json' && ending !== '.yaml' && ending !== '.yml') {
    throw new InvalidConfiguration(`${name}: a file of configuration ends in ${ENDINGS.join(', ')}`);
  }
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InvalidConfiguration(`${name}: cannot be read: ${messageOf(cause)}`, { cause });
  }
  const value = ending === '.json' ? fromJson(text, name) : await fromYaml(text, name);
  return { name, directory: dirname(path), value, at: (where) => placeIn(text, name, where) };
}

async function imported(path: string, name: string, again: boolean): Promise<unknown> {
  if (!existsSync(path)) throw new InvalidConfiguration(`${name}: cannot be read: no such file (looked for ${path})`);
  const url = pathToFileURL(path);
  let module: { readonly default?: unknown };
  try {
    // Modules are kept for good, by their URLs: the same text is the same module, and another one is another.
    if (again) url.searchParams.set('changed', String(statSync(path).mtimeMs));
    module = await import(url.href);
  } catch (cause) {
    throw new InvalidConfiguration(`${name}: cannot be loaded: ${messageOf(cause)}`, { cause });
  }
  if (module.default === undefined) {
    throw new InvalidConfiguration(`${name}: has no default export; write: export default { … }`);
  }
  return module.default;
}

function fromJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // Its own words quote the text, which may be a secret: only the place is told, where they have one.
    const [, position] = /at position (\d+)/.exec(messageOf(cause)) ?? [];
    if (position === undefined) throw new InvalidConfiguration(`${name}: is not JSON`);
    const before = text.slice(0, Number(position)).split('\n');
    throw new InvalidConfiguration(
      `${name}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}: here it is no longer JSON`,
    );
  }
}

async function fromYaml(text: string, name: string): Promise<unknown> {
  const problem = await firstProblem(text);
  if (problem !== undefined) throw new InvalidConfiguration(`${name}${problem.place}: ${problem.text}`);
  const { parse } = await import('yaml');
  // An empty file is an empty configuration.
  return parse(text, { maxAliasCount: 100 }) ?? {};
}

async function firstProblem(text: string): Promise<{ place: string; text: string } | undefined> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const [error] = parseDocument(text, { lineCounter: lines, prettyErrors: false }).errors;
  if (error === undefined) return undefined;
  const { line, col } = lines.linePos(error.pos[0]);
  return { place: `:${line}:${col}`, text: error.message };
}

/** Where in a text a key stands, or where the nearest thing around it begins. JSON is YAML, too. */
async function placeIn(text: string, name: string, path: Path): Promise<string> {
  const { isMap, isNode, isPair, LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  let node: unknown = parseDocument(text, { lineCounter: lines }).contents;
  let offset = isNode(node) ? node.range?.[0] : undefined;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isNode(key) && String(key) === String(part));
      if (!isPair(pair)) break;
      offset = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
      node = pair.value;
    } else {
      const items = (node as { readonly items?: readonly unknown[] } | null)?.items;
      node = typeof part === 'number' ? items?.[part] : undefined;
      if (!isNode(node)) break;
      offset = node.range?.[0] ?? offset;
    }
  }
  const { line, col } = lines.linePos(offset ?? 0);
  const place = placeOf(path);
  return `${name}:${Math.max(line, 1)}:${Math.max(col, 1)}${place === '' ? '' : `: ${place}`}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
