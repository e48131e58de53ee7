// What each compiler writes down of a parameter's type, and so what is checked: the table of docs/types-at-run-time.md.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transformSync } from '@swc/wasm';
import { type ComponentClass, component, describe as describeComponent, register } from '@wamp-run/component';
import { describe, expect, test } from 'vitest';
import { EXPECTED, ParameterTypes } from './fixtures/parameter-types.js';

const FIXTURE = fileURLToPath(new URL('fixtures/parameter-types.ts', import.meta.url));
const PAGE = new URL('../../../docs/types-at-run-time.md', import.meta.url);

/** The class in a compiled module, run with this copy of the package. */
function classIn(code: string): ComponentClass {
  const body = code
    .replaceAll(/^import .*$/gm, '')
    .replaceAll(/\bexport (?=class|const|let)/g, '')
    .replaceAll(/^export .*$/gm, '');
  const run = new Function('component', 'register', `${body}\nreturn ParameterTypes;`);
  return run(component, register) as ComponentClass;
}

async function byTsc(): Promise<ComponentClass> {
  const require = createRequire(import.meta.url);
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const out = await mkdtemp(join(tmpdir(), 'parameter-types-'));
  try {
    // Nothing is resolved: metadata comes of what stands in the file, and what is imported here is checked elsewhere.
    const how = '--target es2022 --module nodenext --strict --noCheck --noResolve --ignoreConfig';
    const decorators = '--experimentalDecorators --emitDecoratorMetadata';
    const options = `${how} ${decorators}`.split(' ');
    await promisify(execFile)(process.execPath, [
      tsc,
      FIXTURE,
      ...options,
      '--rootDir',
      dirname(FIXTURE),
      '--outDir',
      out,
    ]);
    return classIn(await readFile(join(out, 'parameter-types.js'), 'utf8'));
  } finally {
    await rm(out, { recursive: true });
  }
}

async function bySwc(): Promise<ComponentClass> {
  const { code } = transformSync(await readFile(FIXTURE, 'utf8'), {
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      target: 'es2022',
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'es6' },
  });
  return classIn(code);
}

function typesOf(target: ComponentClass): Record<string, string> {
  const { procedures } = describeComponent(target);
  return Object.fromEntries(procedures.map(({ method, parameters: [first] }) => [method, first?.type ?? 'anything']));
}

const LOADERS = [
  ['tsc', byTsc, (method: string) => EXPECTED[method]?.tsc ?? EXPECTED[method]?.oxc],
  ['swc', bySwc, (method: string) => EXPECTED[method]?.swc ?? EXPECTED[method]?.oxc],
  // vitest compiles with it.
  ['oxc', async () => ParameterTypes, (method: string) => EXPECTED[method]?.oxc],
] as const;

describe.each(LOADERS)('compiled by %s', (_, compile, expected) => {
  test('each parameter is checked as the table says', async () => {
    const types = typesOf(await compile());
    expect(types).toEqual(Object.fromEntries(Object.keys(EXPECTED).map((method) => [method, expected(method)])));
  });
});

test('the page shows this table', async () => {
  const rows = (await readFile(PAGE, 'utf8'))
    .split('\n')
    .filter((line) => /^\| `{1,2}|^\| an? /.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) =>
          cell
            .trim()
            .replaceAll('\\|', '|')
            .replaceAll(/^`+ ?| ?`+$/g, ''),
        ),
    )
    .filter((cells) => cells.length === 4);
  expect(rows).toEqual(
    Object.keys(EXPECTED).map((method) => {
      const { declared } = EXPECTED[method] as { declared: string };
      return [declared, ...LOADERS.map(([, , expected]) => expected(method))];
    }),
  );
});
