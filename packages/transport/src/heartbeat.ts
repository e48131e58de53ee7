import type { Clock } from '@wamp-run/protocol';

/** How often a peer is pinged, and how long it has to show itself. */
export interface HeartbeatSettings {
  readonly clock: Clock;
  /** Milliseconds from one ping to the next; 0 for none. */
  readonly pingInterval: number;
  /** Milliseconds after a ping within which the peer must show itself. */
  readonly pingTimeout: number;
}

/**
 * Pings, and finds out who no longer answers. Any byte is a sign of life, not the pong alone: a peer that is sending a
 * large message cannot put a pong in between, and one that is still taking a large message has not seen the ping yet.
 * Bytes are counted by the socket, so that nothing is to be done for each message.
 *
 * A class to be extended rather than one that is given functions: idle connections are many, and each has one.
 */
export abstract class Heartbeat {
  protected readonly settings: HeartbeatSettings;
  #callOff: (() => void) | undefined;
  /** A ping has gone out, and there is no sign of life since. */
  #asked = false;
  #receivedAtPing = 0;
  #queuedAtPing = 0;

  constructor(settings: HeartbeatSettings) {
    this.settings = settings;
  }

  protected abstract ping(): void;
  /** How many bytes have come from the peer so far. */
  protected abstract received(): number;
  /** How many bytes wait to be taken by the peer. */
  protected abstract queued(): number;
  /** The peer has not answered. */
  protected abstract dead(): void;

  start(): void {
    const { pingInterval } = this.settings;
    if (pingInterval > 0) this.#after(pingInterval);
  }

  stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }

  readonly #beat = (): void => {
    if (this.#asked) this.#check();
    else this.#ask();
  };

  #ask(): void {
    this.#asked = true;
    this.#receivedAtPing = this.received();
    this.ping();
    this.#awaitAnswer();
  }

  #awaitAnswer(): void {
    this.#queuedAtPing = this.queued();
    this.#after(this.settings.pingTimeout);
  }

  #check(): void {
    const { pingInterval, pingTimeout } = this.settings;
    if (this.received() !== this.#receivedAtPing) {
      this.#asked = false;
      this.#after(Math.max(0, pingInterval - pingTimeout));
    } else if (this.queued() < this.#queuedAtPing) this.#awaitAnswer();
    else this.dead();
  }

  #after(ms: number): void {
    this.#callOff = this.settings.clock.after(ms, this.#beat);
  }
}
