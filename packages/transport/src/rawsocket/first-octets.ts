import type { Socket } from 'node:net';
import { HANDSHAKE_LENGTH, MAGIC } from './handshake.js';

/**
 * Reads a peer's handshake: four octets, fewer where the first is not RawSocket's. What is behind them stays in the
 * socket, which is paused afterwards. What it returns calls it off.
 */
export function firstOctets(socket: Socket, done: (octets: Uint8Array) => void): () => void {
  const octets: number[] = [];
  const stop = () => {
    socket.off('readable', take);
    socket.pause();
  };
  const take = () => {
    for (;;) {
      const octet: Buffer | null = socket.read(1);
      if (octet === null) return;
      octets.push(octet[0] as number);
      if (octets.length < HANDSHAKE_LENGTH && octets[0] === MAGIC) continue;
      stop();
      done(Uint8Array.from(octets));
      return;
    }
  };
  socket.on('readable', take);
  return stop;
}
