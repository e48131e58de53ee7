// docs/from-autobahn-python.md promises a counterpart for each public name of Autobahn|Python. Held to it here: the names
// are looked up by the compiler, in the declarations that are published.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { namesOfModulePage, namesOfPackagePage } from './names-of-autobahn.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const pages = join(root, '../shared/reference');

/** A row of a table: the names on the left, our names in the middle, and a note. */
interface Row {
  readonly theirs: string[];
  readonly ours: string[];
  readonly cell: string;
  readonly note: string;
}

const rows: Row[] = readFileSync(join(root, 'docs/from-autobahn-python.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const [, theirs = '', cell = '', note = ''] = line.split(/(?<!\\)\|/).map((part) => part.trim());
    return { theirs: quoted(theirs), ours: quoted(cell), cell, note };
  });

function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

/** Which of these names, each `package: Export.member`, are in no package. */
function missing(names: readonly string[]): string[] {
  const folder = join(root, 'apps/integration/dist/from-autobahn-python');
  const file = join(folder, 'names.ts');
  // A type, or a member of instances; else a value, or a property of it. Two lines for each, one of which must hold.
  const lines = names.flatMap((name, i) => {
    const [where = '', path = ''] = name.split(': ');
    const [first = '', ...members] = path.split('.');
    const specifier = where.startsWith('wamp-run') ? where : `@wamp-run/${where}`;
    const index = members.map((member) => `['${member}']`).join('');
    return [
      `export type T${i} = import('${specifier}').${first}${index};`,
      `export type V${i} = (typeof import('${specifier}'))['${first}']${index};`,
    ];
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${lines.join('\n')}\n`);
  const compiler = join(
    dirname(createRequire(join(root, 'package.json')).resolve('typescript/package.json')),
    'bin/tsc',
  );
  const { stdout } = spawnSync(
    process.execPath,
    [
      compiler,
      '--ignoreConfig',
      '--noEmit',
      '--pretty',
      'false',
      '--strict',
      '--skipLibCheck',
      '--target',
      'es2022',
      '--module',
      'nodenext',
      '--types',
      'node',
      file,
    ],
    { encoding: 'utf8', cwd: join(root, 'apps/integration') },
  );
  const broken = new Set([...stdout.matchAll(/names\.ts\((\d+),/g)].map(([, line]) => Number(line) - 1));
  rmSync(folder, { recursive: true, force: true });
  return names.filter((_, i) => broken.has(2 * i) && broken.has(2 * i + 1));
}

describe('the table of Autobahn|Python', () => {
  test('has, of every name, ours or a reason why there is none', () => {
    expect(rows.length).toBeGreaterThan(150);
    for (const row of rows) {
      expect(row.theirs, row.cell).not.toEqual([]);
      if (row.ours.length === 0)
        expect([row.cell, row.note], row.theirs.join()).toEqual(['–', expect.stringMatching(/\w/)]);
    }
  });

  test('names nothing twice', () => {
    const all = rows.flatMap(({ theirs }) => theirs);
    expect(all.filter((name, i) => all.indexOf(name) !== i)).toEqual([]);
  });

  test('names only what is there', () => {
    const ours = [...new Set(rows.flatMap((row) => row.ours))];
    expect(ours.length).toBeGreaterThan(100);
    expect(ours.filter((name) => !/^[\w/-]+: \w+(\.\w+)*$/.test(name))).toEqual([]);
    const wrong = ['client: CallOptions.nothing', 'protocol: NOTHING', 'nothing: Nothing'];
    expect(missing([...ours, ...wrong])).toEqual(wrong);
  });

  test.skipIf(!existsSync(pages))('leaves out no name of the API pages (../shared/reference has them)', () => {
    const listed = new Set(rows.flatMap(({ theirs }) => theirs));
    const read = (file: string) => readFileSync(join(pages, file), 'utf8');
    const names = new Set([
      ...namesOfPackagePage(read('api-autobahn.wamp.txt')),
      ...namesOfModulePage(read('api-autobahn.wamp.protocol.txt')),
    ]);
    expect(names.size).toBeGreaterThan(200);
    expect([...names].filter((name) => !listed.has(name))).toEqual([]);
    const modules = [...read('api-autobahn.wamp.txt').matchAll(/^- (autobahn\.wamp\.\w+)$/gm)].map(([, name]) => name);
    expect(modules.filter((name) => !listed.has(name as string))).toEqual([]);
  });
});
