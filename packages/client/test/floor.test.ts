import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const SOURCES = new URL('../src/', import.meta.url);
const files = readdirSync(SOURCES).filter((name) => name.endsWith('.ts'));

/** What a source uses that it may not: an import of anything but protocol, or what only one platform has. */
function foreign(source: string): string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const imports = [...code.matchAll(/from '([^']+)'|import\('([^']+)'\)/g)].map((m) => m[1] ?? m[2] ?? '');
  const globals = code.match(
    /\b(process|Buffer|console|setTimeout|setInterval|setImmediate|queueMicrotask|Date|performance|crypto|window|document|globalThis|require)\b|Math\.random/g,
  );
  return [
    ...imports.filter((from) => from !== '@wamp-run/protocol' && !/^\.\/[a-z-]+\.js$/.test(from)),
    ...(globals ?? []),
  ];
}

describe('the sources stand on protocol alone, with clock and randomness from outside', () => {
  test.each(files)('%s', (name) => {
    expect(foreign(readFileSync(new URL(name, SOURCES), 'utf8'))).toEqual([]);
  });

  test('this test sees what is foreign', () => {
    const source = `import { a } from 'node:fs';\nimport b from './b.js';\nsetTimeout(b, Math.random()); // Date`;
    expect(foreign(source)).toEqual(['node:fs', 'setTimeout', 'Math.random']);
  });
});
