import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../repository.js';
import type { CodeBlock, Finding } from './code-block.js';

/** A source made of a block, with the line of the page that each of its lines comes from. */
interface Source {
  readonly lines: readonly string[];
  readonly origins: readonly number[];
}

/** Below the package, so that what the blocks import is found as a program's own dependencies are. */
const MADE = fileURLToPath(new URL('../../dist/made/', import.meta.url));

/** The settings of somebody who uses the packages: no source condition, so what counts is the published declarations. */
const TSCONFIG = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2022'],
    types: ['node'],
    module: 'nodenext',
    moduleResolution: 'nodenext',
    strict: true,
    strictNullChecks: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['**/*.ts'],
};

const ERROR = /^([^()\s]+)\((\d+),\d+\): (error TS\d+: .*)$/;

/**
 * Compiles all TypeScript blocks in one program, against the declarations that the packages publish (so: after a build).
 *
 * @param blocks - the blocks of all pages, in the order of each page
 * @param name - of the folder below `dist/made/` that the sources are written to
 */
export async function checkTypeScript(blocks: readonly CodeBlock[], name = 'blocks'): Promise<Finding[]> {
  const sources = new Map<string, { readonly page: string; readonly source: Source }>();
  const findings: Finding[] = [];
  let previous: { readonly page: string; readonly source: Source } | undefined;
  for (const block of blocks) {
    if (block.directive?.kind === 'of') continue;
    if (block.directive?.kind === 'continues' && previous?.page !== block.page) {
      findings.push({ page: block.page, line: block.line, text: 'continues nothing: no block before it on this page' });
      continue;
    }
    const source = sourceOf(block, previous?.source);
    previous = { page: block.page, source };
    const path = `${block.page.replace(/\W+/g, '-')}/${pathOf(block)}`;
    if (sources.has(path))
      findings.push({ page: block.page, line: block.line, text: `is on this page twice: ${path}` });
    else sources.set(path, previous);
  }
  if (sources.size === 0) return findings;
  const folder = join(MADE, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  for (const [path, { source }] of sources) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${source.lines.join('\n')}\n`);
  }
  for (const line of await compilerOutput(folder)) {
    const [, file = '', at = '', text = ''] = ERROR.exec(line) ?? [];
    const found = sources.get(file);
    // What has no place in a block (a wrong setting, a missing library) is never passed over.
    if (found === undefined) findings.push({ page: 'tsconfig.json', line: 0, text: line });
    else findings.push({ page: found.page, line: found.source.origins[Number(at) - 1] ?? 0, text });
  }
  return findings;
}

/** Every page is a program of its own: a block that names its file is that file, any other lies beside it. */
function pathOf({ lines, line, directive }: CodeBlock): string {
  if (directive?.kind === 'file') return directive.path;
  const [, named] = /^\/\/ ((?:src|test)\/[\w./-]+\.ts)$/.exec(lines[0] ?? '') ?? [];
  return named ?? `src/block-${line}.ts`;
}

/** How many lines of a program that is not shown stand around a block does not matter: each knows where it is from. */
function sourceOf(block: CodeBlock, previous: Source | undefined): Source {
  const own: Source = { lines: block.lines, origins: block.lines.map((_, index) => block.line + index) };
  const { directive } = block;
  if (directive?.kind === 'continues' && previous !== undefined) return joined([previous, own]);
  if (directive?.kind !== 'prelude') return joined([own, MODULE]);
  const place = directive.lines.findIndex((line) => line.trim() === '// the block');
  const prelude = (from: number, to: number): Source => ({
    lines: directive.lines.slice(from, to),
    origins: directive.lines.slice(from, to).map((_, index) => directive.line + from + index),
  });
  if (place === -1) return joined([prelude(0, directive.lines.length), own, MODULE]);
  return joined([prelude(0, place), own, prelude(place + 1, directive.lines.length), MODULE]);
}

/** Makes a module of every block, so that none sees another's names. */
const MODULE: Source = { lines: ['export {};'], origins: [0] };

function joined(parts: readonly Source[]): Source {
  return { lines: parts.flatMap(({ lines }) => lines), origins: parts.flatMap(({ origins }) => origins) };
}

/** What the workspace's compiler says of a folder, a finding a line; what goes with a finding is indented. */
async function compilerOutput(folder: string): Promise<string[]> {
  const manifest = createRequire(join(ROOT, 'package.json')).resolve('typescript/package.json');
  const compiler = join(dirname(manifest), 'bin', 'tsc');
  const child = spawn(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.setEncoding('utf8');
  let output = '';
  child.stdout.on('data', (chunk: string) => {
    output += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const lines = output.split('\n').filter((line) => /^\S/.test(line));
  if (code !== 0 && lines.length === 0) throw new Error(`the compiler ended with ${code} and said nothing`);
  return lines;
}
