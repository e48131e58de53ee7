// From an empty folder to an answered call, as somebody has it who has just read the README: by a registry, by npm and by
// pnpm, without a terminal. The registry is one of the test's own on localhost, to which every package is published.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { crossbarRouter } from './crossbar-router.js';
import { packedPackages } from './packed.js';
import { finished, Program } from './program.js';
import { root } from './shell-env.js';

/** From an empty folder to an answered call (ms), and for the tests of a project's own by the test kit. */
const MINUTE = 60_000;
const TESTS = 3_000;

const templates = readdirSync(join(root, 'templates'));
const matrix = templates.flatMap((template) =>
  (['npm', 'pnpm'] as const).map((manager) => [template, manager] as const),
);
/** What others have published is kept from run to run; once something was installed of it, there is a file that says so. */
const cache = join(root, 'node_modules', '.cache', 'wamp-run-registry');
const warm = join(cache, 'warm');
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'wamp-run-registry-')));
let registry: Program;
/** What the release said. */
let published: string;
/** The environment of a person who has that registry in their `.npmrc`. */
let env: Record<string, string>;

beforeAll(async () => {
  const { stdout } = await finished('npm', ['config', 'get', 'registry'], { cwd: folder });
  mkdirSync(cache, { recursive: true });
  registry = new Program(process.execPath, [join(root, 'apps/release/dist/registry.js'), cache, stdout.trim()], {
    cwd: folder,
  });
  const [url = ''] = await registry.says(/^http:\S+/m);
  const userconfig = join(folder, 'npmrc');
  writeFileSync(userconfig, `registry=${url}\n${url.replace('http:', '')}:_authToken=none\n`);
  const home = join(folder, 'home');
  mkdirSync(home);
  writeFileSync(join(home, '.gitconfig'), '[user]\n\tname = Ada\n\temail = ada@example.com\n');
  env = {
    HOME: home,
    npm_config_userconfig: userconfig,
    npm_config_cache: join(cache, 'npm'),
    npm_config_update_notifier: 'false',
    // What was asked for a minute ago is not asked for again.
    npm_config_prefer_offline: 'true',
    // Where pnpm has its cache and its store.
    XDG_CACHE_HOME: join(cache, 'caches'),
    XDG_DATA_HOME: join(cache, 'data'),
  };
  // As a release leaves it that broke off; then the whole of it.
  const [first] = packedPackages();
  await finished('pnpm', ['publish', first?.tarball ?? '', '--no-git-checks'], { cwd: folder, env });
  const release = [join(root, 'apps/release/dist/publish.js'), '--no-git-checks'];
  published = (await finished(process.execPath, release, { cwd: folder, env })).stdout;
  // Half a minute, where nothing else runs.
}, 5 * MINUTE);

afterAll(async () => {
  await registry?.kill();
  rmSync(folder, { recursive: true, force: true });
});

test('everything is published, each package behind what it depends on; what is there already is left alone', () => {
  const [first, ...rest] = packedPackages().map(({ manifest: { name, version } }) => `${name}@${version}`);
  const outcome = [`${first} is there already`, ...rest.map((name) => `${name} published`)];
  expect(published.trim().split('\n').slice(-outcome.length)).toEqual(outcome);
});

describe('from an empty folder to an answered call', () => {
  test.concurrent.each(matrix)('%s by %s', async (template, manager) => {
    const isWarm = existsSync(warm);
    const began = performance.now();
    const cwd = join(folder, `${template}-${manager}`);
    mkdirSync(cwd);
    const project = join(cwd, 'orders');
    const at = { cwd: project, env };
    const bin = (name: string) => join(project, 'node_modules', '.bin', name);
    const script = (name: string) => finished(manager, ['run', name], at);

    const create =
      manager === 'npm' ? ['create', '--yes', 'wamp-service@latest', '--'] : ['create', 'wamp-service@latest'];
    const { stdout } = await finished(manager, [...create, 'orders', '--template', template, '--json'], { cwd, env });
    const created = JSON.parse(stdout.slice(stdout.indexOf('{"')));
    expect(created).toMatchObject({ packageManager: manager, installed: true, git: true, dir: project });
    const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));

    await script('build');
    if (scripts.key !== undefined) await script('key');
    const config = join(project, '.crossbar', 'config.json');
    const router = existsSync(config) ? await crossbarRouter(config) : undefined;
    const [, ...start] = scripts.start.split(' ');
    const where = router === undefined ? ['--port', '0'] : ['--url', router.url];
    const service = new Program(bin('wamp-run'), [...start, ...where, '--health-port', '0'], at);
    try {
      const [said] = await service.says(/^router[\s\S]*ready in/m);
      const [url = '', health = ''] = said.match(/\b(ws|http):\S+/g) ?? [];
      if (template === 'service' && manager === 'npm')
        expectShown(said.replace(url, 'ws://127.0.0.1:8080/ws'), created.nextSteps);
      const call: string = created.nextSteps.find((line: string) => line.includes(' call '));
      const answer = await finished('sh', ['-c', `${call} --url ${url}`], at);
      const answered = performance.now() - began;
      expect(JSON.parse(answer.stdout)).toBeTruthy();
      for (const path of ['/livez', '/readyz']) expect((await fetch(`${health}${path}`)).status, path).toBe(200);
      if (scripts.page !== undefined) expect(await pageServed(bin('vite'), project)).toContain('<title>orders</title>');
      service.signal('SIGTERM');
      expect(await service.exit).toBe(0);

      const { stdout: tests } = await script('test');
      expect(tests).toMatch(/Tests .*[1-9]\d* passed/);
      await Promise.all([script('check'), script('lint')]);
      const cold = isWarm ? '' : ' (on a cold cache, which is held to no time)';
      console.info(`${template} by ${manager}: an answered call after ${inSeconds(answered)}${cold}`);
      if (isWarm) expect(answered).toBeLessThan(MINUTE);
      writeFileSync(warm, '');
    } finally {
      await service.kill();
      await router?.close();
    }
  });
});

// One after the other: it is their time that counts, and not that of what runs beside them.
test.each(templates)('%s is tested by its own tests through the test kit, in under 3 s', async (template) => {
  const cwd = join(folder, `${template}-pnpm`, 'orders');
  const run = await finished('pnpm', ['exec', 'vitest', 'run', '--exclude', '**/page.test.ts'], { cwd, env });
  expect(run.stdout).toMatch(/Tests .*[1-9]\d* passed/);
  const took = durationIn(run.stdout);
  console.info(`${template}: its tests took ${inSeconds(took)}`);
  expect(took).toBeLessThan(TESTS);
});

test('TypeScript where there is no @oxc-node/core: one line that says what to do', async () => {
  const cwd = join(folder, 'service-npm', 'orders');
  const file = join(cwd, 'src', 'service.ts');
  const command = new Program(join(cwd, 'node_modules', '.bin', 'wamp-run'), [file], { cwd, env });
  expect(await command.exit).toBe(2);
  expect(command.stderr).toBe(
    `wamp-run: ${file}: is TypeScript; to run it as it is, install @oxc-node/core beside it (npm install --save-dev @oxc-node/core), or build it (tsc) and name the JavaScript file that comes of it\n`,
  );
});

test('what a service imports is what the command and its libraries have: each class is there once', async () => {
  const cwd = join(folder, 'service-npm', 'orders');
  copyFileSync(new URL('identities.mjs.txt', import.meta.url), join(cwd, 'identities.mjs'));
  const command = new Program(join(cwd, 'node_modules', '.bin', 'wamp-run'), ['identities.mjs', '--port', '0'], {
    cwd,
    env,
  });
  try {
    const [, said = ''] = await command.says(/^identities (.*)$/m);
    const same: Record<string, boolean> = JSON.parse(said);
    expect(Object.keys(same)).toHaveLength(7);
    expect(Object.entries(same).filter(([, yes]) => !yes)).toEqual([]);
  } finally {
    await command.kill();
  }
});

/** The page for newcomers shows what they will see, and what they will type. */
function expectShown(said: string, nextSteps: readonly string[]): void {
  const page = readFileSync(join(root, 'docs', 'getting-started.md'), 'utf8');
  const [, shown = ''] = /```\n(router .*?)```/s.exec(page) ?? [];
  expect(said.replace(/^health.*\n/m, '')).toContain(shown);
  for (const step of nextSteps) expect(page).toContain(step);
}

/** What the page's development server answers. */
async function pageServed(vite: string, cwd: string): Promise<string> {
  const server = new Program(vite, ['--port', '0'], { cwd, env });
  try {
    const [url] = await server.says(/http:\/\/\S+/);
    return await (await fetch(url)).text();
  } finally {
    await server.kill();
  }
}

/** What vitest says that a run took, in milliseconds. */
function durationIn(output: string): number {
  const [, number, unit] = /Duration +([\d.]+)(m?s)/.exec(stripVTControlCharacters(output)) ?? [];
  return Number(number) * (unit === 's' ? 1_000 : 1);
}

function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
