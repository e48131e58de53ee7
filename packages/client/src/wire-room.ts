import type { Clock, Transport } from '@wamp-run/protocol';

/** Nothing more is produced while the wire has this many bytes (1 MiB) to send. */
const HIGH_WATER = 2 ** 20;

/** Milliseconds between two looks at the wire: a transport does not say when it has sent what it had. */
const LOOK_AGAIN = 10;

/** Where what is produced goes, and time to wait for it. */
export interface Wire {
  readonly transport: Transport;
  readonly clock: Clock;
}

export function isFull({ transport }: Wire): boolean {
  return transport.queuedBytes > HIGH_WATER;
}

/** Runs `done` when the wire has room, at once if it has. What it returns gives up waiting. */
export function whenRoom(wire: Wire, done: () => void): () => void {
  let cancel = () => {};
  const look = () => {
    if (isFull(wire)) cancel = wire.clock.after(LOOK_AGAIN, look);
    else done();
  };
  look();
  return () => cancel();
}
