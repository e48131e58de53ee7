import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '@wamp-run/protocol';
import { peerOf } from './address.js';

/** The connections whose TLS handshake is not done, and their deadline. */
export class TlsHandshakes {
  readonly #clock: Clock;
  readonly #timeout: number;
  /** By the peer's address: Node does not tell on which connection a TLS socket stands, but no two have the same peer. */
  readonly #pending = new Map<string, { socket: Socket; callOffDeadline: () => void }>();

  /** @param timeout milliseconds that a TLS handshake may take */
  constructor(clock: Clock, timeout: number) {
    this.#clock = clock;
    this.#timeout = timeout;
  }

  began(socket: Socket): void {
    const peer = peerOf(socket);
    const callOffDeadline = this.#clock.after(this.#timeout, () => socket.destroy());
    this.#pending.set(peer, { socket, callOffDeadline });
    socket.once('close', () => this.#settle(peer, socket));
  }

  done(tls: TLSSocket): void {
    this.#settle(peerOf(tls));
  }

  /** Hangs up on all of them. */
  close(): void {
    for (const { socket } of this.#pending.values()) socket.destroy();
  }

  #settle(peer: string, socket?: Socket): void {
    const pending = this.#pending.get(peer);
    if (pending === undefined || (socket !== undefined && pending.socket !== socket)) return;
    pending.callOffDeadline();
    this.#pending.delete(peer);
  }
}
