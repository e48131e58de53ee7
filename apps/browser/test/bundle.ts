import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** What a bundler made of a page. */
export interface Bundle {
  readonly code: string;
  /** The files that it was made of. */
  readonly modules: readonly string[];
  /** What it still asks for from outside. */
  readonly imports: readonly string[];
  readonly warnings: readonly string[];
}

/** Bundles `src/page.ts` for browsers, from the packages as they are built. */
export async function bundlePage(): Promise<Bundle> {
  const warnings: string[] = [];
  const build = await rolldown({
    input: fileURLToPath(new URL('../src/page.ts', import.meta.url)),
    platform: 'browser',
    onwarn: ({ message }) => warnings.push(message),
  });
  try {
    const { output } = await build.generate({ format: 'esm', minify: true });
    const [chunk, ...others] = output;
    if (others.length > 0)
      throw new Error(`expected one file, got ${output.map(({ fileName }) => fileName).join(', ')}`);
    return {
      code: chunk.code,
      modules: chunk.moduleIds,
      imports: [...chunk.imports, ...chunk.dynamicImports],
      warnings,
    };
  } finally {
    await build.close();
  }
}
