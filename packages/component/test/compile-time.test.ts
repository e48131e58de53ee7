// What five hundred procedures cost the compiler: its own count of the types that it had to make, held to a budget.
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const PROCEDURES = 500;
// Inside of the package, so that imports are resolved as anywhere in it.
const FOLDER = fileURLToPath(new URL(`../dist/compile-time-${process.pid}/`, import.meta.url));
const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

const IMPORTS = `import { CallDetails, component, defineComponent, register, type Session } from '@wamp-run/component';
declare const session: Session;
export const used = [component, defineComponent, register, CallDetails, session];
`;

const lines = (line: (i: number) => string): string => Array.from({ length: PROCEDURES }, (_, i) => line(i)).join('\n');

const SOURCES = {
  // The imports alone: what the others are measured against.
  baseline: IMPORTS,
  class: `${IMPORTS}
@component()
class Service {
${lines((i) => `  @register('p${i}') p${i}(a: number, b: string, call: CallDetails): { n${i}: number } { return { n${i}: a + b.length }; }`)}
}
const remote = session.remote(Service);
${lines((i) => `export const r${i}: Promise<{ n${i}: number }> = remote.p${i}(${i}, 'b');`)}
`,
  definition: `${IMPORTS}
const Service = defineComponent({
  name: 'Service',
  offer: ({ procedure }) => [
${lines((i) => `    procedure('p${i}', { args: ['number', 'string'] }, (a, b) => ({ n${i}: a + b.length })),`)}
  ],
});
const remote = session.remote(Service);
${lines((i) => `export const r${i}: Promise<{ n${i}: number }> = remote.p${i}(${i}, 'b');`)}
`,
} as const;

/** Runs the compiler on one file; how many types it had to make. */
async function compiled(name: keyof typeof SOURCES): Promise<number> {
  const args = ['--noEmit', '--extendedDiagnostics', '-p', join(FOLDER, `${name}.json`)];
  const { stdout } = await promisify(execFile)(process.execPath, [TSC, ...args]).catch((error: { stdout: string }) => {
    throw new Error(error.stdout.slice(0, 2_000));
  });
  return Number(/^Instantiations:\s+(\d+)/m.exec(stdout)?.[1]);
}

beforeAll(async () => {
  await mkdir(FOLDER, { recursive: true });
  for (const [name, source] of Object.entries(SOURCES)) {
    await writeFile(join(FOLDER, `${name}.ts`), source);
    const config = {
      extends: '../../../../tsconfig.base.json',
      compilerOptions: { composite: false, declaration: false, declarationMap: false, noEmit: true },
      files: [`${name}.ts`],
    };
    await writeFile(join(FOLDER, `${name}.json`), JSON.stringify(config));
  }
});
afterAll(() => rm(FOLDER, { recursive: true }));

/** Instantiations for each procedure with its caller, beyond what the imports cost. A third above what was measured. */
const BUDGET = { class: 140, definition: 300 } as const;

describe(`${PROCEDURES} procedures and their callers`, () => {
  test('stay within the budget of the compiler', async () => {
    const baseline = await compiled('baseline');
    expect(baseline).toBeGreaterThan(0);
    const each = async (name: keyof typeof BUDGET) => ((await compiled(name)) - baseline) / PROCEDURES;
    expect(await each('class')).toBeLessThan(BUDGET.class);
    expect(await each('definition')).toBeLessThan(BUDGET.definition);
  });

  test('a wrong caller among them is found: the types are not `any`', async () => {
    await writeFile(join(FOLDER, 'class.ts'), SOURCES.class.replace(`remote.p7(7, 'b')`, `remote.p7('7', 'b')`));
    await expect(compiled('class')).rejects.toThrow("Argument of type 'string' is not assignable");
  });
});
