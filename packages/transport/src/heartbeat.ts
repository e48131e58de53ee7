import type { Clock } from '@wamp-run/protocol';

/** What a heartbeat needs to know of a connection. */
export interface Pulse {
  readonly clock: Clock;
  /** Milliseconds from one ping to the next; 0 for none. */
  readonly interval: number;
  /** Milliseconds after a ping within which the peer must show itself. */
  readonly timeout: number;
  ping(): void;
  /** How many bytes have come from the peer so far. */
  received(): number;
  /** How many bytes wait to be taken by the peer. */
  queued(): number;
  /** The peer has not answered. */
  dead(): void;
}

/**
 * Pings, and finds out who no longer answers. Any byte is a sign of life, not the pong alone: a peer that is sending a
 * large message cannot put a pong in between, and one that is still taking a large message has not seen the ping yet.
 * Bytes are counted by the socket, so that nothing is to be done for each message.
 */
export class Heartbeat {
  readonly #pulse: Pulse;
  #callOff: (() => void) | undefined;
  #receivedAtPing = 0;
  #queuedAtPing = 0;

  constructor(pulse: Pulse) {
    this.#pulse = pulse;
  }

  start(): void {
    const { interval } = this.#pulse;
    if (interval > 0) this.#after(interval, this.#ping);
  }

  stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }

  readonly #ping = (): void => {
    this.#receivedAtPing = this.#pulse.received();
    this.#pulse.ping();
    this.#awaitAnswer();
  };

  #awaitAnswer(): void {
    this.#queuedAtPing = this.#pulse.queued();
    this.#after(this.#pulse.timeout, this.#check);
  }

  readonly #check = (): void => {
    const { interval, timeout } = this.#pulse;
    if (this.#pulse.received() !== this.#receivedAtPing) this.#after(Math.max(0, interval - timeout), this.#ping);
    else if (this.#pulse.queued() < this.#queuedAtPing) this.#awaitAnswer();
    else this.#pulse.dead();
  };

  #after(ms: number, run: () => void): void {
    this.#callOff = this.#pulse.clock.after(ms, run);
  }
}
