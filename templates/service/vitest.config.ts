import { defineConfig } from 'vitest/config';

// Vite 8 writes down the types that the decorators need, as tsconfig.json tells it to; older ones leave them out.
export default defineConfig({ test: { include: ['test/**/*.test.ts'] } });
