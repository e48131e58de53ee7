import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The path of a Unix socket that there is not yet, in a folder that the end of the test removes. */
export function freeSocketPath(name = 'router.sock'): string {
  const folder = mkdtempSync(join(tmpdir(), 'wamp-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, name);
}
