import type { Socket } from 'node:net';
import type { Clock } from '@wamp-run/protocol';
import type { Pulse } from '../heartbeat.js';
import type { ConnectionSettings } from '../settings.js';
import type { WireSocket } from './wire-socket.js';

/** What is looked at, and written to. */
export interface PulseOptions {
  readonly ws: WireSocket;
  /** The socket under it. */
  readonly socket: Socket;
  readonly settings: ConnectionSettings;
  /** Whoever holds messages back. */
  readonly writer: { flush(): void };
  /** The peer has not answered. */
  dead(): void;
}

/** What the heartbeat of a WebSocket connection goes by. An object without closures: ten thousand idle connections have one each. */
export class WebSocketPulse implements Pulse {
  readonly #options: PulseOptions;

  constructor(options: PulseOptions) {
    this.#options = options;
  }

  get clock(): Clock {
    return this.#options.settings.clock;
  }

  get interval(): number {
    return this.#options.settings.pingInterval;
  }

  get timeout(): number {
    return this.#options.settings.pingTimeout;
  }

  ping(): void {
    // What is held back would count as something that the peer has not taken.
    this.#options.writer.flush();
    this.#options.ws.ping();
  }

  received(): number {
    return this.#options.socket.bytesRead;
  }

  queued(): number {
    return this.#options.ws.bufferedAmount;
  }

  dead(): void {
    this.#options.dead();
  }
}
