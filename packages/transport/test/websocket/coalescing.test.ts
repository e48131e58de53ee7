import { describe } from 'vitest';
import { testHoldingBack } from '../support/holding-back.js';
import { TestServer } from '../support/websockets.js';

const maxMessageSize = 2 ** 26;

describe.each([
  ['without compression', false],
  // Of frames that are not worth it: ws writes them, and the others in their order.
  ['with compression', { threshold: maxMessageSize }],
])('%s', (_, compression) => {
  testHoldingBack(async () =>
    (await TestServer.open({ maxMessageSize, compression })).connect({ maxMessageSize, compression }),
  );
});
