import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path/posix';
import { ROOT } from '../repository.js';
import { withLinks } from './markdown.js';
import { isExternal } from './repository-links.js';

/** Folders that a page of the site stands for. */
const FOLDER_PAGES: Readonly<Record<string, string>> = { 'docs/decisions': 'decisions/index.md' };

/**
 * Where a page of the repository is in the site: `docs/limits.md` is `limits.md`, the README of `packages/client` is
 * `packages/client.md`, and the front page is `index.md`.
 */
export function sitePath(page: string): string {
  if (page === 'README.md') return 'index.md';
  return page.replace(/^docs\//, '').replace(/\/README\.md$/, '.md');
}

/**
 * A page's Markdown with the links of the site. What the site does not have (sources, folders) loses its link and keeps its
 * text.
 *
 * @param page - the page, relative to the root
 * @param text - its Markdown
 * @param known - the pages of the repository that the site has
 */
export function withSiteLinks(page: string, text: string, known: ReadonlySet<string>): string {
  return withLinks(text, (link, label, target) => {
    if (isExternal(target) || target.startsWith('#')) return link;
    const [path = '', anchor] = target.split('#');
    const file = join(dirname(page), path).replace(/\/$/, '');
    const readme = known.has(`${file}/README.md`) ? `${file}/README.md` : file;
    const there = known.has(readme) ? sitePath(readme) : FOLDER_PAGES[file];
    if (there !== undefined)
      return link.replace(`(${target})`, `(${fromPage(page, there)}${anchor ? `#${anchor}` : ''})`);
    // Pictures lie beside the pages, as they do in docs/.
    if (link.startsWith('!') && existsSync(join(ROOT, file))) {
      return link.replace(`(${target})`, `(${fromPage(page, file.replace(/^docs\//, ''))})`);
    }
    return label;
  });
}

function fromPage(page: string, there: string): string {
  const path = relative(dirname(sitePath(page)), there);
  return path.startsWith('.') ? path : `./${path}`;
}
