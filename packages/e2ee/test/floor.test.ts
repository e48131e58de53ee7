import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const SOURCES = new URL('../src/', import.meta.url);
const files = readdirSync(SOURCES).filter((name) => name.endsWith('.ts'));
const LIBRARIES = /^@noble\/(ciphers|curves|hashes)\/[\w-]+\.js$/;
const IMPORT = /from '([^']+)'|import\('([^']+)'\)/g;

/** What a source uses that it may not: an import of another package, or what only one platform has. */
function foreign(source: string): string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const imports = [...code.matchAll(IMPORT)].map((m) => m[1] ?? m[2] ?? '');
  // `atob`, `btoa`, `TextEncoder` are in every browser, and in Node.
  const globals = code.match(
    /\b(process|Buffer|console|setTimeout|setInterval|setImmediate|Date|performance|crypto|randomBytes|window|document|globalThis|require)\b(?!\.js)|Math\.random/g,
  );
  return [
    ...imports.filter(
      (from) => from !== '@wamp-run/protocol' && !LIBRARIES.test(from) && !/^\.\/[a-z-]+\.js$/.test(from),
    ),
    ...(globals ?? []),
  ];
}

describe('the sources run in a browser: protocol, the noble libraries, and no randomness of their own', () => {
  test.each(files)('%s', (name) => {
    expect(foreign(readFileSync(new URL(name, SOURCES), 'utf8'))).toEqual([]);
  });

  test('this test sees what is foreign', () => {
    const source = `import { a } from 'node:fs';\nimport b from './b.js';\nBuffer.from(Math.random()); // Date`;
    expect(foreign(source)).toEqual(['node:fs', 'Buffer', 'Math.random']);
  });
});

test('nor do the libraries ask anything of Node', () => {
  const reached = new Map<string, string>();
  const queue = [
    '@noble/ciphers/salsa.js',
    '@noble/ciphers/aes.js',
    '@noble/curves/ed25519.js',
    '@noble/hashes/sha2.js',
  ]
    .concat('@noble/hashes/sha3.js')
    .map((name) => import.meta.resolve(name));
  for (let url = queue.pop(); url !== undefined; url = queue.pop()) {
    if (reached.has(url)) continue;
    const source = readFileSync(new URL(url), 'utf8');
    reached.set(url, source);
    for (const [, from = ''] of source
      .replaceAll(/\/\*[\s\S]*?\*\//g, '')
      .matchAll(/^(?:import|export) [^;]*?from ['"]([^'"]+)['"]/gm)) {
      expect(from, url).not.toMatch(/^node:/);
      if (from.startsWith('.')) queue.push(new URL(from, url).href);
    }
  }
  expect(reached.size).toBeGreaterThan(8);
});
