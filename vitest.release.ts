import { defineConfig, mergeConfig } from 'vitest/config';
import shared from './vitest.shared.ts';

// For apps/release: every package is packed once, and two projects at a time are installed, built and run.
export default mergeConfig(
  shared,
  defineConfig({
    test: { globalSetup: './test/pack-once.ts', testTimeout: 180_000, hookTimeout: 60_000, maxConcurrency: 2 },
  }),
);
