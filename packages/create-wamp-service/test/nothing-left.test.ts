// Whatever fails or interrupts a run, the file system is as it was.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../src/exit-codes.js';
import { emptyFolder, everything, Shell, write } from './shell.js';

/** Does what an install does before it breaks. */
const LEAVES = `
const { mkdirSync, writeFileSync } = require('node:fs');
mkdirSync('node_modules/half', { recursive: true });
writeFileSync('package-lock.json', '{}');
`;
const NO_NETWORK = `${LEAVES}
console.error('npm error code ENOTFOUND');
console.error('npm error network request to https://registry.example/ws failed');
process.exit(1);
`;
/** Says so once it has begun, and then takes for ever. */
const NEVER_ENDS = `${LEAVES}
process.on('SIGTERM', () => process.exit(1));
setInterval(() => {}, 1000);
console.log('begun');
`;

/** Where a project may be put: each with what is there before. */
const PLACES = [
  ['a new folder', 'orders', {}],
  ['new folders, one below the other', 'a/b/orders', {}],
  ['a new folder beside others', 'a/orders', { 'a/mine.txt': 'mine' }],
  [
    'a folder that is not empty',
    'orders',
    { 'orders/README.md': 'mine', 'orders/src/mine.ts': 'mine', 'orders/x/y': '', 'orders/package-lock.json': 'mine' },
  ],
] as const;

describe.each(PLACES)('in %s', (_, place, before) => {
  const shellWith = (npm: string) => {
    const shell = new Shell();
    write(shell.folder, before);
    shell.stub('npm', npm);
    return { shell, was: everything(shell.folder) };
  };

  test('an install that fails: one line with its reason, exit code 1, nothing left', async () => {
    const { shell, was } = shellWith(NO_NETWORK);
    expect(await shell.run(place, '--force')).toBe(EXIT.failed);
    expect(shell.stderr).toMatch(
      /: npm install failed \(exit code 1\): code ENOTFOUND, network request to .*--no-install.*; nothing was left behind\n$/,
    );
    expect(shell.stdout).toBe('');
    expect(everything(shell.folder)).toEqual(was);
  });

  test.each([
    ['SIGINT', EXIT.cancelled],
    ['SIGTERM', EXIT.terminated],
  ] as const)('%s during the install: exit code %i, nothing left', async (signal, code) => {
    const { shell, was } = shellWith(NEVER_ENDS);
    const ended = shell.run(place, '--force', '--verbose');
    await expect.poll(() => shell.stderr, { interval: 10, timeout: 10_000 }).toContain('begun');
    expect(existsSync(join(shell.folder, place, 'node_modules'))).toBe(true);
    shell.signal(signal);
    expect(await ended).toBe(code);
    expect(shell.stderr).toMatch(/cancelled; nothing was left behind\n$/);
    expect(everything(shell.folder)).toEqual(was);
  });

  test('with --keep, what is half done stays', async () => {
    const { shell } = shellWith(NO_NETWORK);
    expect(await shell.run(place, '--force', '--keep')).toBe(EXIT.failed);
    const paths = Object.keys(everything(join(shell.folder, place)));
    expect(paths).toEqual(expect.arrayContaining(['src/service.ts', 'node_modules/half']));
    expect(paths.filter((path) => /-[0-9a-f]{12}/.test(path))).toEqual([]);
  });
});

test('what somebody else puts into a folder that was there is not taken back', async () => {
  const shell = new Shell();
  write(shell.folder, { 'orders/mine.txt': '' });
  shell.stub('npm', NEVER_ENDS);
  const ended = shell.run('orders', '--force', '--verbose');
  await expect.poll(() => shell.stderr, { interval: 10, timeout: 10_000 }).toContain('begun');
  write(shell.folder, { 'orders/later.txt': '' });
  shell.signal('SIGINT');
  expect(await ended).toBe(EXIT.cancelled);
  expect(everything(shell.folder)).toEqual({ orders: '/', 'orders/mine.txt': '', 'orders/later.txt': '' });
});

test('what cannot be put back is said, with where it was; the rest is taken back', async () => {
  const shell = new Shell();
  write(shell.folder, { 'orders/README.md': 'mine', 'orders/package.json': 'mine too' });
  shell.stub(
    'npm',
    `const fs = require('node:fs');
    const [hidden] = fs.readdirSync('.').filter((name) => name.startsWith('.create-wamp-service-'));
    fs.rmSync(hidden + '/replaced/README.md');
    process.exit(1);`,
  );
  expect(await shell.run('orders', '--force')).toBe(EXIT.failed);
  expect(shell.stderr).toMatch(/could not be cleaned up: ENOENT.*; what was replaced is in .*\.create-wamp-service-/);
  const left = Object.keys(everything(shell.folder)).filter((path) => !path.includes('.create-wamp-service-'));
  expect(left).toEqual(['orders', 'orders/package.json']);
  expect(shell.read('orders/package.json')).toBe('mine too');
});

test('a package manager is asked to end, so that it can put itself in order', async () => {
  const shell = new Shell();
  const asked = join(emptyFolder(), 'asked');
  shell.stub(
    'npm',
    NEVER_ENDS.replace('() => process.exit(1)', `() => { writeFileSync('${asked}', ''); process.exit(1); }`),
  );
  const ended = shell.run('orders', '--verbose');
  await expect.poll(() => shell.stderr, { interval: 10, timeout: 10_000 }).toContain('begun');
  shell.signal('SIGINT');
  expect(await ended).toBe(EXIT.cancelled);
  expect(existsSync(asked)).toBe(true);
});

test('a package manager that is not there', async () => {
  const shell = new Shell({ env: { PATH: '/nowhere' } });
  expect(await shell.run('orders')).toBe(EXIT.failed);
  expect(shell.stderr).toMatch(/npm install could not be run: .*ENOENT/);
  expect(everything(shell.folder)).toEqual({});
});

test('files that cannot be written: their paths are longer than the system takes', async () => {
  const shell = new Shell();
  const most = 4096 - 40 - shell.folder.length;
  const deep = `${'x/'.repeat(100)}${`${'y'.repeat(200)}/`.repeat(30)}`.slice(0, most).replace(/\/$/, 'y');
  expect(await shell.run(`${deep}/z`, '--name', 'orders', '--no-install')).toBe(EXIT.failed);
  expect(shell.stderr).toMatch(/ENAMETOOLONG/);
  expect(everything(shell.folder)).toEqual({});
});

test('what an install has written is in the first commit, but for its packages', async () => {
  const shell = new Shell();
  shell.stub('npm', LEAVES);
  expect(await shell.run('orders', '--json')).toBe(EXIT.done);
  expect(JSON.parse(shell.stdout)).toMatchObject({ installed: true, git: true });
  expect(shell.read('orders/.git/index')).toContain('package-lock.json');
  expect(shell.read('orders/.git/index')).not.toContain('node_modules/half');
});
