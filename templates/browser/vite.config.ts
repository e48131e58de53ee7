import { defineConfig } from 'vitest/config';

export default defineConfig({
  build: { outDir: 'dist/page', target: 'es2022' },
  test: { include: ['test/**/*.test.ts'] },
});
