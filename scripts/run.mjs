// Runs a root task on nothing but Node and npm: installs what the lockfile names (once), then the task's steps,
// one after the other, and stops at the first that fails. Node built-ins only: it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [task = '', ...rest] = process.argv.slice(2);

const node = process.execPath;
// tsc makes types, and what only this repository runs; the JavaScript of the packages is bundled of the same sources.
const build = [
  { name: 'build', command: ['tsc', '-b'] },
  { name: 'bundle', command: [node, 'scripts/bundle.mjs'] },
];
// What is published is built of what is there now: tsc leaves what it once built of a source that is gone.
const clean = { name: 'clean', command: [node, 'scripts/clean.mjs'] };

const TASKS = {
  build,
  start: [
    ...build,
    {
      name: 'demo',
      command: [
        node,
        'packages/wamp-run/bin/wamp-run.js',
        ...['stock', 'orders', 'notifications'].map((name) => `apps/demo/dist/${name}.js`),
        ...rest,
      ],
      lasting: true,
    },
  ],
  bench: [...build, { name: 'bench', command: [node, 'apps/bench/dist/main.js', ...rest] }],
  api: [...build, { name: 'api', command: [node, 'apps/release/dist/api.js', '--write'] }],
  'release:dry': [clean, ...build, { name: 'release:dry', command: [node, 'apps/release/dist/dry.js', ...rest] }],
  release: [clean, ...build, { name: 'release', command: [node, 'apps/release/dist/publish.js', ...rest] }],
  docs: [...build, { name: 'docs', command: [node, 'apps/docs/dist/main.js', ...rest] }],
  format: [{ name: 'format', command: ['biome', 'check', '--write', '.'] }],
  test: [
    clean,
    ...build,
    { name: 'boundaries', command: ['turbo', 'boundaries'] },
    { name: 'lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
    { name: 'unit', command: ['turbo', 'run', '//#unit', '--output-logs=full', '--log-order=grouped'] },
    {
      name: 'integration',
      command: [
        ...['vitest', 'run', '--config', 'vitest.integration.ts'],
        ...['--reporter=default', '--reporter=json', '--outputFile.json=reports/integration.json'],
      ],
    },
    {
      name: 'browser',
      command: [
        ...['vitest', 'run', '--config', '../../vitest.shared.ts'],
        ...['--reporter=default', '--reporter=json', '--outputFile.json=../../reports/browser.json'],
      ],
      cwd: 'apps/browser',
    },
    {
      name: 'docs',
      command: [
        ...['vitest', 'run', '--config', '../../vitest.shared.ts'],
        ...['--reporter=default', '--reporter=json', '--outputFile.json=../../reports/docs.json'],
      ],
      cwd: 'apps/docs',
    },
    {
      name: 'release',
      command: [
        ...['vitest', 'run', '--config', '../../vitest.release.ts'],
        ...['--reporter=default', '--reporter=json', '--outputFile.json=../../reports/release.json'],
      ],
      cwd: 'apps/release',
    },
  ],
};

const QUIET = {
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  TURBO_PRINT_VERSION_DISABLED: '1',
  npm_config_update_notifier: 'false',
};

const env = {
  ...process.env,
  ...QUIET,
  PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
};

const steps = TASKS[task];
if (steps === undefined) {
  console.error(`unknown task '${task}'; there are: ${Object.keys(TASKS).join(', ')}`);
  process.exit(2);
}

const begun = Date.now();
const failed = (await install()) ?? (await runSteps());
const seconds = ((Date.now() - begun) / 1000).toFixed(1);
if (task === 'test') reportTests();
console.error(
  failed === undefined
    ? `wamp-run ${task}: PASS in ${seconds} s`
    : `wamp-run ${task}: FAIL (${failed.name}) in ${seconds} s`,
);
process.exit(failed?.code ?? 0);

async function install() {
  const stamp = join(root, 'node_modules', '.installed');
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return undefined;
  console.error('installing what pnpm-lock.yaml names ...');
  const manager = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager;
  const args = ['--yes', manager, 'install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=error'];
  const code = await run({ command: ['npx', ...args] });
  if (code !== 0) return { name: 'install', code };
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stamp, wanted);
  return undefined;
}

async function runSteps() {
  for (const step of steps) {
    const code = await run(step);
    if (code !== 0) return { name: step.name, code };
  }
  return undefined;
}

/** What was tested, in one line; before it a line for each test that was skipped, with the reason it gives. */
function reportTests() {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const name of ['unit', 'integration', 'browser', 'docs', 'release']) {
    const file = join(root, 'reports', `${name}.json`);
    if (!existsSync(file)) continue;
    for (const { assertionResults } of JSON.parse(readFileSync(file, 'utf8')).testResults) {
      for (const { status, fullName } of assertionResults) {
        if (status === 'passed' || status === 'failed') {
          counts[status]++;
        } else {
          counts.skipped++;
          console.error(`skipped: ${fullName}`);
        }
      }
    }
  }
  console.error(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
}

/** Everything that decides what an install would do. */
function fingerprint() {
  const hash = createHash('sha256').update(process.version);
  const manifests = ['packages', 'apps', 'templates'].flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder)).map((name) => join(folder, name, 'package.json'))
      : [],
  );
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...manifests.sort()]) {
    if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/** Runs one command with our terminal; resolves with its exit code. */
function run({ command: [program, ...args], cwd = '.', lasting = false }) {
  const shell = process.platform === 'win32' && program !== node;
  if (lasting) return lastingRun(program, args, join(root, cwd), shell);
  const { status, error, signal } = spawnSync(program, args, { cwd: join(root, cwd), env, stdio: 'inherit', shell });
  if (error !== undefined) console.error(`cannot run ${program}: ${error.message}`);
  return Promise.resolve(status ?? (signal === 'SIGINT' ? 130 : 1));
}

/** A program that runs until it is told to stop: signals go to it, and its end is ours. */
function lastingRun(program, args, cwd, shell) {
  const child = spawn(program, args, { cwd, env, stdio: 'inherit', shell });
  // A terminal's Ctrl-C reaches the child by itself; only a signal to this process alone has to be handed on.
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`cannot run ${program}: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}
