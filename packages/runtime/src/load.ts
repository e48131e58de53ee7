import { realpath, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ComponentDescription } from '@wamp-run/component';
import { BrokenComponent, NoSuchComponent } from './errors.js';

/** The component package as it stands beside a service's file. */
export type ComponentPackage = typeof import('@wamp-run/component');

/** A component found in a file, with the copy of `@wamp-run/component` that its class was decorated by. */
export interface LoadedComponent {
  /** The file's absolute path. */
  readonly file: string;
  readonly description: ComponentDescription;
  readonly package: ComponentPackage;
}

/** A service's file, imported. */
export interface ServiceModule {
  /** What it exports. */
  readonly module: object;
  /** Whether its compiler writes `Number` for `number | null`, so that null must pass. Default: false. */
  readonly erasedNulls?: boolean;
}

/** Imports a service's file, by its absolute path. */
export type ImportService = (path: string) => Promise<ServiceModule>;

/**
 * Imports a service's file and returns what it offers: every exported class that has its own `@component`, and every
 * exported value of `defineComponent`, once each.
 *
 * @param file a path, absolute or relative to `from`
 * @param from the directory that relative paths start at
 * @param importService how it is imported. Default: as built JavaScript, once for the process
 * @throws NoSuchComponent where there is no such file, or no component in it
 * @throws BrokenComponent where the file cannot be imported, or a class in it cannot be described
 */
export async function loadComponents(
  file: string,
  from: string,
  importService: ImportService = importBuilt,
): Promise<LoadedComponent[]> {
  const path = resolve(from, file);
  await checkFile(file, path);
  const { module, erasedNulls = false } = await imported(file, path, importService);
  const componentPackage = await packageBeside(file, path);
  let descriptions: readonly ComponentDescription[];
  try {
    descriptions = componentPackage.componentsIn(module, { erasedNulls });
  } catch (error) {
    throw new BrokenComponent(`${file}: ${messageOf(error)}`, { cause: error });
  }
  if (descriptions.length === 0) throw noComponent(file);
  return descriptions.map((description) => ({ file: path, description, package: componentPackage }));
}

async function checkFile(file: string, path: string): Promise<void> {
  let found: Awaited<ReturnType<typeof stat>>;
  try {
    found = await stat(path);
  } catch (error) {
    throw new NoSuchComponent(`${file}: no such file (looked for ${path})`, { cause: error });
  }
  if (!found.isFile()) throw new NoSuchComponent(`${file}: not a file; name the built JavaScript file of the service`);
}

async function importBuilt(path: string): Promise<ServiceModule> {
  if (/\.[mc]?tsx?$/.test(path)) {
    throw new NoSuchComponent('is TypeScript; build it (tsc) and name the JavaScript file that comes of it');
  }
  return { module: (await import(pathToFileURL(path).href)) as object };
}

async function imported(file: string, path: string, importService: ImportService): Promise<ServiceModule> {
  try {
    return await importService(path);
  } catch (error) {
    // What the importer says of the file, and not what the file's own code threw.
    if (error instanceof NoSuchComponent) throw new NoSuchComponent(`${file}: ${error.message}`, { cause: error });
    if (error instanceof BrokenComponent) throw new BrokenComponent(`${file}: ${error.message}`, { cause: error });
    throw new BrokenComponent(`${file}: cannot be loaded: ${messageOf(error)}${placeOf(error)}`, { cause: error });
  }
}

/** Where in the service's files an error comes from, as its stack says first: `import` alone names the entry only. */
function placeOf(error: unknown): string {
  const [, place] = /(file:\/\/[^\s)]+?:\d+)(?=[:\s)]|$)/.exec((error as Error | undefined)?.stack ?? '') ?? [];
  return place === undefined ? '' : ` (at ${decodeURI(place.slice('file://'.length))})`;
}

/**
 * tsyringe's registry belongs to one copy of it, and so to one copy of the component package: the one that the service
 * itself imports. It is looked up from the service's file, never from here.
 */
async function packageBeside(file: string, path: string): Promise<ComponentPackage> {
  let found: string;
  try {
    // From where the file really is, as its own imports are: a link to it (a mounted volume, npm link) stands elsewhere.
    found = createRequire(await realpath(path)).resolve('@wamp-run/component');
  } catch (error) {
    throw noComponent(
      file,
      '; @wamp-run/component is not installed beside it (npm install @wamp-run/component)',
      error,
    );
  }
  return (await import(pathToFileURL(found).href)) as ComponentPackage;
}

function noComponent(file: string, more = '', cause?: unknown): NoSuchComponent {
  return new NoSuchComponent(
    `${file}: no component in it; export a class decorated with @component(), or what defineComponent() gives, of '@wamp-run/component'${more}`,
    { cause },
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
