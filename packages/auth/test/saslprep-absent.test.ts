import { expect, test, vi } from 'vitest';
import { saslprep } from '../src/scram/saslprep.js';

// What a browser does whose bundler brings no Buffer.
vi.mock('@mongodb-js/saslprep', () => {
  throw new ReferenceError('Buffer is not defined');
});

test('where SASLprep cannot be loaded, ASCII passes, and the rest is refused with what to do', async () => {
  expect(await saslprep('pencil', 'password')).toBe('pencil');
  await expect(saslprep('crayön', 'password')).rejects.toMatchObject({
    code: 'WAMP_INVALID_CONFIGURATION',
    message: expect.stringMatching(/global Buffer/),
  });
});
