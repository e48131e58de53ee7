// From the packed packages to an answered call, without a network and without a terminal.
import { execFile } from 'node:child_process';
import {
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
import { delimiter, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Command } from './command.js';
import { Packed, root, shellEnv } from './packed.js';

// A project is built and tested here by programs of its own, beside all other suites.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const run = promisify(execFile);
const templates = readdirSync(join(root, 'templates'));
const packages = readdirSync(join(root, 'packages')).map(
  (member) => JSON.parse(readFileSync(join(root, 'packages', member, 'package.json'), 'utf8')).name as string,
);
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'wamp-run-scaffold-')));
let packed: Packed;

beforeAll(() => {
  packed = new Packed(join(folder, 'packed'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function filesBelow(path: string): string[] {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules', path.length))
    .map((entry) => relative(path, join(entry.parentPath, entry.name)));
}

/** The packed scaffolder, as `npm create wamp-service` runs it. */
async function create(...args: string[]): Promise<string> {
  const file = join(packed.at('create-wamp-service'), 'bin', 'create-wamp-service.js');
  const { stdout } = await run(process.execPath, [file, ...args], { cwd: folder, env: shellEnv() });
  return stdout;
}

test('TypeScript where there is no @oxc-node/core: one line that says what to do', async () => {
  const file = join(folder, 'service.ts');
  writeFileSync(file, 'export const five: number = 5;');
  const failed = run(process.execPath, [join(packed.at('wamp-run'), 'bin', 'wamp-run.js'), file], { env: shellEnv() });
  await expect(failed).rejects.toMatchObject({
    code: 2,
    stderr: `wamp-run: ${file}: is TypeScript; to run it as it is, install @oxc-node/core beside it (npm install --save-dev @oxc-node/core), or build it (tsc) and name the JavaScript file that comes of it\n`,
  });
});

describe.each(packages)('%s as it is published', (name) => {
  test('has all that its manifest names, and nothing of the workspace', () => {
    const { exports, bin = {}, dependencies = {}, publishConfig } = packed.manifest(name);
    const named = [...JSON.stringify([exports, bin]).matchAll(/"(\.\/[^"]*\.(?:js|ts|json))"/g)].map(
      ([, path]) => path,
    );
    expect(named.length).toBeGreaterThan(2);
    for (const path of named) expect(existsSync(join(packed.at(name), path as string)), path).toBe(true);
    expect(JSON.stringify([exports, dependencies])).not.toMatch(/@wamp-run\/source|workspace:|link:/);
    expect(publishConfig.access).toBe('public');
    const files = filesBelow(packed.at(name));
    expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json']));
    expect(files.filter((file) => /^test\/|\.tsbuildinfo$|^tsconfig|^turbo\.json/.test(file))).toEqual([]);
  });

  test('has every source, what was built of it, its types, and a map from one to the other', () => {
    const sources = filesBelow(packed.at(name)).filter((file) => /^src\/.*\.ts$/.test(file));
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources) {
      const built = join(packed.at(name), source.replace(/^src/, 'dist').replace(/\.ts$/, ''));
      expect(existsSync(`${built}.d.ts`), source).toBe(true);
      const mapped: string[] = JSON.parse(readFileSync(`${built}.js.map`, 'utf8')).sources;
      expect(mapped.map((path) => relative(packed.at(name), join(dirname(built), path)))).toEqual([source]);
    }
  });
});

test('the package has every template of this repository', async () => {
  const listed: { name: string }[] = JSON.parse(await create('--list-templates', '--json'));
  expect(listed.map(({ name }) => name).sort()).toEqual([...templates].sort());
});

test('interrupted at the install, the command leaves nothing behind', async () => {
  const bin = join(folder, 'slow');
  mkdirSync(bin);
  const slow = `#!${process.execPath}\nconsole.log('begun'); setInterval(() => {}, 1000);`;
  writeFileSync(join(bin, 'npm'), slow, { mode: 0o755 });
  const cwd = join(folder, 'interrupted');
  mkdirSync(cwd);
  const file = join(packed.at('create-wamp-service'), 'bin', 'create-wamp-service.js');
  const env = { PATH: `${bin}${delimiter}${process.env.PATH}`, npm_config_user_agent: 'npm/11.19.1 node/v20' };
  const command = new Command(['orders', '--verbose'], env, { file, cwd });
  await command.says(/begun/);
  expect(readdirSync(cwd)).toEqual(['orders']);
  command.signal('SIGINT');
  expect(await command.exit).toBe(130);
  expect(command.stderr).toMatch(/cancelled; nothing was left behind\n$/);
  expect(readdirSync(cwd)).toEqual([]);
});

describe.each(templates)('a project from the template %s', (template) => {
  const project = join(folder, `${template}-project`);
  const npm = (...args: string[]) => run('npm', args, { cwd: project, env: shellEnv(), timeout: 50_000 });
  let created: { files: string[]; nextSteps: string[]; installed: boolean };

  beforeAll(async () => {
    created = JSON.parse(
      await create(`${template}-project`, '--template', template, '--no-install', '--no-git', '--json'),
    );
    packed.installIn(project);
  });

  test('has nothing of this repository in it', () => {
    expect(filesBelow(project).sort()).toEqual([...created.files].sort());
    for (const file of created.files) {
      expect(readFileSync(join(project, file), 'utf8'), file).not.toMatch(
        /workspace:|@wamp-run\/(source|template)|my-service\b|turborepo|\.\.\/\.\.\//,
      );
    }
    expect(created.files).toEqual(expect.arrayContaining(['.gitignore', '.dockerignore', 'Dockerfile', 'README.md']));
  });

  test('builds, tests and lints by its own scripts, and its types are right', async () => {
    await npm('run', 'build');
    const [tests] = await Promise.all([npm('test'), npm('run', 'check'), npm('run', 'lint')]);
    expect(tests.stdout).toMatch(/Tests .*[1-9]\d* passed/);
  });

  test('its linter leaves injected classes as they are', async () => {
    const before = created.files.map((file) => readFileSync(join(project, file), 'utf8'));
    await npm('run', 'lint', '--', '--write', '--unsafe');
    expect(created.files.map((file) => readFileSync(join(project, file), 'utf8'))).toEqual(before);
  });

  test('runs, answers the call of its next steps, and ends in order', async () => {
    const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
    const [, ...files] = scripts.start.split(' ');
    const at = { file: join(project, 'node_modules', '.bin', 'wamp-run'), cwd: project };
    const service = new Command([...files, '--port', '0'], {}, at);
    try {
      const [, url = ''] = await service.says(/^router +(ws:\S+)/m);
      const step = created.nextSteps.find((line) => line.includes(' call ')) ?? '';
      const { stdout } = await run('sh', ['-c', `${step} --url ${url}`], { cwd: project, env: shellEnv() });
      expect(JSON.parse(stdout)).toBeTruthy();
      if (template === 'service') {
        // The page for newcomers shows what they will see.
        const page = readFileSync(join(root, 'docs', 'getting-started.md'), 'utf8');
        const [, shown = ''] = /```\n(router .*?)```/s.exec(page) ?? [];
        expect(service.stderr.replace(url, 'ws://127.0.0.1:8080/ws')).toContain(shown);
        expect(page).toContain(step);
        const [table = ''] = /^\| file .*?\n\n/ms.exec(page) ?? [];
        const files = [...table.matchAll(/`([\w./-]+)`(?=.* \|)/g)].map(([, file]) => file as string);
        expect(files.length).toBeGreaterThan(5);
        for (const file of files.filter((file) => file !== 'dist/'))
          expect(existsSync(join(project, file)), file).toBe(true);
      }
      // What the image starts is what the script starts.
      const [, image = ''] = /^ENTRYPOINT (.*)$/m.exec(readFileSync(join(project, 'Dockerfile'), 'utf8')) ?? [];
      expect(JSON.parse(image)).toEqual(['node_modules/.bin/wamp-run', ...files]);
      service.signal('SIGTERM');
      expect(await service.exit).toBe(0);
    } finally {
      await service.kill();
    }
  });
});
