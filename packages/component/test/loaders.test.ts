// What each compiler writes down of a parameter's type, and so what is checked: the table of docs/types-at-run-time.md.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { transformSync } from '@swc/wasm';
import { type ComponentClass, component, describe as describeComponent, register } from '@wamp-run/component';
import { beforeAll, describe, expect, test } from 'vitest';
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

/** What a child process runs: describes what the loader made of the file, and says it. */
const DESCRIBE = `
import { describe } from '@wamp-run/component';
import { ParameterTypes } from './parameter-types.ts';
const types = ({ procedures }) =>
  procedures.map(({ method, parameters: [first] }) => [method, { type: first?.type ?? 'anything', nullable: first?.nullable }]);
console.log(JSON.stringify(Object.fromEntries(types(describe(ParameterTypes, { erasedNulls: true })))));
`;

interface Described {
  readonly type: string;
  readonly nullable: boolean;
}

/** By the loader that runs .ts files, in a process of its own. `more`: what the file's tsconfig says besides. */
async function byOxcNode(more: object): Promise<Record<string, Described>> {
  // Inside of the package, so that imports are resolved as anywhere in it.
  const folder = fileURLToPath(
    new URL(`../dist/oxc-node-${process.pid}-${Object.keys(more).length}/`, import.meta.url),
  );
  await mkdir(folder, { recursive: true });
  try {
    await copyFile(FIXTURE, join(folder, 'parameter-types.ts'));
    const compilerOptions = { strict: true, experimentalDecorators: true, emitDecoratorMetadata: true, ...more };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    const register = createRequire(import.meta.url)
      .resolve('@oxc-node/core')
      .replace(/index\.js$/, 'register.mjs');
    const how = ['--conditions=@wamp-run/source', '--import', pathToFileURL(register).href, '--input-type=module'];
    const { stdout } = await promisify(execFile)(process.execPath, [...how, '-e', DESCRIBE], { cwd: folder });
    return JSON.parse(stdout) as Record<string, Described>;
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Types = Readonly<Record<string, string>>;

function typesOf(target: ComponentClass): Types {
  const { procedures } = describeComponent(target);
  return Object.fromEntries(procedures.map(({ method, parameters: [first] }) => [method, first?.type ?? 'anything']));
}

const typesByOxcNode = async (more: object): Promise<Types> =>
  Object.fromEntries(Object.entries(await byOxcNode(more)).map(([method, { type }]) => [method, type]));

const LOADERS = [
  ['tsc', async () => typesOf(await byTsc()), (method: string) => EXPECTED[method]?.tsc ?? EXPECTED[method]?.oxc],
  ['swc', async () => typesOf(await bySwc()), (method: string) => EXPECTED[method]?.swc ?? EXPECTED[method]?.oxc],
  // vitest compiles with it.
  ['oxc', async () => typesOf(ParameterTypes), (method: string) => EXPECTED[method]?.oxc],
  ['oxc-node', () => typesByOxcNode({}), (method: string) => EXPECTED[method]?.oxcNode ?? EXPECTED[method]?.oxc],
] as const;

describe.each(LOADERS)('compiled by %s', (_, compile, expected) => {
  let types: Types;
  beforeAll(async () => {
    types = await compile();
  });

  test.each(Object.entries(EXPECTED).map(([method, { declared }]) => [declared, method]))('%s', (_declared, method) => {
    expect(types[method]).toBe(expected(method));
  });

  test('and nothing else is there', () => {
    expect(Object.keys(types)).toEqual(Object.keys(EXPECTED));
  });
});

describe('what @oxc-node/core writes of `| null`', () => {
  test('with "strictNullChecks" in so many words it is what vitest has', async () => {
    expect(await typesByOxcNode({ strictNullChecks: true })).toEqual(typesOf(ParameterTypes));
  });

  test('without it null passes where a type is checked, with erasedNulls', async () => {
    const { nullableNumber, nullableString, undefinable } = await byOxcNode({});
    expect([nullableNumber, nullableString, undefinable]).toEqual([
      { type: 'number', nullable: true },
      { type: 'string', nullable: true },
      { type: 'string', nullable: true },
    ]);
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
    .filter((cells) => cells.length === 1 + LOADERS.length);
  expect(rows).toEqual(
    Object.keys(EXPECTED).map((method) => {
      const { declared } = EXPECTED[method] as { declared: string };
      return [declared, ...LOADERS.map(([, , expected]) => expected(method))];
    }),
  );
});
