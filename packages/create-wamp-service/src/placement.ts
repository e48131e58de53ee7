import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Refused, systemCode } from './errors.js';
import type { TemplateFile } from './templates.js';

/** What may lie in a folder that counts as empty. */
const HARMLESS = new Set(['.git', '.DS_Store', 'Thumbs.db']);

/**
 * Whether a project can be put there. Nothing is followed out of the folder: neither it, nor anything in it that a file
 * would be written to or through, may be a symbolic link.
 *
 * @throws Refused, naming what is in the way
 */
export async function checkTarget(target: string, files: readonly TemplateFile[], force: boolean): Promise<void> {
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
  for (const { path } of files) checkWay(target, path.split('/'));
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
    await rm(staging, { recursive: true, force: true }).finally(removeParents);
    throw error;
  }
  return {
    undo: async () => {
      await rm(target, { recursive: true, force: true, maxRetries: 3 });
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
  const before = new Set(await readdir(target));
  const staging = join(target, stagingName());
  const written = join(staging, 'new');
  const replaced = join(staging, 'replaced');
  /** What takes back each step that was done, the last one first. */
  const back: (() => Promise<unknown>)[] = [];

  const undo = async () => {
    for (const step of back) await step();
    await rm(staging, { recursive: true, force: true });
    for (const name of await readdir(target)) {
      // An install's folders and lockfile: nothing of it was here before.
      if (!before.has(name)) await rm(join(target, name), { recursive: true, force: true, maxRetries: 3 });
    }
  };
  try {
    await mkdir(staging);
    await writeAll(written, files);
    for (const { path } of files) {
      const to = join(target, path);
      const made = await mkdir(dirname(to), { recursive: true });
      if (made !== undefined) back.unshift(() => rm(made, { recursive: true, force: true }));
      if (existsSync(to)) {
        const aside = join(replaced, path);
        await mkdir(dirname(aside), { recursive: true });
        await rename(to, aside);
        back.unshift(() => rename(aside, to));
      }
      await rename(join(written, path), to);
      back.unshift(() => rm(to, { force: true }));
    }
  } catch (error) {
    await undo();
    throw error;
  }
  return { undo, finish: () => rm(staging, { recursive: true, force: true }) };
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
