import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { platform } from 'node:os';
import { InvalidConfiguration } from '@wamp-run/protocol';

/** Throws an InvalidConfiguration unless a Unix socket can have a file of this path. `of` says whose option it is. */
export function checkSocketPath(path: string, of: string): void {
  const complaint = complaintAbout(path);
  if (complaint !== undefined) throw new InvalidConfiguration(`${of}: ${JSON.stringify(path)}: ${complaint}`);
}

function complaintAbout(path: string): string | undefined {
  if (typeof path !== 'string' || path === '') return 'a Unix socket needs the path of a file';
  if (path.includes('\0')) return 'the path of a Unix socket cannot have a NUL in it';
  // What is longer is cut off by the system without a word, and would be another file.
  const longest = platform() === 'linux' ? 107 : 103;
  if (Buffer.byteLength(path) > longest) return `the path of a Unix socket has at most ${longest} bytes`;
  return undefined;
}

/**
 * Removes the file that a killed process has left of its socket. Resolves with whether there is nothing in the way any
 * more; what is not a socket, and one that somebody listens on, stays.
 */
export async function removeStale(path: string): Promise<boolean> {
  const file = await lstat(path).catch(() => undefined);
  if (file === undefined) return true;
  if (!file.isSocket() || !(await isDead(path))) return false;
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    // Another process that begins at the same time may have removed it.
    if (error.code !== 'ENOENT') throw error;
  });
  return true;
}

function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}

/** The error for a Unix socket on which one cannot listen: what it was, and what to do. */
export function socketFileFailure(path: string, cause: NodeJS.ErrnoException): InvalidConfiguration {
  return new InvalidConfiguration(textFor(path, cause), { cause });
}

function textFor(path: string, { code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EADDRINUSE':
      return `${path} is in use, by a process that listens there or by another kind of file; choose another path`;
    case 'EACCES':
    case 'EPERM':
      // What Node says of a folder that is missing, too.
      return `${path}: there is no such folder, or this user may not make a socket there; choose another`;
    case 'ENOENT':
    case 'ENOTDIR':
      return `${path}: there is no such folder`;
    default:
      return `cannot listen on ${path}: ${message}`;
  }
}
