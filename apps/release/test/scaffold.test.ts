// What the packed scaffolder makes, without a network and without a terminal. What comes of it is in registry.test.ts.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { packedPackage } from './packed.js';
import { finished, Program } from './program.js';
import { root } from './shell-env.js';

const templates = readdirSync(join(root, 'templates'));
const bin = join(packedPackage('create-wamp-service').folder, 'bin', 'create-wamp-service.js');
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'wamp-run-scaffold-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The packed scaffolder, as `npm create wamp-service` runs it. */
async function create(...args: string[]): Promise<string> {
  return (await finished(process.execPath, [bin, ...args], { cwd: folder })).stdout;
}

test('the package has every template of this repository', async () => {
  const listed: { name: string }[] = JSON.parse(await create('--list-templates', '--json'));
  expect(listed.map(({ name }) => name).sort()).toEqual([...templates].sort());
});

test('interrupted at the install, the command leaves nothing behind', async () => {
  const slow = join(folder, 'slow');
  mkdirSync(slow);
  const npm = `#!${process.execPath}\nconsole.log('begun'); setInterval(() => {}, 1000);`;
  writeFileSync(join(slow, 'npm'), npm, { mode: 0o755 });
  const cwd = join(folder, 'interrupted');
  mkdirSync(cwd);
  const env = { PATH: `${slow}${delimiter}${process.env.PATH}`, npm_config_user_agent: 'npm/11.19.1 node/v20' };
  const command = new Program(process.execPath, [bin, 'orders', '--verbose'], { cwd, env });
  await command.says(/begun/);
  expect(readdirSync(cwd)).toEqual(['orders']);
  command.signal('SIGINT');
  expect(await command.exit).toBe(130);
  expect(command.stderr).toMatch(/cancelled; nothing was left behind\n$/);
  expect(readdirSync(cwd)).toEqual([]);
});

test.each(['npm', 'pnpm'])(
  'without a network %s installs nothing: one line, exit code 1, nothing left behind',
  async (manager) => {
    const cwd = join(folder, `offline-${manager}`);
    mkdirSync(cwd);
    const env = {
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_fetch_retries: '0',
      npm_config_cache: join(folder, 'empty', 'npm'),
      XDG_CACHE_HOME: join(folder, 'empty', 'caches'),
      XDG_DATA_HOME: join(folder, 'empty', 'data'),
    };
    const command = new Program(process.execPath, [bin, 'orders', '--package-manager', manager], { cwd, env });
    expect(await command.exit).toBe(1);
    expect(command.stdout).toBe('');
    const [line, ...more] = command.stderr.trim().split('\n').slice(1);
    expect(more).toEqual([]);
    expect(line).toMatch(/install failed .*127\.0\.0\.1:9.*--no-install.*; nothing was left behind$/);
    expect(readdirSync(cwd)).toEqual([]);
  },
);

describe.each(templates)('a project from the template %s', (template) => {
  const project = join(folder, `${template}-project`);
  const read = (path: string) => readFileSync(join(project, path), 'utf8');
  let created: { files: string[]; nextSteps: string[] };

  beforeAll(async () => {
    created = JSON.parse(
      await create(`${template}-project`, '--template', template, '--no-install', '--no-git', '--json'),
    );
  });

  test('has nothing of this repository in it', () => {
    const files = readdirSync(project, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(project, join(entry.parentPath, entry.name)));
    expect(files.sort()).toEqual([...created.files].sort());
    for (const file of created.files) {
      expect(read(file), file).not.toMatch(
        /workspace:|@wamp-run\/(source|template)|my-service\b|turborepo|\.\.\/\.\.\//,
      );
    }
    const everywhere = ['.gitignore', '.dockerignore', 'Dockerfile', 'README.md', 'AGENTS.md', 'biome.json'];
    expect(created.files).toEqual(expect.arrayContaining(everywhere));
  });

  test('image, unit and manifest start what the script starts', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const [command, ...args] = scripts.start.split(' ');
    // Where it is deployed the key comes from outside.
    const files = args.filter(
      (arg: string, index: number) => !/^--secret-file$/.test(args[index - 1]) && arg !== '--secret-file',
    );
    expect(command).toBe('wamp-run');
    const [, entry = ''] = /^ENTRYPOINT (.*)$/m.exec(read('Dockerfile')) ?? [];
    expect(JSON.parse(entry)).toEqual(['node_modules/.bin/wamp-run', ...files]);
    const [, unit = ''] = /^ExecStart=(.*)$/m.exec(read(`deploy/${template}-project.service`)) ?? [];
    expect(unit.split(' ')).toEqual([`/opt/${template}-project/node_modules/.bin/wamp-run`, ...files]);
    for (const file of files) {
      const built = /"outDir": "(\w+)"/.exec(read('tsconfig.build.json'))?.[1];
      expect(created.files).toContain(file.replace(`./${built}/`, 'src/').replace(/\.js$/, '.ts'));
    }
    // What the image starts is in it.
    const copied = [...read('Dockerfile').matchAll(/^COPY --from=build (.*) \S+$/gm)].flatMap(([, paths = '']) =>
      paths.split(' '),
    );
    if (files.length === 0) expect(copied).toContain('/app/wamp-run.config.yaml');
  });

  test('probes ask where health is served', () => {
    const [deployment] = parseAllDocuments(read('deploy/kubernetes.yaml')).map((document) => document.toJS());
    const [container] = deployment.spec.template.spec.containers;
    const env = Object.fromEntries(
      container.env.map(({ name, value }: { name: string; value: unknown }) => [name, value]),
    );
    const [port] = container.ports;
    expect(env).toMatchObject({ WAMP_HEALTH_HOST: '0.0.0.0', WAMP_HEALTH_PORT: String(port.containerPort) });
    expect(container.livenessProbe.httpGet).toEqual({ path: '/livez', port: port.name });
    expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: port.name });
    expect(read('Dockerfile')).toContain(`WAMP_HEALTH_PORT=${port.containerPort}`);
    expect(read('Dockerfile')).toContain(`EXPOSE ${port.containerPort}`);
    // It has the time that it drains for, in a pod and under systemd.
    expect(deployment.spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(10);
    expect(read(`deploy/${template}-project.service`)).toMatch(/^TimeoutStopSec=20$/m);
  });
});

test('the page for newcomers lists files that the default template has', async () => {
  const page = readFileSync(join(root, 'docs', 'getting-started.md'), 'utf8');
  const [table = ''] = /^\| file .*?\n\n/ms.exec(page) ?? [];
  const listed = [...table.matchAll(/`([\w./-]+)`(?=.* \|)/g)].map(([, file = '']) => file);
  const { files } = JSON.parse(await create('listed', '--dry-run', '--json')) as { files: string[] };
  expect(listed.length).toBeGreaterThan(5);
  for (const file of listed.filter((file) => file !== 'dist/')) {
    expect(
      files.some((path) => path === file || path.startsWith(file)),
      file,
    ).toBe(true);
  }
});
