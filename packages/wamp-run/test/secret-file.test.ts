import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSecretFile, writeSecretFile } from '../src/secret-file.js';

const posix = platform() !== 'win32';
let from: string;

beforeAll(async () => {
  from = await mkdtemp(join(tmpdir(), 'wamp-run-secrets-'));
});

afterAll(() => rm(from, { recursive: true }));

const read = (path: string) => readSecretFile({ path, from, what: 'keyring' });
const write = (path: string, text: string, force = false) =>
  writeSecretFile({ path, from, what: 'keygen' }, text, force);
const modeOf = async (path: string) => (await stat(join(from, path))).mode & 0o777;

describe('a file of secrets', () => {
  test('is written for its owner alone, and read again', async () => {
    await write('one', 'secret');
    if (posix) expect(await modeOf('one')).toBe(0o600);
    expect(await read('one')).toBe('secret');
    expect(await read(join(from, 'one'))).toBe('secret');
  });

  test('is never written over, unless that is asked for; then it is its owner’s whatever it was before', async () => {
    await write('two', 'first');
    await expect(write('two', 'second')).rejects.toThrow(/^keygen: .*two is there already; --force replaces it$/);
    await expect(write('two', 'second')).rejects.toBeInstanceOf(InvalidConfiguration);
    expect(await read('two')).toBe('first');
    await chmod(join(from, 'two'), 0o644);
    await write('two', 'second', true);
    if (posix) expect(await modeOf('two')).toBe(0o600);
    expect(await read('two')).toBe('second');
    await write('new', 'first', true);
    expect(await read('new')).toBe('first');
  });

  test('is not written through a link, nor over what is no file, and nothing is left behind', async () => {
    await mkdir(join(from, 'links'));
    await writeFile(join(from, 'links/target'), 'theirs');
    await symlink(join(from, 'links/target'), join(from, 'links/link'));
    await expect(write('links/link', 'x')).rejects.toThrow(/is there already/);
    await expect(write('links/link', 'x', true)).rejects.toThrow(/is not a file, and is left alone/);
    await expect(write('links', 'x', true)).rejects.toThrow(/is not a file, and is left alone/);
    await expect(write('nowhere/x', 'x')).rejects.toThrow(/cannot write .*nowhere\/x: no such file or directory/);
    await expect(write('nowhere/x', 'x', true)).rejects.toThrow(/cannot write .*nowhere\/x: no such file or directory/);
    expect(await readFile(join(from, 'links/target'), 'utf8')).toBe('theirs');
    expect((await readdir(join(from, 'links'))).sort()).toEqual(['link', 'target']);
  });

  test.runIf(posix).each([0o644, 0o640, 0o604, 0o620, 0o602, 0o610])(
    'is refused where others may use it (mode %i), with the command that mends it',
    async (mode) => {
      const path = `of mode '${mode}`;
      await writeFile(join(from, path), 'secret');
      await chmod(join(from, path), mode);
      const error = await read(path).catch((thrown: unknown) => thrown as Error);
      expect(error).toBeInstanceOf(InvalidConfiguration);
      const { message } = error as Error;
      expect(message).toMatch(/^keyring: others can read or change .* \(mode 0\d{3}\); run: chmod 600 '/);
      expect(message).not.toContain('secret,');
      // The command does mend it.
      const { status } = spawnSync('sh', ['-c', message.slice(message.indexOf('chmod 600'))]);
      expect(status).toBe(0);
      expect(await read(path)).toBe('secret');
    },
  );

  test.runIf(posix).each([0o600, 0o400, 0o700])('is read with mode %i', async (mode) => {
    await writeFile(join(from, 'mode'), 'secret');
    await chmod(join(from, 'mode'), mode);
    expect(await read('mode')).toBe('secret');
    await rm(join(from, 'mode'));
  });

  test('is read through a link, as mounted volumes have them, by the mode of what it leads to', async () => {
    await write('real', 'secret');
    await symlink('real', join(from, 'linked'));
    expect(await read('linked')).toBe('secret');
    await chmod(join(from, 'real'), 0o644);
    if (posix) await expect(read('linked')).rejects.toThrow(/chmod 600/);
  });

  test('is refused where it is none', async () => {
    await expect(read('missing')).rejects.toThrow(/^keyring: cannot read .*missing: no such file or directory$/);
    await expect(read('.')).rejects.toThrow(InvalidConfiguration);
    await writeFile(join(from, 'large'), new Uint8Array(1024 * 1024 + 1), { mode: 0o600 });
    await expect(read('large')).rejects.toThrow(/larger than 1048576 bytes/);
  });

  test.runIf(posix)('a pipe that nobody writes to holds nobody up', async () => {
    const { status } = spawnSync('mkfifo', ['-m', '600', join(from, 'pipe')]);
    expect(status).toBe(0);
    await expect(read('pipe')).rejects.toThrow(/pipe is not a file$/);
  });
});
