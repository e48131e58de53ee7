// A registry of one's own on localhost, for tests: it has what is published to it, and hands on everything else from another
// registry, which it keeps. `node dist/registry.js <folder> <other registry>` prints its URL, and ends with its stdin.
import { mkdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runServer } from 'verdaccio';

const [folder = '', other = ''] = process.argv.slice(2);
// What others have published stays; of ours only what is published now counts.
rmSync(join(folder, 'storage', 'ours'), { recursive: true, force: true });
mkdirSync(join(folder, 'storage'), { recursive: true });
const ours = { access: '$all', publish: '$all', unpublish: '$all', storage: 'ours' };

const server = await runServer({
  self_path: folder,
  storage: join(folder, 'storage'),
  auth: { htpasswd: { file: join(folder, 'htpasswd') } },
  uplinks: { other: { url: other, maxage: '7d', timeout: '30s', max_fails: 10, fail_timeout: '1s' } },
  packages: {
    '@wamp-run/*': ours,
    'wamp-run': ours,
    'create-wamp-service': ours,
    '**': { access: '$all', proxy: 'other' },
  },
  max_body_size: '100mb',
  server: { keepAliveTimeout: 60 },
  log: { type: 'stderr', level: 'error', format: 'pretty' },
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});
process.stdin.resume().on('end', () => process.exit(0));
