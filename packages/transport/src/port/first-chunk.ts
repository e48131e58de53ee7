import type { Socket } from 'node:net';

/**
 * Waits for the first octets of a connection, and leaves it paused. A connection that ends or breaks before that is hung
 * up on.
 */
export function firstChunk(socket: Socket, done: (chunk: Buffer) => void): void {
  const settle = () => socket.off('data', take).off('end', hangUp).off('error', hangUp);
  const take = (chunk: Buffer) => {
    settle();
    socket.pause();
    done(chunk);
  };
  const hangUp = () => {
    settle();
    socket.destroy();
  };
  socket.on('data', take).on('end', hangUp).on('error', hangUp);
}
