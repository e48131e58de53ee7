import type { Socket } from 'node:net';
import type { Clock } from '@wamp-run/protocol';

/** How long, and how many, connections may be silent. */
export interface Patience {
  readonly clock: Clock;
  /** Milliseconds until the first octet. */
  readonly timeout: number;
  /** How many at once. */
  readonly most: number;
}

interface Silent {
  /** The one that speaks for it: of TLS the encrypted one, once there is one. */
  socket: Socket;
  readonly callOff: () => void;
  readonly gone: () => void;
}

/**
 * The connections that have said nothing yet, TLS in the making included. The oldest is cut where there are too many: who
 * has something to say says it soon.
 */
export class SilentConnections {
  readonly #patience: Patience;
  readonly #silent = new Map<string, Silent>();

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** A connection is there, or TLS on it is; its time runs from the first of the two. */
  began(socket: Socket): void {
    const key = bothEnds(socket);
    const known = this.#silent.get(key);
    if (known !== undefined) {
      known.socket.off('close', known.gone);
      known.socket = socket;
      socket.once('close', known.gone);
      return;
    }
    const { clock, timeout, most } = this.#patience;
    const [oldest] = this.#silent.keys();
    if (oldest !== undefined && this.#silent.size >= most) this.#cutOne(oldest);
    const gone = () => this.#forget(key);
    this.#silent.set(key, { socket, callOff: clock.after(timeout, () => this.#cutOne(key)), gone });
    socket.once('close', gone);
  }

  /** It has said something, and is none of these any more. */
  spoke(socket: Socket): void {
    this.#forget(bothEnds(socket));
  }

  /** Ends all of them. */
  cut(): void {
    for (const key of [...this.#silent.keys()]) this.#cutOne(key);
  }

  #cutOne(key: string): void {
    const socket = this.#silent.get(key)?.socket;
    this.#forget(key);
    socket?.destroy();
  }

  #forget(key: string): void {
    const silent = this.#silent.get(key);
    if (silent === undefined) return;
    this.#silent.delete(key);
    silent.callOff();
    silent.socket.off('close', silent.gone);
  }
}

function bothEnds({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;
}
