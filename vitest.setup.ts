import { basename, dirname } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundlePackages } from './scripts/bundle.mjs';

/**
 * Suites of packages import sources. Those of apps/ start processes, too, and these run what is published: it is bundled
 * of the sources as they are now, so that nobody tests what was built of older ones.
 */
export async function setup({ config: { root } }: TestProject): Promise<void> {
  if (basename(dirname(root)) === 'apps') await bundlePackages();
}
