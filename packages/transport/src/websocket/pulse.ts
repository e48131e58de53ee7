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

/** What the heartbeat of a WebSocket connection goes by: without closures, for ten thousand idle connections have one each. */
export class WebSocketPulse implements Pulse {
  readonly dead: () => void;
  readonly #ws: WireSocket;
  readonly #socket: Socket;
  readonly #settings: ConnectionSettings;
  readonly #writer: { flush(): void };

  constructor({ ws, socket, settings, writer, dead }: PulseOptions) {
    this.dead = dead;
    this.#ws = ws;
    this.#socket = socket;
    this.#settings = settings;
    this.#writer = writer;
  }

  get clock(): Clock {
    return this.#settings.clock;
  }

  get interval(): number {
    return this.#settings.pingInterval;
  }

  get timeout(): number {
    return this.#settings.pingTimeout;
  }

  ping(): void {
    // What is held back would count as something that the peer has not taken.
    this.#writer.flush();
    this.#ws.ping();
  }

  received(): number {
    return this.#socket.bytesRead;
  }

  queued(): number {
    return this.#ws.bufferedAmount;
  }
}
