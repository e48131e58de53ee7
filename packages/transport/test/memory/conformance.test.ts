import { transportConformance } from '@wamp-run/protocol/conformance';
import { describe, test } from 'vitest';
import { memoryPair } from '../../src/memory/index.js';

describe('memory transport', () => {
  transportConformance({
    test,
    pair: async () => {
      const [a, b] = memoryPair();
      return { a, b };
    },
  });
});
