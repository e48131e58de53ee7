// The site and its reference, and the links of both the site and the repository.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { told } from '../src/blocks/code-block.js';
import { entryPoints } from '../src/reference/entry-points.js';
import { modulesOf, type ReadCode, readCode } from '../src/reference/read-code.js';
import { exportsOf, undocumented } from '../src/reference/undocumented.js';
import { pages } from '../src/repository.js';
import { drawnDiagram } from '../src/site/diagram.js';
import { anchorsOf } from '../src/site/markdown.js';
import { OUTLINE } from '../src/site/outline.js';
import { chromiumPath, PICTURES } from '../src/site/pictures.js';
import { checkRepositoryLinks } from '../src/site/repository-links.js';
import { checkSiteLinks } from '../src/site/site-links.js';
import { MADE, stageSite } from '../src/site/stage.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const HTML = join(MADE, 'html');
const skipped =
  chromiumPath === undefined ? ' (skipped: there is no Chromium; install it, or name it in CHROMIUM)' : '';

const scratch = mkdtempSync(join(tmpdir(), 'wamp-run-docs-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Files of a folder of their own. */
function laidOut(path: string, files: Readonly<Record<string, string>>): string {
  const folder = `${path}/`;
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

describe('the links of the repository', () => {
  test('lead to files and headings that are there', () => {
    expect(checkRepositoryLinks().map(told)).toEqual([]);
    expect(pages().length).toBeGreaterThan(80);
  });

  test('are refused where they do not', () => {
    const folder = laidOut(join(scratch, 'repository'), {
      'README.md': '# A\n\n[x](docs/b.md#two-words) [x](docs/c.md)\n\n`[x](none.md)` ![p](docs/none.svg)\n',
      'docs/b.md':
        '# B\n\n## Two words\n\n## Two words\n\n```text\n[x](none.md)\n```\n\n[x](#two-words-1) [x](#three) [x](../README.md#b)\n',
    });
    expect(checkRepositoryLinks(folder).map(told)).toEqual([
      'README.md:3: leads nowhere: docs/c.md',
      'README.md:5: leads nowhere: docs/none.svg',
      "docs/b.md:11: there is no heading 'three' in docs/b.md",
      "docs/b.md:11: there is no heading 'b' in README.md",
    ]);
  });

  test('anchors are those that GitHub makes', () => {
    const text = '# `wamp-run` & co.\n## A – b_c [d](e.md)!\n## Exit codes\n## Exit codes\n';
    expect([...anchorsOf(text)]).toEqual(['wamp-run--co', 'a--b_c-d', 'exit-codes', 'exit-codes-1']);
  });
});

// Read once, for the reference and the site.
let code: ReadCode;
beforeAll(async () => {
  code = await readCode();
}, 60_000);

describe('the reference', () => {
  test('has every entry point of every package, and every export has a comment', () => {
    expect(undocumented(code)).toEqual([]);
    const modules = modulesOf(code.project);
    expect(modules.map(({ name }) => name).sort()).toEqual(
      entryPoints()
        .map(({ name }) => name)
        .sort(),
    );
    expect(modules.flatMap(exportsOf).length).toBeGreaterThan(500);
  });

  test('misses what has no comment', async () => {
    const folder = laidOut(join(MADE, 'without-comments'), {
      'x.ts': [
        '/** Has one. */ export const a = 1; export const b = 2; export function c(): void {}',
        '/** Has one. */ export interface D { wait: number;',
        '/** ms */ rest?: number | undefined; text: string; session: number }',
      ].join('\n'),
      'y.ts': "export { a, b } from './x.js';\nexport type E = string;\n",
    });
    const found = undocumented(await readCode(['x', 'y'].map((name) => ({ name, source: `${folder}${name}.ts` }))));
    expect(found.sort()).toEqual(['x D.wait', 'x b', 'x c', 'y E']);
  }, 60_000);
});

describe('the site', () => {
  beforeAll(async () => {
    await stageSite(code);
    const pictures = chromiumPath === undefined ? [] : ['--pictures'];
    const built = spawnSync(process.execPath, [MAIN, '--staged', ...pictures], { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`the site could not be built:\n${built.stdout}\n${built.stderr}`);
  }, 300_000);

  test('has a file for every page, and all its links lead somewhere', () => {
    for (const page of ['index', 'limits', 'guide/components', 'packages/client', 'decisions/index']) {
      expect(existsSync(join(HTML, `${page}.html`)), page).toBe(true);
    }
    for (const { name } of entryPoints())
      expect(existsSync(join(HTML, `reference/${name.replaceAll(' ', '-')}.html`)), name).toBe(true);
    expect(checkSiteLinks(HTML).map(told)).toEqual([]);
  });

  test('names every page of docs in its sidebar', () => {
    const listed = OUTLINE.flatMap((chapter) => chapter.pages);
    const wanted = pages().filter((page) => /^(docs\/)?(guide\/)?[^/]+\.md$/.test(page));
    expect([...listed].sort()).toEqual([...wanted].sort());
  });

  test('shows diagrams without a script', () => {
    const page = readFileSync(join(HTML, 'lifecycles.html'), 'utf8');
    expect(page.match(/<svg class="diagram"/g)?.length).toBeGreaterThan(3);
  });

  test('refuses links that lead nowhere', () => {
    const folder = laidOut(join(scratch, 'site'), {
      'index.html': '<a href="/b.html#here">x</a><a href="b#there">x</a><a href="./c">x</a><img src="/p.svg">',
      'b.html': '<h1 id="here">x</h1><a href="https://example.com/none">x</a>',
    });
    expect(checkSiteLinks(folder).map(told)).toEqual([
      "index.html:0: there is no 'there' in b.html",
      'index.html:0: leads nowhere: ./c',
      'index.html:0: leads nowhere: /p.svg',
    ]);
  });

  test.skipIf(chromiumPath === undefined)(`looks right in Chromium${skipped}`, () => {
    const folder = fileURLToPath(new URL('../../../reports/docs/', import.meta.url));
    for (const { name } of PICTURES) expect(existsSync(join(folder, `${name}.png`)), name).toBe(true);
  });
});

test('a diagram has its states and arrows, with labels that stay short', () => {
  const drawn = drawnDiagram(
    'stateDiagram-v2\n  a --> b_c: send ONE, TWO, THREE, FOUR, FIVE, SIX, SEVEN · lose\n  b_c --> b_c: stop\n',
  );
  expect(drawn.match(/class="state"/g)).toHaveLength(2);
  // What stays where it is is told in the state.
  expect(drawn.match(/class="arrow"/g)).toHaveLength(1);
  expect(drawn).toContain('>b-c<');
  const labels = [...drawn.matchAll(/<tspan[^>]*>([^<]*)</g)].map(([, text]) => text);
  expect(labels).toEqual(['stop', 'send ONE, TWO, THREE, FOUR, FIVE,', 'SIX, SEVEN', 'lose']);
});
