import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rename, unlink } from 'node:fs/promises';
import { platform } from 'node:os';
import { resolve } from 'node:path';
import { InvalidConfiguration } from '@wamp-run/protocol';

/** Reading and writing by the owner; nothing for anybody else. */
const OWNER_ONLY = 0o600;
const OTHERS = 0o077;
/** More than this is no file of keys (bytes). */
const LARGEST = 1024 * 1024;

/** Where a file is, and what it is to whom asks for it. */
export interface FilePlace {
  /** The path, absolute or relative to `from`. */
  readonly path: string;
  readonly from: string;
  /** What an error begins with: `keyring`, say. */
  readonly what: string;
}

/**
 * The text of a file that holds secrets.
 *
 * @throws InvalidConfiguration where it cannot be read, is no file, is larger than 1 MiB or, on POSIX, others can read
 *   or change it: the message has the command that mends that
 */
export async function readSecretFile({ path, from, what }: FilePlace): Promise<string> {
  const file = resolve(from, path);
  let handle: FileHandle | undefined;
  try {
    // Opening a pipe must not wait for somebody to write into it. Windows has no such flag, and no such pipes.
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    // Of the open file: by its name, another one might be looked at than is read.
    const found = await handle.stat();
    if (!found.isFile()) throw new InvalidConfiguration(`${what}: ${file} is not a file`);
    // Windows keeps elsewhere who may read a file.
    if (platform() !== 'win32' && (found.mode & OTHERS) !== 0) {
      const mode = (found.mode & 0o777).toString(8).padStart(4, '0');
      throw new InvalidConfiguration(
        `${what}: others can read or change ${file} (mode ${mode}); run: chmod 600 ${quoted(file)}`,
      );
    }
    if (found.size > LARGEST) throw new InvalidConfiguration(`${what}: ${file} is larger than ${LARGEST} bytes`);
    return await handle.readFile('utf8');
  } catch (cause) {
    if (cause instanceof InvalidConfiguration) throw cause;
    throw new InvalidConfiguration(`${what}: cannot read ${file}: ${reasonOf(cause)}`, { cause });
  } finally {
    await handle?.close();
  }
}

/**
 * Writes a file that nobody but its owner can read, whole or not at all.
 *
 * @param force replaces a file that is there
 * @throws InvalidConfiguration where there is one and `force` is false, or it cannot be written
 */
export async function writeSecretFile({ path, from, what }: FilePlace, text: string, force: boolean): Promise<void> {
  const file = resolve(from, path);
  // Beside it, under a name that nobody waits for: replacing a file in place would keep the old one's mode.
  const target = force ? `${file}.${randomBytes(6).toString('hex')}` : file;
  let handle: FileHandle | undefined;
  try {
    if (force) await checkReplaceable(file, what);
    handle = await open(target, 'wx', OWNER_ONLY);
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    if (force) await rename(target, file);
  } catch (cause) {
    if (cause instanceof InvalidConfiguration) throw cause;
    if (handle !== undefined) {
      await handle.close().catch(() => {});
      await unlink(target).catch(() => {});
    } else if (!force && isCode(cause, 'EEXIST')) {
      throw new InvalidConfiguration(`${what}: ${file} is there already; --force replaces it`, { cause });
    }
    throw new InvalidConfiguration(`${what}: cannot write ${file}: ${reasonOf(cause)}`, { cause });
  }
}

async function checkReplaceable(file: string, what: string): Promise<void> {
  try {
    const found = await lstat(file);
    if (!found.isFile()) throw new InvalidConfiguration(`${what}: ${file} is not a file, and is left alone`);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

/** `no such file or directory`, of `ENOENT: no such file or directory, open '…'`. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^[A-Z]+: (.*?), \w+/.exec(message)?.[1] ?? message;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** As a shell reads it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
