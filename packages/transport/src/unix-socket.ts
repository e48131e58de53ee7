import { unlink } from 'node:fs/promises';
import { connect } from 'node:net';

/**
 * Removes the file of a Unix socket behind which nobody listens any more, as a process leaves it that was killed.
 * Resolves with whether it did; one that is in use stays.
 */
export async function removeStale(socketPath: string): Promise<boolean> {
  if (!(await refuses(socketPath))) return false;
  await unlink(socketPath);
  return true;
}

function refuses(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path: socketPath });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    // A file that is no socket refuses with another code, and is not ours to remove.
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}
