import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, Refused, systemCode } from './errors.js';
import { COMMANDS } from './npm-or-pnpm.js';
import type { TemplateFile } from './templates.js';

/** What may lie in a folder that counts as empty. */
const HARMLESS = new Set(['.git', '.DS_Store', 'Thumbs.db']);

const LOCKFILES = Object.values(COMMANDS).map(({ lockfile }) => lockfile);
/** What an install and git make in a folder. */
export const BY_OTHERS: readonly string[] = ['node_modules', '.git', ...LOCKFILES];

/**
 * Whether a project can be put there. Nothing is followed out of the folder: neither it, nor anything in it that a file
 * would be written to or through, may be a symbolic link.
 *
 * @param paths what will be written in it
 * @throws Refused, naming what is in the way
 */
export async function checkTarget(target: string, paths: readonly string[], force: boolean): Promise<void> {
  const found = kindOf(target);
  if (found === undefined) return;
  if (found === 'link') throw new Refused(`${target} is a symbolic link; name the folder that it leads to`);
  if (found === 'file') throw new Refused(`${target} is a file; name a folder that is empty, or not there yet`);
  const inside = (await readdir(target)).filter((name) => !HARMLESS.has(name));
  if (inside.length > 0 && !force) {
    const some = inside.slice(0, 3).join(', ');
    throw new Refused(
      `${target} is not empty (${some}${inside.length > 3 ? ', …' : ''}); name another folder, or use --force: it replaces files of the same name, and leaves the others`,
    );
  }
  for (const path of paths) checkWay(target, path.split('/'));
}

function checkWay(target: string, steps: readonly string[]): void {
  for (let depth = 1; depth <= steps.length; depth++) {
    const path = join(target, ...steps.slice(0, depth));
    const found = kindOf(path);
    if (found === undefined) return;
    if (found === 'link') throw new Refused(`${path} is a symbolic link; nothing is written through it`);
    const wanted = depth === steps.length ? 'file' : 'folder';
    if (found !== wanted) throw new Refused(`${path} is in the way: it is not a ${wanted}`);
  }
}

function kindOf(path: string): 'link' | 'folder' | 'file' | undefined {
  let found: ReturnType<typeof lstatSync>;
  try {
    found = lstatSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    if (systemCode(error) === 'ENOTDIR') throw new Refused(`${path}: a part of this path is a file, not a folder`);
    throw error;
  }
  return found?.isSymbolicLink() ? 'link' : found?.isDirectory() ? 'folder' : 'file';
}

/** Files that have been put in place, and can still be taken back. */
export interface Placement {
  /** Leaves everything as it was before, whatever has been added since. */
  undo(): Promise<void>;
  /** Makes it final. */
  finish(): Promise<void>;
}

/**
 * Puts files into a folder that `checkTarget` has passed: all of them, or none. They are written beside it first, on the
 * same file system, and renamed once they are complete.
 */
export async function place(target: string, files: readonly TemplateFile[]): Promise<Placement> {
  return existsSync(target) ? placeInside(target, files) : placeNew(target, files);
}

async function placeNew(target: string, files: readonly TemplateFile[]): Promise<Placement> {
  const parent = dirname(target);
  const missing = missingFolders(parent);
  const removeParents = async () => {
    // Only folders of ours, and only while nobody else has put something there.
    for (const folder of missing) await rmdir(folder).catch(() => {});
  };
  const staging = join(parent, stagingName());
  try {
    await mkdir(staging, { recursive: true });
    await writeAll(staging, files);
    await rename(staging, target);
  } catch (error) {
    await remove(staging).catch(() => {});
    await removeParents();
    throw error;
  }
  return {
    undo: async () => {
      await remove(target);
      await removeParents();
    },
    finish: async () => {},
  };
}

/** The folders of this path that are not there, the deepest first. */
function missingFolders(path: string): string[] {
  return existsSync(path) ? [] : [path, ...missingFolders(dirname(path))];
}

async function placeInside(target: string, files: readonly TemplateFile[]): Promise<Placement> {
  const absent = BY_OTHERS.filter((name) => kindOf(join(target, name)) === undefined);
  const staging = join(target, stagingName());
  const written = join(staging, 'new');
  const aside = (path: string) => join(staging, 'replaced', path);
  /** What takes back each step that was done, the last one first. */
  const back: (() => Promise<unknown>)[] = [];
  const undo = () => takeBack([...absent.map((name) => () => remove(join(target, name))), ...back], staging);
  try {
    await mkdir(staging);
    await writeAll(written, files);
    for (const name of LOCKFILES.filter((name) => !absent.includes(name))) {
      await mkdir(aside(''), { recursive: true });
      await copyFile(join(target, name), aside(name));
      back.unshift(() => rename(aside(name), join(target, name)));
    }
    for (const { path } of files) {
      const to = join(target, path);
      const made = await mkdir(dirname(to), { recursive: true });
      if (made !== undefined) back.unshift(() => remove(made));
      if (existsSync(to)) {
        await mkdir(dirname(aside(path)), { recursive: true });
        await rename(to, aside(path));
        back.unshift(() => rename(aside(path), to));
      }
      await rename(join(written, path), to);
      back.unshift(() => remove(to));
    }
  } catch (error) {
    await undo();
    throw error;
  }
  return { undo, finish: () => remove(staging) };
}

/** Every step, whatever comes of the others; then the hidden folder, but only when what lay in it is in its place again. */
async function takeBack(steps: readonly (() => Promise<unknown>)[], staging: string): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => failures.push(error));
  if (failures.length === 0) return remove(staging);
  throw new Error(`${messageOf(failures[0])}; what was replaced is in ${staging}`, { cause: failures[0] });
}

function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 3 });
}

/** Hidden, and of a name that nobody else has; short, whatever the project is called. */
function stagingName(): string {
  return `.create-wamp-service-${randomBytes(6).toString('hex')}`;
}

async function writeAll(folder: string, files: readonly TemplateFile[]): Promise<void> {
  for (const { path, text, executable } of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: 'wx', mode: executable ? 0o777 : 0o666 });
  }
}
