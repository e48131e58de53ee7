import type { Socket } from 'node:net';

/** Milliseconds of silence after which TCP begins to ask whether the other machine is there. */
const KEEP_ALIVE = 10_000;

/** What every connection has: no delay, because frames are gathered here, and TCP's keep-alive. */
export function prepare(socket: Socket): void {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE);
}
