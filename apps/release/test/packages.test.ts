// The packages as they are published: whole, and nothing that must not be.
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, test } from 'vitest';
import type { Packed } from '../src/pack.js';
import { RULES, refusals } from '../src/refusals.js';
import { report } from '../src/report.js';
import { ROOT } from '../src/workspace.js';
import { packedPackage, packedPackages } from './packed.js';

const all = packedPackages();
const names = all.map(({ manifest }) => manifest.name);

test('may be published, all of them together', () => {
  expect(refusals(all)).toEqual([]);
  expect(report(all).split('\n')).toHaveLength(names.length);
});

test('changesets keep all of them at one version', () => {
  const { fixed } = JSON.parse(readFileSync(join(ROOT, '.changeset', 'config.json'), 'utf8')) as { fixed: string[][] };
  expect(fixed.map((group) => [...group].sort())).toEqual([[...names].sort()]);
});

describe.each(names)('%s', (name) => {
  const { files, folder, manifest, tarball } = packedPackage(name);

  test('has exports that hold: publint', async () => {
    const { messages } = await publint({ pkgDir: folder, pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, manifest as never))).toEqual([]);
  });

  test('has types that are those of its files, however it is resolved: are the types wrong', async () => {
    const { problems = [] } = (await checkPackage(createPackageFromTarballData(readFileSync(tarball)))) as {
      problems?: { kind: string; resolutionKind?: string; entrypoint?: string }[];
    };
    // The resolution of Node 10 knows no `exports`, and CommonJS has to load these packages by import(): both as intended.
    const found = problems.filter(
      ({ kind, resolutionKind }) => resolutionKind !== 'node10' && kind !== 'CJSResolvesToESM',
    );
    expect(found).toEqual([]);
  });

  test('has maps that lead from what was built to the source in it', () => {
    const maps = [...files].filter(([path]) => path.endsWith('.map'));
    expect(maps.length).toBeGreaterThan(1);
    for (const [path, content] of maps) {
      const { sources } = JSON.parse(content.toString('utf8')) as { sources: string[] };
      for (const source of sources) {
        const from = relative(folder, join(folder, dirname(path), source)).replaceAll('\\', '/');
        expect(files.has(from), `${path} → ${from}`).toBe(true);
      }
    }
  });
});

/** A package with something wrong in it: files added, replaced or (undefined) left out. */
function broken(files: Record<string, string | undefined>, manifest: object = {}, more: Partial<Packed> = {}): Packed {
  const good = packedPackage('@wamp-run/e2ee');
  const changed = new Map(good.files);
  for (const [path, text] of Object.entries(files)) {
    if (text === undefined) changed.delete(path);
    else changed.set(path, Buffer.from(text));
  }
  return { ...good, files: changed, manifest: { ...good.manifest, ...manifest }, ...more };
}

const KEY = `private-key-ed25519: ${'a1'.repeat(32)}`;

describe('what must not be published is refused', () => {
  const cases: [rule: keyof typeof RULES, what: string, packed: () => Packed, why: RegExp][] = [
    ['is meant for everybody', 'a private package', () => broken({}, { private: true }), /it is private/],
    ['is meant for everybody', 'restricted access', () => broken({}, { publishConfig: {} }), /access is not public/],
    ['is whole, and nothing besides', 'no licence', () => broken({ LICENSE: undefined }), /LICENSE is missing/],
    [
      'is whole, and nothing besides',
      'tests',
      () => broken({ 'test/a.test.ts': '' }),
      /test\/a\.test\.ts does not belong/,
    ],
    [
      'is whole, and nothing besides',
      "a compiler's notes",
      () => broken({ 'dist/.tsbuildinfo': '' }),
      /tsbuildinfo does not/,
    ],
    [
      'has what was built of its sources',
      'stale output',
      () => broken({ 'dist/gone.js': 'export {};\nalert();\n' }),
      /dist\/gone\.js .* is gone/,
    ],
    [
      'has what was built of its sources',
      'types of a source that is gone',
      () => broken({ 'dist/gone.d.ts': '' }),
      /dist\/gone\.d\.ts .* is gone/,
    ],
    [
      'has what was built of its sources',
      'a bundle of a source that is gone',
      () => broken({ 'dist/index.js.map': JSON.stringify({ sources: ['../src/key.ts', '../src/gone.ts'] }) }),
      /dist\/index\.js .* is gone/,
    ],
    [
      'has what was built of its sources',
      'a file before a library that is none of its own',
      () => broken({ 'dist/ws.cjs': '' }),
      /dist\/ws\.cjs .* is gone/,
    ],
    ['has what was built of its sources', 'no output', () => broken({ 'dist/index.d.ts': undefined }), /build first/],
    [
      'has every file that its manifest names',
      'a missing entry',
      () => broken({}, { bin: { x: './bin/x.js' } }),
      /bin\/x\.js/,
    ],
    [
      'knows nothing of this workspace',
      'workspace:',
      () => broken({}, { dependencies: { '@wamp-run/protocol': 'workspace:*' } }),
      /nothing that a registry has/,
    ],
    [
      'knows nothing of this workspace',
      'the source condition',
      () => broken({}, { exports: { '.': { '@wamp-run/source': './src/index.ts' } } }),
      /leads to sources/,
    ],
    [
      'runs nothing when it is installed',
      'a script',
      () => broken({}, { scripts: { postinstall: 'x' } }),
      /postinstall/,
    ],
    [
      'tells no secret, and nothing of this machine',
      'a key file',
      () => broken({ 'dist/service.key': '' }),
      /like a secret/,
    ],
    [
      'tells no secret, and nothing of this machine',
      'a key in a file',
      () => broken({ 'src/a.ts': KEY }),
      /has a secret/,
    ],
    ['tells no secret, and nothing of this machine', 'a path', () => broken({ 'src/a.ts': ROOT }), /this machine/],
    ['says what has changed', 'no entry', () => broken({}, { version: '9.9.9' }), /no "## 9\.9\.9"/],
    ['keeps to its size', 'too large', () => broken({}, {}, { size: 10_000_000 }), /its budget is/],
    ['keeps to its size', 'without a budget', () => broken({}, { name: 'other' }), /no budget/],
  ];

  test.each(cases)('%s: %s', (rule, _what, packed, why) => {
    expect(RULES[rule]?.(packed()).join('\n')).toMatch(why);
    expect(RULES[rule]?.(broken({}))).toEqual([]);
  });

  test('every rule has something that it refuses', () => {
    expect([...new Set(cases.map(([rule]) => rule))].sort()).toEqual(Object.keys(RULES).sort());
  });

  test('versions that differ, and a neighbour of another version', () => {
    const name = '@wamp-run/protocol';
    const ahead = all.map((each) =>
      each.manifest.name === name ? { ...each, manifest: { ...each.manifest, version: '7.0.0' } } : each,
    );
    const text = refusals(ahead).join('\n');
    expect(text).toMatch(/^versions differ: .*7\.0\.0/m);
    expect(text).toMatch(/wants @wamp-run\/protocol 0\.\d+\.\d+, which is not the one beside it/);
  });
});
