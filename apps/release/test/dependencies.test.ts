import { join } from 'node:path';
import { expect, test } from 'vitest';
import { finished } from './program.js';
import { root } from './shell-env.js';

test('every package declares what it imports, and imports what it declares: knip', async () => {
  const knip = join(root, 'apps', 'release', 'node_modules', '.bin', 'knip');
  const { stdout } = await finished(knip, ['--no-progress', '--no-config-hints'], {
    cwd: root,
  });
  expect(stdout.trim()).toBe('');
});
