import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import type { Finding } from '../blocks/code-block.js';
import { pages, ROOT, read } from '../repository.js';
import { anchorsOf, linksOf } from './markdown.js';

/** Whether a link leads out of the repository. */
export function isExternal(target: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(target);
}

/**
 * Checks the links between the files of the repository, as they are followed where the repository is shown: the file is
 * there, and where it is a page and the link names an anchor, that is one of its headings.
 *
 * @param root - where the repository is, with a slash at its end
 */
export function checkRepositoryLinks(root: string = ROOT): Finding[] {
  return pages(root).flatMap((page) =>
    linksOf(read(page, root)).flatMap(({ line, target }) => {
      const text = wrongWith(page, target, root);
      return text === undefined ? [] : [{ page, line, text }];
    }),
  );
}

function wrongWith(page: string, target: string, root: string): string | undefined {
  if (isExternal(target)) return undefined;
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (file.startsWith('..') || !existsSync(join(root, file))) return `leads nowhere: ${target}`;
  if (anchor === undefined) return undefined;
  if (!file.endsWith('.md')) return `has an anchor into what is no page: ${target}`;
  return anchorsOf(read(file, root)).has(anchor) ? undefined : `there is no heading '${anchor}' in ${file}`;
}
