import { type Clock, type Connector, InvalidConfiguration, nearestName } from '@wamp-run/protocol';
import { type ImportService, type LoadedComponent, loadComponents, NoSuchComponent } from '@wamp-run/runtime';
import type { ComponentEntry } from './configuration/component-entry.js';
import { ConfigurationMistakes } from './configuration/mistakes.js';
import { connectorFor } from './wires.js';

/** A component with what its entry of the configuration says. */
export interface ConfiguredComponent {
  readonly loaded: LoadedComponent;
  /** Its own ways to the router; undefined: the process's. */
  readonly connectors: readonly Connector[] | undefined;
}

export interface ComponentsToLoad {
  readonly files: readonly string[];
  readonly entries: readonly ComponentEntry[];
  /** Where relative paths start. */
  readonly from: string;
  /** How their files are imported. */
  readonly importService: ImportService;
  readonly clock: Clock;
}

/**
 * Loads files and entries, files first. An entry for a component of one of the files configures that one; any other is
 * one more component.
 *
 * @throws NoSuchComponent, BrokenComponent: what is wrong with a file
 * @throws InvalidConfiguration: a transport of an entry
 */
export async function componentsOf({
  files,
  entries,
  from,
  importService,
  clock,
}: ComponentsToLoad): Promise<ConfiguredComponent[]> {
  // Before anything of a service runs.
  const ways = await Promise.all(entries.map((entry, index) => connectorsOf(entry, index, clock)));
  const found: (ConfiguredComponent & { named: boolean })[] = [];
  const loaded = new Set<string>();
  for (const file of files) {
    // The same file by another name is the same components.
    const components = (await loadComponents(file, from, importService)).filter((each) => !loaded.has(each.file));
    for (const each of components) loaded.add(each.file);
    found.push(...components.map((each) => ({ loaded: each, connectors: undefined, named: true })));
  }
  for (const [index, entry] of entries.entries()) {
    for (const component of await selected(entry, `components[${index}]`, { from, importService })) {
      const configured = { loaded: withEntry(component, entry), connectors: ways[index], named: false };
      const at = found.findIndex(({ named, loaded: other }) => named && isSame(other, component));
      if (at === -1) found.push(configured);
      else found[at] = configured;
    }
  }
  return found;
}

async function connectorsOf(
  { transports }: ComponentEntry,
  index: number,
  clock: Clock,
): Promise<Connector[] | undefined> {
  const ways = transports?.map(async (transport, which) => {
    try {
      return await connectorFor(transport, clock);
    } catch (cause) {
      const text = cause instanceof Error ? cause.message : String(cause);
      throw new InvalidConfiguration(`components[${index}].transports[${which}]: ${text}`, { cause });
    }
  });
  return ways === undefined ? undefined : Promise.all(ways);
}

/** The components of the file that the entry means: its export, the one of its name, or all. */
async function selected(
  entry: ComponentEntry,
  place: string,
  { from, importService }: { from: string; importService: ImportService },
): Promise<LoadedComponent[]> {
  const all = await loadComponents(entry.path, from, importService);
  const [first] = all;
  if (first === undefined) return [];
  if (entry.export !== undefined) {
    const { module: imported, erasedNulls = false } = await importService(first.file);
    const module = imported as Record<string, unknown>;
    const exported = Object.hasOwn(module, entry.export) ? { [entry.export]: module[entry.export] } : {};
    const [description] = first.package.componentsIn(exported, { erasedNulls });
    if (description !== undefined) return [{ ...first, description }];
    throw new NoSuchComponent(
      `${place}.export: ${entry.path} exports no component ${named(entry.export, Object.keys(module))}`,
    );
  }
  if (entry.name === undefined) return all;
  const own = all.filter(({ description }) => description.name === entry.name);
  if (own.length > 0) return own;
  // A file with one component: that is the one, and this is what it is to be called.
  if (all.length === 1) return all;
  const names = all.map(({ description }) => description.name);
  throw new NoSuchComponent(
    `${place}.name: ${entry.path} has no component ${named(entry.name, names)}; to give one another name, say which by export`,
  );
}

/** Throws InvalidConfiguration where a key that goes by a component's name has none. */
export function checkComponentNames(key: string, names: readonly string[], known: readonly string[]): void {
  const wrong = names
    .filter((name) => !known.includes(name))
    .map((name) => `${key}: there is no component ${named(name, known)}`);
  if (wrong.length > 0) throw new ConfigurationMistakes(wrong);
}

function named(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  return `${JSON.stringify(name)}; ${near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`}`;
}

function isSame(one: LoadedComponent, other: LoadedComponent): boolean {
  return (
    one.file === other.file &&
    one.description.class === other.description.class &&
    one.description.name === other.description.name
  );
}

/** What the entry says wins over what the component says of itself. */
function withEntry(loaded: LoadedComponent, { name, realm, extra }: ComponentEntry): LoadedComponent {
  return {
    ...loaded,
    description: {
      ...loaded.description,
      ...(name === undefined ? {} : { name }),
      ...(realm === undefined ? {} : { realm }),
      ...(extra === undefined ? {} : { extra }),
    },
  };
}
