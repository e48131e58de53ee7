import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dirname, join as joinUrl } from 'node:path/posix';
import type { Finding } from '../blocks/code-block.js';
import { isExternal } from './repository-links.js';

/**
 * Checks the links of the site as it is built: every one that stays in the site leads to a file, and to an element where it
 * names one.
 *
 * @param html - the folder that the site is in
 */
export function checkSiteLinks(html: string): Finding[] {
  const pages = new Map(htmlBelow(html, '').map((path) => [path, readFileSync(join(html, path), 'utf8')]));
  const ids = new Map([...pages].map(([path, text]) => [path, valuesOf(text, 'id')]));
  const findings: Finding[] = [];
  for (const [page, text] of pages) {
    for (const target of new Set([...valuesOf(text, 'href'), ...valuesOf(text, 'src')])) {
      const text = wrongWith(page, target, { html, ids });
      if (text !== undefined) findings.push({ page, line: 0, text });
    }
  }
  return findings;
}

interface Site {
  readonly html: string;
  readonly ids: ReadonlyMap<string, ReadonlySet<string>>;
}

function wrongWith(page: string, target: string, { html, ids }: Site): string | undefined {
  if (isExternal(target) || target.startsWith('//')) return undefined;
  const [path = '', anchor = ''] = target.split('#');
  const file = path === '' ? page : path.startsWith('/') ? path.slice(1) : joinUrl(dirname(page), path);
  const found = [file, `${file}.html`, joinUrl(file, 'index.html')].map(decodeURIComponent);
  const there = found.find((name) => ids.has(name)) ?? (existsSync(join(html, found[0] as string)) ? '' : undefined);
  if (there === undefined) return `leads nowhere: ${target}`;
  if (anchor === '' || there === '') return undefined;
  return ids.get(there)?.has(decodeURIComponent(anchor)) ? undefined : `there is no '${anchor}' in ${there}`;
}

function valuesOf(text: string, attribute: string): Set<string> {
  return new Set([...text.matchAll(new RegExp(` ${attribute}="([^"]*)"`, 'g'))].map(([, value = '']) => value));
}

function htmlBelow(folder: string, path: string): string[] {
  return readdirSync(join(folder, path), { withFileTypes: true }).flatMap((entry) => {
    const name = joinUrl(path, entry.name);
    if (entry.isDirectory()) return htmlBelow(folder, name);
    return name.endsWith('.html') ? [name] : [];
  });
}
