import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository, with a slash at its end. The same from `src` and from `dist`. */
export const ROOT: string = fileURLToPath(new URL('../../../', import.meta.url));

/** Folders whose Markdown is documentation for readers of this repository. */
const FOLDERS = ['docs', 'docs/guide', 'docs/decisions'];

/** Pages at the root. */
const ROOT_PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'AGENTS.md'];

/** Folders whose members each have a README. */
const MEMBERS = ['packages', 'apps', 'templates'];

/**
 * Every page of the documentation, relative to the root: those at the root, all of `docs/`, and the READMEs of packages, apps
 * and templates.
 *
 * @param root - where the repository is, with a slash at its end
 */
export function pages(root: string = ROOT): string[] {
  const found = FOLDERS.flatMap((folder) => markdownIn(root, folder));
  const readmes = MEMBERS.flatMap((folder) => namesIn(root, folder).map((name) => `${folder}/${name}/README.md`));
  return [...ROOT_PAGES, ...found, ...readmes].filter((page) => existsSync(join(root, page)));
}

/** The text of a file of the repository. */
export function read(path: string, root: string = ROOT): string {
  return readFileSync(join(root, path), 'utf8');
}

function markdownIn(root: string, folder: string): string[] {
  return namesIn(root, folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
}

function namesIn(root: string, folder: string): string[] {
  const path = join(root, folder);
  return existsSync(path) ? readdirSync(path).sort() : [];
}
