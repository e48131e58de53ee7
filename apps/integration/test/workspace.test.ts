// What the tools do not hold by themselves: the rules of this repository about itself.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const parsed = (path: string) => JSON.parse(read(path));

const members = ['packages', 'apps', 'templates'].flatMap((folder) =>
  readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
);
const packages = members.filter((member) => member.startsWith('packages/'));

/** A template's own tsconfig.json goes to its users; what this workspace adds to it lies beside. */
function projectOf(member: string): string {
  return member.startsWith('templates/') ? `${member}/tsconfig.workspace.json` : member;
}

function tagOf(member: string): string {
  const [folder, name] = member.split('/');
  if (folder === 'packages') return `pkg:${name}`;
  return folder === 'templates' ? 'template' : name === 'demo' ? 'app:demo' : 'app';
}

/** Every file below a folder that is ours: no build output, nothing installed. */
function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return entry.isFile() && ending.test(entry.name) ? [path] : [];
    return /^(node_modules|dist|reports|\.turbo)$/.test(entry.name) ? [] : filesBelow(path, ending);
  });
}

const sources = packages.flatMap((member) => filesBelow(`${member}/src`, /\.ts$/));

describe('every member of the workspace', () => {
  test.each(members)('%s has its tag, so that the floors hold for it', (member) => {
    const { tags } = parsed(`${member}/turbo.json`);
    expect(tags).toEqual([tagOf(member)]);
    expect(Object.keys(parsed('turbo.json').boundaries.tags)).toContain(tags[0]);
  });

  test.each(members)('%s refers to exactly the projects that it depends on', (member) => {
    const { dependencies = {} } = parsed(`${member}/package.json`);
    const wanted = Object.keys(dependencies)
      .filter((name) => dependencies[name] === 'workspace:*')
      .map((name) => members.find((other) => parsed(`${other}/package.json`).name === name));
    const project = projectOf(member);
    const { references = [] } = parsed(project === member ? `${member}/tsconfig.json` : project);
    const found = references.map(({ path }: { path: string }) => relative(root, join(root, member, path)));
    expect(found.sort()).toEqual(wanted.sort());
  });

  test('is built by the root project', () => {
    const built = parsed('tsconfig.json').references.map(({ path }: { path: string }) => path);
    for (const member of members) expect(built).toContain(projectOf(member));
    for (const member of packages) expect(built).toContain(`${member}/test`);
  });
});

type Entry = Record<string, string> & { readonly browser?: Record<string, string> };

/** An entry of `exports` in the workspace, and the same as it is published. */
function expectEntry(member: string, entry: Record<string, string>, published: unknown): void {
  expect(entry.default).toMatch(/^\.\/dist\/.*\.js$/);
  expect(Object.keys(entry)).toEqual(['@wamp-run/source', 'types', 'default']);
  expect(existsSync(join(root, member, entry['@wamp-run/source'] as string)), entry.default).toBe(true);
  expect(published).toEqual({ types: entry.types, default: entry.default });
}

describe('every package', () => {
  test.each(packages)('%s can be resolved by require.resolve, from its build alone, and has a README', (member) => {
    const manifest = parsed(`${member}/package.json`);
    for (const [path, { browser, ...entry }] of Object.entries<Entry>(manifest.exports)) {
      // Data is the same file everywhere.
      if (path.endsWith('.json')) continue;
      const { browser: publishedBrowser, ...published } = manifest.publishConfig.exports[path];
      expectEntry(member, entry, published);
      // What bundlers take that build for browsers.
      expect(publishedBrowser === undefined).toBe(browser === undefined);
      if (browser !== undefined) expectEntry(member, browser, publishedBrowser);
    }
    expect(existsSync(join(root, member, 'README.md'))).toBe(true);
  });

  test('declares only dependencies whose reason is written down', () => {
    const page = read('docs/dependencies.md');
    for (const member of [...members, '.']) {
      const { dependencies = {}, devDependencies = {} } = parsed(`${member}/package.json`);
      for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
        if (!/^(workspace|link):/.test(String(version))) expect(page, `${name} of ${member}`).toContain(`\`${name}\``);
      }
    }
  });
});

/** The files whose text has something that it should not have. */
function having(paths: readonly string[], pattern: RegExp): string[] {
  return paths.filter((path) => pattern.test(read(path)));
}

describe('sources', () => {
  test('nobody slips past the floors', () => {
    expect(having(filesBelow('packages', /\.(ts|json)$/), /@boundaries-ignore/)).toEqual([]);
  });

  test('only the two commands touch the process', () => {
    const others = sources.filter((path) => !/^packages\/(wamp-run\/|create-wamp-service\/src\/bin\.ts)/.test(path));
    expect(
      having(others, /\bprocess\.\w+\b[(.[]|\bprocess\.(env|argv|pid)\b|\bconsole\.\w+\(|['"]node:process['"]/),
    ).toEqual([]);
  });

  test('clock and randomness are handed in', () => {
    const pure = sources.filter((path) => /^packages\/(protocol|client|router|runtime|component)\//.test(path));
    const machine = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.now\(|\bsetTimeout\(/;
    expect(having(pure, machine)).toEqual([]);
  });

  test('runtime takes only types from the component package: the values come from beside the service', () => {
    const runtime = sources.filter((path) => path.startsWith('packages/runtime/'));
    expect(having(runtime, /^(import|export) (?!type ).*from '@wamp-run\/component'/m)).toEqual([]);
  });

  test('only component knows tsyringe, whose registry belongs to one copy of it', () => {
    const others = sources.filter((path) => !path.startsWith('packages/component/'));
    expect(having(others, /from '(tsyringe|reflect-metadata)'/)).toEqual([]);
  });

  test('public names are spelled out', () => {
    expect(having(sources, /^export \*|^export default/m)).toEqual([]);
  });

  test('no word that says nothing', () => {
    const all = [...sources, ...filesBelow('apps', /\.ts$/)];
    expect(all.filter((path) => /(^|[/-])(utils?|helpers?|common|misc|managers?|impl)([/.-]|$)/.test(path))).toEqual(
      [],
    );
    expect(having(all, /^export .*\b(class|interface) (I[A-Z][a-z]\w*|\w*(Manager|Impl|Helper|Utils?))\b/m)).toEqual(
      [],
    );
  });

  test('a file above 300 lines says why', () => {
    const long = sources.filter((path) => read(path).split('\n').length > 300);
    expect(long.filter((path) => !/^\/\/ Longer than 300 lines: /m.test(read(path)))).toEqual([]);
  });
});

describe('what is committed', () => {
  test('the lockfile names no host', () => {
    expect(read('pnpm-lock.yaml')).not.toMatch(/https?:\/\/|tarball:/);
  });

  test('every error code is in docs/errors.md, and every code there exists', () => {
    const inCode = sources.flatMap((path) =>
      [...read(path).matchAll(/\bcode(?:: string)? = '(WAMP_[A-Z_]+)'/g)].map(([, code]) => code),
    );
    const inPage = [...read('docs/errors.md').matchAll(/^## `(WAMP_[A-Z_]+)`/gm)].map(([, code]) => code);
    expect([...inPage].sort()).toEqual([...new Set(inCode)].sort());
    expect(inCode.length).toBeGreaterThan(10);
  });

  test('every URI of errors and of closing is in docs/errors.md', async () => {
    const { CLOSE_REASONS, ERROR_URIS } = await import('@wamp-run/protocol');
    const page = read('docs/errors.md');
    const uris = Object.values({ ...ERROR_URIS, ...CLOSE_REASONS });
    expect(uris.filter((uri) => !page.includes(`\`${uri}\``))).toEqual([]);
    expect(uris.length).toBeGreaterThan(30);
  });

  test('every option that bounds a time, a size or a number is in docs/limits.md', () => {
    const page = read('docs/limits.md');
    const options = sources.flatMap((path) =>
      [...read(path).matchAll(/^ {2}(?:readonly )?(\w+)\?: number/gm)].map(([, name = '']) => name),
    );
    const bounds = options.filter((name) => /(Timeout|Interval|Bytes|Size)$|^max(?!\w*Delay)/.test(name));
    expect([...new Set(bounds)].filter((name) => !new RegExp(`\`[\\w.]*\\b${name}\``).test(page))).toEqual([]);
    expect(bounds.length).toBeGreaterThan(20);
  });

  test('every limit of the router is in docs/limits.md', () => {
    const page = read('docs/limits.md');
    const declared =
      read('packages/router/src/router-limits.ts') + read('packages/router/src/dealer/dealer-options.ts');
    const names = [...declared.matchAll(/^ {2}readonly (\w+): number;/gm)].map(([, name]) => name);
    expect(names.filter((name) => !page.includes(`\`limits.${name}\``))).toEqual([]);
    expect(names.length).toBeGreaterThan(10);
  });

  test('every exit code is in docs/command-line.md, and every code there exists', async () => {
    const [first = '', second = ''] = read('docs/command-line.md').split('\n## create-wamp-service\n');
    const codesIn = (text: string) => [...text.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
    const { EXIT } = await import('wamp-run');
    expect(codesIn(first)).toEqual(Object.values(EXIT));
    const { EXIT: ofCreate } = await import('create-wamp-service');
    expect(codesIn(second)).toEqual(Object.values(ofCreate));
  });

  test.each([
    ['the diagrams are those of the tables', 'lifecycles'],
    ['the table of settings and the JSON Schema are those of the command', 'settings'],
  ])('%s', (_, script) => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, `scripts/${script}.mjs`), '--check'], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
  });
});
