import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a service's tsconfig has to say; and, as most have it, `strict`. */
export const COMPILER_OPTIONS = {
  target: 'es2022',
  module: 'nodenext',
  strict: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
};

/** The folder of a service that a test writes, and rewrites: a package of its own, beside which ours are installed. */
export class ServiceFolder {
  readonly path: string;

  constructor(name: string, compilerOptions: object | undefined = COMPILER_OPTIONS) {
    this.path = fileURLToPath(new URL(`../dist/${name}-${process.pid}/`, import.meta.url));
    rmSync(this.path, { recursive: true, force: true });
    this.write('package.json', JSON.stringify({ name, type: 'module' }));
    if (compilerOptions !== undefined) this.write('tsconfig.json', JSON.stringify({ compilerOptions }));
  }

  /** Writes a file, with the folders on the way to it. @returns its path */
  write(file: string, text: string): string {
    const path = join(this.path, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
