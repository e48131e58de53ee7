// Publishes what was packed and looked at, and nothing else: `npm run release`. Flags go to pnpm, such as --registry,
// --tag, --otp, --dry-run. Exit code 1: something must not be published, and nothing was.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packAll } from './pack.js';
import { refusals } from './refusals.js';
import { report } from './report.js';
import { ROOT } from './workspace.js';

const flags = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'wamp-run-release-'));
try {
  const packed = packAll(folder);
  console.log(report(packed));
  const refused = [...changes(), ...refusals(packed)];
  for (const line of refused) console.error(`refused: ${line}`);
  if (refused.length > 0) process.exitCode = 1;
  else for (const { manifest, tarball } of packed) publish(`${manifest.name}@${manifest.version}`, tarball);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A release is of a commit: what is published can be found again. */
function changes(): string[] {
  if (flags.includes('--no-git-checks')) return [];
  const changed = execFileSync('git', ['status', '--porcelain'], { cwd: ROOT, encoding: 'utf8' });
  return changed === '' ? [] : ['there are changes that are not committed'];
}

/** A package that is there already is left alone, so that a release that broke off can be taken up again. */
function publish(what: string, tarball: string): void {
  if (isThere(what)) {
    console.log(`${what} is there already`);
    return;
  }
  execFileSync('pnpm', ['publish', tarball, '--access', 'public', '--no-git-checks', ...flags.filter(isForPnpm)], {
    cwd: folder,
    stdio: ['inherit', 'ignore', 'inherit'],
  });
  console.log(`${what} published`);
}

function isThere(what: string): boolean {
  const at = flags.findIndex((flag) => flag === '--registry' || flag.startsWith('--registry='));
  const registry = at === -1 ? [] : flags[at]?.includes('=') ? [flags[at]] : ['--registry', flags[at + 1] ?? ''];
  try {
    const args = ['view', what, 'version', ...registry.filter((flag) => flag !== undefined)];
    return execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() !== '';
  } catch {
    return false;
  }
}

function isForPnpm(flag: string): boolean {
  return flag !== '--no-git-checks';
}
