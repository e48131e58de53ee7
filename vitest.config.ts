import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/**
 * The packages whose test files share a process, which imports the sources once: a module of theirs keeps nothing, so that a
 * file cannot tell whether another one ran before it. Elsewhere a file has a process of its own: tsyringe and the decorators
 * keep a registry, tests put something else in place of a module, of the clock or of a global, and those of transport
 * measure memory, of which another file may have left some (decision 0099).
 */
const IN_ONE_PROCESS = ['client', 'protocol', 'router', 'serializers'];

const here = fileURLToPath(new URL('.', import.meta.url));
// One project for each package with tests. What crosses packages runs from apps/integration, as a step of its own.
const projects = readdirSync(`${here}packages`)
  .filter((name) => existsSync(`${here}packages/${name}/test`))
  .map((name) => ({
    extends: './vitest.shared.ts',
    root: `packages/${name}`,
    test: { name, isolate: !IN_ONE_PROCESS.includes(name) },
  }));

export default defineConfig({
  // Two at a time also where there are two cores: the suites wait more for imports than for each other.
  test: {
    projects,
    maxWorkers: Math.max(2, availableParallelism() - 1),
    coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts'] },
  },
});
