import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { packAll } from '../src/pack.js';
import { ROOT } from '../src/workspace.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder that every package is packed into, and unpacked. */
    packed: string;
  }
}

let folder: string;

/** Packs every package before the first suite: all of them look at the same tarballs. */
export function setup({ provide }: TestProject): void {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'wamp-run-packed-')));
  packAll(folder);
  linkDependencies('create-wamp-service');
  provide('packed', folder);
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Puts beside a package what its manifest declares, and nothing else, as an install would. It depends on none of ours. */
function linkDependencies(name: string): void {
  const { dependencies } = JSON.parse(readFileSync(join(folder, name, 'node_modules', name, 'package.json'), 'utf8'));
  for (const dependency of Object.keys(dependencies)) {
    const link = join(folder, name, 'node_modules', dependency);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(realpathSync(join(ROOT, 'packages', name, 'node_modules', dependency)), link, 'junction');
  }
}
