import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const IMPORT = /(?:import|export)\s[^'"]*?from\s+'([^']+)'|import\s+'([^']+)'|import\('([^']+)'\)/g;

/** What a module and those it imports ask of packages, and their text. */
function reached(entry: URL): { packages: Set<string>; text: string } {
  const packages = new Set<string>();
  const files = new Map<string, string>();
  const queue = [entry];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (files.has(file.href)) continue;
    const source = readFileSync(file, 'utf8');
    files.set(file.href, source);
    for (const [, from, alone, dynamic] of source.matchAll(IMPORT)) {
      const specifier = from ?? alone ?? dynamic ?? '';
      if (specifier.startsWith('.')) queue.push(new URL(specifier.replace(/\.js$/, '.ts'), file));
      else packages.add(specifier);
    }
  }
  return { packages, text: [...files.values()].join('\n') };
}

test.each([
  ['json', []],
  ['cbor', ['cbor-x']],
  ['msgpack', ['msgpackr']],
  ['ubjson', []],
  ['flatbuffers', ['cbor-x']],
])('%s loads its own library and no other, and nothing of Node', (name, libraries) => {
  const { packages, text } = reached(new URL(`../src/${name}/index.ts`, import.meta.url));
  expect([...packages].sort()).toEqual(['@wamp-run/protocol', ...libraries]);
  expect(text).not.toMatch(/\bBuffer\.|\bprocess\.|\baddExtension\(/);
});
