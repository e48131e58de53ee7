import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import shared from './vitest.shared.ts';

/** The suites that run one after the other, when nothing else runs: what each measures, and another would falsify. */
const ALONE: Readonly<Record<string, string>> = {
  'health.test.ts': 'who keeps the event loop for longer than 50 ms: a process that waits for a core looks the same',
  'many-components.test.ts':
    'how long two hundred components take to be in service, and the heap that losses leave behind',
  'rolling-restart.test.ts': '500 calls a second beside processes that start: on a busy machine the load is less',
  'slow-subscriber.test.ts': 'the memory of a million events, which are to arrive as fast as they are sent',
};

const folder = fileURLToPath(new URL('apps/integration/test/', import.meta.url));
const gone = Object.keys(ALONE).filter((file) => !existsSync(`${folder}${file}`));
if (gone.length > 0) throw new Error(`vitest.integration.ts: no such suite: ${gone.join(', ')}; name what is there`);

const measured = Object.keys(ALONE).map((file) => `test/${file}`);
const root = 'apps/integration';
const two = Math.max(2, availableParallelism() - 1);

// For apps/integration: two suites at a time also where there are two cores, and when they are through, those that measure.
export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        root,
        test: {
          ...shared.test,
          name: 'integration',
          exclude: measured,
          maxWorkers: two,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...shared,
        root,
        test: {
          ...shared.test,
          name: 'integration, alone',
          include: measured,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
