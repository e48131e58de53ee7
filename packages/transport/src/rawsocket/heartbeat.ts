import type { Socket } from 'node:net';
import { Heartbeat, type HeartbeatSettings } from '../heartbeat.js';
import { FrameType } from './frame.js';
import type { FrameWriter } from './frame-writer.js';

const NOTHING = new Uint8Array();

/** Whose heartbeat it is. */
export interface BeatingConnection {
  readonly socket: Socket;
  readonly settings: HeartbeatSettings;
  readonly writer: FrameWriter;
  /** Told when the peer has not answered. */
  readonly owner: { peerDied(): void };
}

/** The heartbeat of a RawSocket connection. */
export class RawSocketHeartbeat extends Heartbeat {
  readonly #socket: Socket;
  readonly #writer: FrameWriter;
  readonly #owner: BeatingConnection['owner'];

  constructor({ socket, settings, writer, owner }: BeatingConnection) {
    super(settings);
    this.#socket = socket;
    this.#writer = writer;
    this.#owner = owner;
  }

  protected override ping(): void {
    this.#writer.write(FrameType.ping, NOTHING);
    // What is held back would count as something that the peer has not taken.
    this.#writer.flush();
  }

  protected override received(): number {
    return this.#socket.bytesRead;
  }

  protected override queued(): number {
    return this.#writer.queued;
  }

  protected override dead(): void {
    this.#owner.peerDied();
  }
}
