// Publishes what was packed and looked at, and nothing else: `npm run release`. Flags go to pnpm, such as --registry,
// --tag, --otp, --dry-run. Exit code 1: something must not be published, and nothing was.
import { execFileSync, spawnSync } from 'node:child_process';
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
  const args = ['publish', tarball, '--access', 'public', '--no-git-checks', ...flags.filter((flag) => !isOurs(flag))];
  const { status, stderr } = spawnSync('pnpm', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['inherit', 'pipe', 'pipe'],
  });
  if (status === 0) console.log(`${what} published`);
  else if (isThere(what)) console.log(`${what} is there already`);
  else throw new Error(`${what} was not published:\n${stderr.replaceAll(/^npm (notice|warn).*\n/gm, '')}`);
}

function isThere(what: string): boolean {
  const { stdout } = spawnSync('npm', ['view', what, 'version', ...registry()], { encoding: 'utf8' });
  return stdout.trim() !== '';
}

/** Where to look is where it was to be published. */
function registry(): readonly string[] {
  const at = flags.findIndex((flag) => /^--registry(=|$)/.test(flag));
  return at === -1 ? [] : flags.slice(at, flags[at]?.includes('=') ? at + 1 : at + 2);
}

/** A release is of a commit, unless this is said; what pnpm would ask of the folder that tarballs are in says nothing. */
function isOurs(flag: string): boolean {
  return flag === '--no-git-checks';
}
