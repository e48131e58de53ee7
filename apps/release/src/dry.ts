// What would be published: `npm run release:dry`. `--files` lists every file. Exit code 1: something must not be.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packAll } from './pack.js';
import { refusals } from './refusals.js';
import { report } from './report.js';

const folder = mkdtempSync(join(tmpdir(), 'wamp-run-release-'));
try {
  const packed = packAll(folder);
  console.log(report(packed, { files: process.argv.includes('--files') }));
  const refused = refusals(packed);
  for (const line of refused) console.error(`refused: ${line}`);
  if (refused.length > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
