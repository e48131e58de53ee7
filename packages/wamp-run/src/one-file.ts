import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { StartOptions } from './start-options.js';

/** The same options with what is about one file alone. @param file its real path */
export async function optionsOfFile(options: StartOptions, file: string): Promise<StartOptions> {
  const { files = [], components = [], from } = options;
  return {
    ...options,
    files: await ofFile(file, files, (path) => resolve(from, path)),
    components: await ofFile(file, components, ({ path }) => resolve(from, path)),
  };
}

/** Those that do not come of a file. @param file its real path */
export async function notOfFile<T>(file: string, all: readonly T[], pathOf: (one: T) => string): Promise<T[]> {
  const of = new Set(await ofFile(file, all, pathOf));
  return all.filter((one) => !of.has(one));
}

async function ofFile<T>(file: string, all: readonly T[], pathOf: (one: T) => string): Promise<T[]> {
  const real = await Promise.all(all.map((one) => realFile(pathOf(one))));
  return all.filter((_, i) => real[i] === file);
}

/** Where a file really is. One that is not there, or not now, is where it is said to be. */
async function realFile(path: string): Promise<string> {
  return await realpath(path).catch(() => path);
}
