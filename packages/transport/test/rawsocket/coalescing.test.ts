import { describe } from 'vitest';
import { testHoldingBack } from '../support/holding-back.js';
import { RawSocketServer } from '../support/rawsockets.js';

describe.each(['tcp', 'unix'] as const)('over %s', (wire) => {
  testHoldingBack(async () => (await RawSocketServer.open({}, wire)).connect());
});
