import type { Socket } from 'node:net';
import { Heartbeat, type HeartbeatSettings } from '../heartbeat.js';
import type { WireSocket } from './wire-socket.js';

/** Whose heartbeat it is. */
export interface BeatingConnection {
  readonly ws: WireSocket;
  /** The socket under it. */
  readonly socket: Socket;
  readonly settings: HeartbeatSettings;
  /** Whoever holds messages back. */
  readonly writer: { flush(): void };
  /** Told when the peer has not answered. */
  readonly owner: { peerDied(): void };
}

/** The heartbeat of a WebSocket connection. */
export class WebSocketHeartbeat extends Heartbeat {
  readonly #ws: WireSocket;
  readonly #socket: Socket;
  readonly #writer: BeatingConnection['writer'];
  readonly #owner: BeatingConnection['owner'];

  constructor({ ws, socket, settings, writer, owner }: BeatingConnection) {
    super(settings);
    this.#ws = ws;
    this.#socket = socket;
    this.#writer = writer;
    this.#owner = owner;
  }

  protected override ping(): void {
    // What is held back would count as something that the peer has not taken.
    this.#writer.flush();
    this.#ws.ping();
  }

  protected override received(): number {
    return this.#socket.bytesRead;
  }

  protected override queued(): number {
    return this.#ws.bufferedAmount;
  }

  protected override dead(): void {
    this.#owner.peerDied();
  }
}
