import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entryPoints } from '../reference/entry-points.js';
import type { ReadCode } from '../reference/read-code.js';
import { pages, ROOT, read } from '../repository.js';
import { withLinks } from './markdown.js';
import { OUTLINE } from './outline.js';
import { sitePath, withSiteLinks } from './site-pages.js';

/** What is made for the site: the pages it is built from, and what it is built to. */
export const MADE: string = fileURLToPath(new URL('../../dist/made/', import.meta.url));

interface SidebarEntry {
  readonly text: string;
  readonly link?: string;
  readonly collapsed?: boolean;
  readonly items?: readonly SidebarEntry[];
}

/**
 * Lays out the pages of the site below `dist/made/site`: those of the repository with the site's links, a list of decisions,
 * the reference, and the sidebar.
 */
export async function stageSite(code: ReadCode): Promise<void> {
  const site = join(MADE, 'site');
  rmSync(site, { recursive: true, force: true });
  const known = new Set(pages());
  for (const page of known) put(site, sitePath(page), withSiteLinks(page, read(page), known));
  put(site, 'decisions/index.md', listOfDecisions());
  cpSync(join(ROOT, 'docs/pictures'), join(site, 'pictures'), { recursive: true });
  await code.write(join(site, 'reference'));
  for (const file of markdownBelow(join(site, 'reference')))
    writeFileSync(file, withPlainSources(readFileSync(file, 'utf8')));
  put(MADE, 'sidebar.json', JSON.stringify(sidebar(), undefined, 2));
}

/** Where something is defined is told by file and line: there is no page to lead to. */
function withPlainSources(text: string): string {
  return withLinks(text, (link, label, target) => (target.startsWith('packages/') ? `\`${label}\`` : link));
}

function sidebar(): SidebarEntry[] {
  const chapters = OUTLINE.map(({ text, pages, collapsed = false }) => ({
    text,
    ...(collapsed ? { collapsed } : {}),
    items: pages.map(entryOf),
  }));
  const members = (folder: string) => pages().filter((page) => page.startsWith(`${folder}/`));
  const decisions = members('docs/decisions');
  return [
    ...chapters,
    { text: 'Packages', collapsed: true, items: members('packages').map(entryOf) },
    {
      text: 'Reference',
      collapsed: true,
      items: entryPoints()
        .map(({ name }) => ({ text: name, link: `/reference/${name.replaceAll(' ', '-')}` }))
        .sort((one, other) => (one.text < other.text ? -1 : 1)),
    },
    {
      text: 'Templates and programs',
      collapsed: true,
      items: [...members('templates'), ...members('apps')].map(entryOf),
    },
    { text: 'Decisions', collapsed: true, items: decisions.map(entryOf) },
  ];
}

function entryOf(page: string): SidebarEntry {
  return { text: titleOf(page), link: `/${sitePath(page).replace(/(^|(?<=\/))index\.md$|\.md$/, '')}` };
}

/** A page's first heading. */
export function titleOf(page: string): string {
  const [, title = ''] = /^# +(.+)$/m.exec(read(page)) ?? [];
  return title.replace(/[`\\]/g, '');
}

function listOfDecisions(): string {
  const rows = pages()
    .filter((page) => page.startsWith('docs/decisions/'))
    .map((page) => `- [${titleOf(page)}](./${page.replace('docs/decisions/', '')})`);
  return `# Decisions\n\nEach is a choice between two ways: what it was made in, what was chosen, and what follows.\n\n${rows.join('\n')}\n`;
}

function put(folder: string, path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function markdownBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return markdownBelow(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}
