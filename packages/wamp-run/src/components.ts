import { InvalidConfiguration, nearestName } from '@wamp-run/protocol';
import { type ImportService, type LoadedComponent, loadComponents, NoSuchComponent } from '@wamp-run/runtime';
import type { ComponentEntry } from './configuration/component-entry.js';
import type { Path } from './configuration/shape.js';
import { type Failure, noted } from './failures.js';

/** A component that was found, with what its entry says of it. */
export interface FoundComponent {
  readonly loaded: LoadedComponent;
  /** Undefined: a file brought it, and nothing is said of it. */
  readonly entry: ComponentEntry | undefined;
  /** Where the entry stands. */
  readonly path: Path;
}

export interface ComponentsToLoad {
  readonly files: readonly string[];
  readonly entries: readonly ComponentEntry[];
  /** Where relative paths start. */
  readonly from: string;
  /** How their files are imported. */
  readonly importService: ImportService;
}

/**
 * Loads files and entries, files first. An entry for a component of one of the files configures that one; any other is
 * one more component. What is wrong with one is noted, and the others are looked at all the same.
 */
export async function componentsOf(
  { files, entries, from, importService }: ComponentsToLoad,
  failures: Failure[],
): Promise<FoundComponent[]> {
  const found: (FoundComponent & { named: boolean })[] = [];
  const loaded = new Set<string>();
  for (const file of files) {
    const all = (await noted(failures, [], () => loadComponents(file, from, importService))) ?? [];
    // The same file by another name is the same components.
    const components = all.filter((each) => !loaded.has(each.file));
    for (const each of components) loaded.add(each.file);
    found.push(...components.map((each) => ({ loaded: each, entry: undefined, path: [], named: true })));
  }
  for (const [index, entry] of entries.entries()) {
    const path = ['components', index];
    for (const component of await selected(entry, { from, importService, path, failures })) {
      const configured = { loaded: withEntry(component, entry), entry, path, named: false };
      const at = found.findIndex(({ named, loaded: other }) => named && isSame(other, component));
      if (at === -1) found.push(configured);
      else found[at] = configured;
    }
  }
  return found;
}

interface Selecting extends Pick<ComponentsToLoad, 'from' | 'importService'> {
  readonly path: Path;
  readonly failures: Failure[];
}

/** The components of the file that the entry means: its export, the one of its name, or all. */
async function selected(
  entry: ComponentEntry,
  { from, importService, path, failures }: Selecting,
): Promise<LoadedComponent[]> {
  const all = (await noted(failures, [...path, 'path'], () => loadComponents(entry.path, from, importService))) ?? [];
  const [first] = all;
  if (first === undefined) return [];
  if (entry.export !== undefined) {
    const { module: imported, erasedNulls = false } = await importService(first.file);
    const module = imported as Record<string, unknown>;
    const exported = Object.hasOwn(module, entry.export) ? { [entry.export]: module[entry.export] } : {};
    const [description] = first.package.componentsIn(exported, { erasedNulls });
    if (description !== undefined) return [{ ...first, description }];
    const known = `${entry.path} exports no component ${named(entry.export, Object.keys(module))}`;
    failures.push({ path: [...path, 'export'], error: new NoSuchComponent(known) });
    return [];
  }
  if (entry.name === undefined) return all;
  const own = all.filter(({ description }) => description.name === entry.name);
  if (own.length > 0) return own;
  // A file with one component: that is the one, and this is what it is to be called.
  if (all.length === 1) return all;
  const names = all.map(({ description }) => description.name);
  const text = `${entry.path} has no component ${named(entry.name, names)}; to give one another name, say which by export`;
  failures.push({ path: [...path, 'name'], error: new NoSuchComponent(text) });
  return [];
}

/** Notes the names under a key that goes by components' names that no component has. */
export function noteUnknownNames(
  failures: Failure[],
  { key, names, known }: { key: string; names: readonly string[]; known: readonly string[] },
): void {
  for (const name of names.filter((each) => !known.includes(each))) {
    const error = new InvalidConfiguration(`there is no component ${named(name, known)}`);
    failures.push({ path: [key, name], error });
  }
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
