import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../src/exit-codes.js';
import { emptyFolder, everything, Shell, write } from './shell.js';

const OFFLINE = ['--no-install'];

/** One line, all on stderr; nothing touched. */
async function refused(shell: Shell, ...args: string[]): Promise<string> {
  const before = everything(shell.folder);
  expect(await shell.run(...args)).toBe(EXIT.usage);
  expect(everything(shell.folder)).toEqual(before);
  expect(shell.stdout).toBe('');
  expect(shell.stderr.trimEnd().split('\n')).toHaveLength(1);
  return shell.stderr;
}

describe('a project', () => {
  test('alone: whole, named, in a repository of its own', async () => {
    const shell = new Shell();
    expect(await shell.run('orders', ...OFFLINE)).toBe(EXIT.done);
    const manifest = JSON.parse(shell.read('orders/package.json'));
    expect(manifest).toMatchObject({
      name: 'orders',
      private: true,
      packageManager: 'npm@11.19.1',
      allowScripts: { 'cbor-extract': false, 'msgpackr-extract': false },
      wamp: { template: 'service', version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
    });
    expect(manifest.dependencies['wamp-run']).toMatch(/^\^\d/);
    expect(shell.read('orders/deploy/orders.service')).toContain('WorkingDirectory=/opt/orders');
    expect(shell.read('orders/biome.json')).not.toContain('root');
    const log = execFileSync('git', ['log', '--format=%s by %an', '--name-only'], {
      cwd: join(shell.folder, 'orders'),
    });
    expect(String(log)).toMatch(/^chore: scaffold by Ada\n/);
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: join(shell.folder, 'orders') }).toString()).toBe('');
    expect(shell.stdout).toContain('\n  cd orders\n  npm install\n  npm run dev\n  npx wamp-run call ');
    // Nothing of the way there is left beside it.
    expect(Object.keys(everything(shell.folder)).filter((path) => !path.startsWith('orders'))).toEqual([]);
  });

  test('with pnpm: its commands, its settings, its image', async () => {
    const shell = new Shell();
    expect(await shell.run('orders', '--package-manager', 'pnpm', ...OFFLINE)).toBe(EXIT.done);
    expect(shell.read('orders/README.md')).toMatch(/^pnpm dev {7,}#/m);
    expect(shell.read('orders/README.md')).not.toMatch(/\bnp[mx] /);
    expect(shell.read('orders/Dockerfile')).toContain('COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./');
    expect(shell.read('orders/Dockerfile')).toContain('pnpm install --frozen-lockfile');
    expect(shell.read('orders/Dockerfile')).not.toMatch(/npm (ci|run|prune --omit)|package-lock/);
    expect(shell.read('orders/pnpm-workspace.yaml')).toBe(
      'ignoredBuiltDependencies:\n  - cbor-extract\n  - msgpackr-extract\nallowBuilds:\n  cbor-extract: false\n  msgpackr-extract: false\n',
    );
    // Who runs us is npm: the version of pnpm is not known.
    expect(JSON.parse(shell.read('orders/package.json')).packageManager).toBeUndefined();
  });

  test('without what it can do without', async () => {
    const shell = new Shell();
    await shell.run('orders', '--lint', 'none', '--no-docker', '--no-agents', '--no-git', ...OFFLINE);
    const paths = Object.keys(everything(join(shell.folder, 'orders')));
    expect(paths.filter((path) => /docker|biome|AGENTS|kubernetes|\.git\b/i.test(path))).toEqual([]);
    const manifest = JSON.parse(shell.read('orders/package.json'));
    expect(manifest.scripts.lint).toBeUndefined();
    expect(Object.keys(manifest.devDependencies)).not.toContain('@biomejs/biome');
    expect(shell.read('orders/README.md')).not.toMatch(/Dockerfile|kubernetes|lint/);
  });

  test('in a workspace: with its scope, without a repository, an image or a package manager of its own', async () => {
    const shell = new Shell();
    write(shell.folder, {
      'package.json': '{ "name": "@acme/root", "packageManager": "pnpm@10.34.9" }',
      'pnpm-workspace.yaml': 'packages:\n  - services/*\n',
      'biome.json': '{}',
      '.git/HEAD': '',
    });
    expect(await shell.run('services/orders', ...OFFLINE)).toBe(EXIT.done);
    const manifest = JSON.parse(shell.read('services/orders/package.json'));
    expect([manifest.name, manifest.packageManager]).toEqual(['@acme/orders', undefined]);
    expect(JSON.parse(shell.read('services/orders/biome.json')).root).toBe(false);
    for (const path of ['.git', 'Dockerfile', 'pnpm-workspace.yaml']) {
      expect(existsSync(join(shell.folder, 'services/orders', path)), path).toBe(false);
    }
    expect(shell.stdout).toContain('pnpm dev');
  });

  test('in a repository: none of its own, asked for or not', async () => {
    const shell = new Shell();
    write(shell.folder, { '.git/HEAD': '' });
    expect(await shell.run('orders', '--git', ...OFFLINE)).toBe(EXIT.done);
    expect(existsSync(join(shell.folder, 'orders/.git'))).toBe(false);
    expect(shell.stderr).toContain('the folder is in one already');
  });

  test('where a workspace does not name the folder, that is said and nothing installed', async () => {
    const shell = new Shell();
    write(shell.folder, { 'package.json': '{ "workspaces": ["packages/*"] }' });
    shell.stub('npm', 'process.exit(1)');
    expect(await shell.run('orders', '--json')).toBe(EXIT.done);
    expect(JSON.parse(shell.stdout).installed).toBe(false);
    expect(shell.stderr).toContain('does not name this folder');
  });

  test('where yarn is in use, that is said and nothing installed', async () => {
    const shell = new Shell({ env: { npm_config_user_agent: 'yarn/4.1.0 npm/? node/v20' } });
    shell.stub('npm', 'process.exit(1)');
    expect(await shell.run('orders', '--json')).toBe(EXIT.done);
    expect(JSON.parse(shell.stdout)).toMatchObject({ installed: false, packageManager: 'npm' });
    expect(shell.stderr).toContain('yarn is in use here');
  });

  test('in this folder, which has nothing but a repository', async () => {
    const shell = new Shell();
    execFileSync('git', ['init', '--quiet'], { cwd: shell.folder });
    expect(await shell.run('.', '--name', 'orders', '--json', ...OFFLINE)).toBe(EXIT.done);
    const outcome = JSON.parse(shell.stdout);
    expect(outcome).toMatchObject({ dir: shell.folder, name: 'orders', git: false, dryRun: false });
    expect(outcome.nextSteps[0]).toBe('npm install');
    const there = Object.keys(everything(shell.folder)).filter((path) => !path.startsWith('.git/'));
    expect(there).toEqual(expect.arrayContaining(outcome.files));
    expect(there.filter((path) => /-[0-9a-f]{12}/.test(path))).toEqual([]);
  });

  test('with --force: replaces its own, leaves the others', async () => {
    const shell = new Shell();
    write(shell.folder, { 'orders/README.md': 'mine', 'orders/src/mine.ts': 'mine too' });
    expect(await shell.run('orders', '--force', ...OFFLINE)).toBe(EXIT.done);
    expect(shell.read('orders/README.md')).toContain('# orders');
    expect(shell.read('orders/src/mine.ts')).toBe('mine too');
    expect(shell.read('orders/src/service.ts')).toContain('@component');
    const committed = execFileSync('git', ['ls-files'], { cwd: join(shell.folder, 'orders') }).toString();
    expect(committed).toContain('src/service.ts');
    expect(committed).not.toContain('mine.ts');
  });

  test('a folder with a space is quoted in the next steps', async () => {
    const shell = new Shell();
    expect(await shell.run("a b's", '--name', 'orders', '--json', ...OFFLINE)).toBe(EXIT.done);
    const [step] = JSON.parse(shell.stdout).nextSteps;
    const at = execFileSync('sh', ['-c', `${step} && pwd`], { cwd: shell.folder })
      .toString()
      .trim();
    expect(at).toBe(join(shell.folder, "a b's"));
  });

  test('--dry-run touches nothing', async () => {
    const shell = new Shell();
    expect(await shell.run('a/orders', '--dry-run', '--json')).toBe(EXIT.done);
    expect(JSON.parse(shell.stdout)).toMatchObject({ dryRun: true, installed: false, git: false });
    expect(JSON.parse(shell.stdout).files).toContain('src/service.ts');
    expect(everything(shell.folder)).toEqual({});
  });

  test('--yes names the folder itself', async () => {
    const shell = new Shell();
    expect(await shell.run('--yes', ...OFFLINE)).toBe(EXIT.done);
    expect(existsSync(join(shell.folder, 'my-service/package.json'))).toBe(true);
  });
});

describe('refused, with one line and exit code 2, and nothing touched', () => {
  test.each([
    ['no directory', [], /missing directory: .*npm create wamp-service@latest orders/],
    ['an empty directory', [''], /the directory is empty/],
    ['two directories', ['a', 'b'], /too many arguments/],
    ['a misspelt flag', ['a', '--no-dockr'], /unknown option '--no-dockr'/],
    ['a misspelt flag behind --', ['--', '--forse'], /begins with a dash/],
    ['an unknown template', ['a', '--template', '../../etc'], /there is no "\.\.\/\.\.\/etc"; there are service, /],
    ['a name npm refuses', ['Orders'], /"Orders" cannot be a package's name: it has capital letters; .*--name orders/],
    ['a name npm refuses, by flag', ['a', '--name', '.x'], /".x" cannot be a package's name/],
    ['the name of what it depends on', ['vitest'], /it depends on a package of that name; .*--name vitest-service/],
    ['a package manager that is none', ['a', '--package-manager', 'bun'], /expected npm or pnpm, got "bun"/],
    ['a linter that is none', ['a', '--lint', 'eslint'], /expected biome or none, got "eslint"/],
  ])('%s', async (_, args, line) => {
    expect(await refused(new Shell(), ...args)).toMatch(line);
  });

  test('a folder that is not empty, naming what is in it and --force', async () => {
    const shell = new Shell();
    write(shell.folder, { 'orders/mine.txt': '' });
    expect(await refused(shell, 'orders')).toMatch(/orders is not empty \(mine\.txt\).*--force/);
  });

  test('a file, and a folder below a file', async () => {
    const shell = new Shell();
    write(shell.folder, { orders: '' });
    expect(await refused(shell, 'orders')).toContain('is a file');
    expect(await refused(shell, 'orders/below')).toContain('a part of this path is a file');
  });

  test('a symbolic link, wherever it leads', async () => {
    const shell = new Shell();
    symlinkSync(emptyFolder(), join(shell.folder, 'orders'));
    symlinkSync('/nowhere', join(shell.folder, 'dangling'));
    expect(await refused(shell, 'orders')).toContain('is a symbolic link');
    expect(await refused(shell, 'dangling', '--force')).toContain('is a symbolic link');
  });

  test('a symbolic link inside, which --force would write through', async () => {
    const outside = emptyFolder();
    write(outside, { 'README.md': 'theirs' });
    const shell = new Shell();
    mkdirSync(join(shell.folder, 'orders'));
    symlinkSync(outside, join(shell.folder, 'orders/src'));
    expect(await refused(shell, 'orders', '--force')).toContain('nothing is written through it');
    symlinkSync(join(outside, 'README.md'), join(shell.folder, 'orders/README.md'));
    expect(await refused(shell, 'orders', '--force')).toContain('nothing is written through it');
    expect(everything(outside)).toEqual({ 'README.md': 'theirs' });
  });

  test('a link that an install would write through', async () => {
    const shell = new Shell();
    mkdirSync(join(shell.folder, 'orders'));
    symlinkSync(emptyFolder(), join(shell.folder, 'orders/node_modules'));
    expect(await refused(shell, 'orders', '--force')).toContain('nothing is written through it');
  });

  test('a folder where --force would write a file', async () => {
    const shell = new Shell();
    mkdirSync(join(shell.folder, 'orders/package.json'), { recursive: true });
    expect(await refused(shell, 'orders', '--force')).toContain('it is not a file');
  });
});

describe('a repository that cannot be made is told, and the project is there', () => {
  test.each([
    ['no git', { PATH: '/nowhere' }, 'git is not installed'],
    ['no identity', { GIT_CONFIG_GLOBAL: '/dev/null' }, 'git has no user.name'],
  ])('%s', async (_, env, because) => {
    const shell = new Shell({ env });
    expect(await shell.run('orders', '--git', '--json', ...OFFLINE)).toBe(EXIT.done);
    expect(shell.stderr).toContain(`no git repository: ${because}`);
    expect(JSON.parse(shell.stdout).git).toBe(false);
    expect(existsSync(join(shell.folder, 'orders/package.json'))).toBe(true);
  });

  test("a hook's environment leads to no other repository", async () => {
    const other = emptyFolder();
    execFileSync('git', ['init', '--quiet'], { cwd: other });
    const before = everything(other);
    const shell = new Shell({ env: { GIT_DIR: join(other, '.git'), GIT_INDEX_FILE: join(other, '.git/index') } });
    expect(await shell.run('orders', ...OFFLINE)).toBe(EXIT.done);
    expect(everything(other)).toEqual(before);
    expect(existsSync(join(shell.folder, 'orders/.git/HEAD'))).toBe(true);
  });
});

test('--help and --version go to stdout, with exit code 0', async () => {
  const shell = new Shell();
  expect(await shell.run('--help')).toBe(EXIT.done);
  for (const code of Object.values(EXIT)) expect(shell.stdout).toMatch(new RegExp(`\\b${code} `));
  expect(await shell.run('--version')).toBe(EXIT.done);
  expect(shell.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(await shell.run('--list-templates')).toBe(EXIT.done);
  expect(shell.stdout).toMatch(/^service {2,}\S.*\n/);
});
