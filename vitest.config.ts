import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = fileURLToPath(new URL('.', import.meta.url));
// One project for each package with tests. What crosses packages runs from apps/integration, as a step of its own.
const projects = readdirSync(`${here}packages`)
  .filter((name) => existsSync(`${here}packages/${name}/test`))
  .map((name) => ({ extends: './vitest.shared.ts', root: `packages/${name}`, test: { name } }));

export default defineConfig({
  test: { projects, coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts'] } },
});
