import type { Socket } from 'node:net';
import { FrameReader, type Reading } from './frame-reader.js';
import { replaceListenerOfWs, type SocketListener } from './socket-owner.js';
import type { WireSocket } from './wire-socket.js';

/** The reader of a socket. On the socket itself, so that its listeners need no closures: idle connections are many. */
const READER = Symbol('reader');

interface ReadSocket extends Socket {
  [READER]?: SocketReader;
}

/** What a SocketReader is made of. */
export interface SocketReaderOptions extends Reading {
  /** Open since this very turn, and not compressing. */
  readonly ws: WireSocket;
  /** The socket under it. */
  readonly socket: Socket;
  readonly to: MessageTaker;
}

/** Takes messages as `FrameReader.message` does. */
export interface MessageTaker {
  take(payload: Buffer, isBinary: boolean, alone: boolean): void;
}

/**
 * Reads messages from the socket of a WebSocket of ws, in the place of ws, which reads control frames alone, and so goes
 * on to answer pings and to close.
 */
export class SocketReader extends FrameReader {
  readonly #to: MessageTaker;
  readonly #ws: WireSocket;
  readonly #socket: Socket;
  /** What ws reads with. */
  readonly #read: SocketListener;

  constructor({ ws, socket, to, ...reading }: SocketReaderOptions) {
    super(reading);
    this.#to = to;
    this.#ws = ws;
    this.#socket = socket;
    (socket as ReadSocket)[READER] = this;
    this.#read = replaceListenerOfWs(socket, 'data', dataCame as SocketListener);
    // Before ws, which takes what is left in the socket.
    socket.prependListener('close', closes);
  }

  /** What the socket has read. */
  came(chunk: Buffer): void {
    this.feed(chunk, this.#socket.listenerCount('data') > 1);
  }

  protected override message(payload: Buffer, isBinary: boolean, alone: boolean): void {
    this.#to.take(payload, isBinary, alone);
  }

  protected override control(frame: Buffer): void {
    this.#read.call(this.#socket, frame);
  }

  protected override refused(code: number): void {
    // There is nobody to tell.
    if (this.#socket.destroyed) return;
    this.#ws.close(code);
    // As ws does it: whoever has broken the protocol is not waited for.
    this.#socket.end();
  }
}

function dataCame(this: ReadSocket, chunk: Buffer): void {
  this[READER]?.came(chunk);
}

/** What had come before anybody took messages. */
function closes(this: ReadSocket): void {
  const rest = this.readableLength > 0 ? (this.read() as Buffer | null) : null;
  if (rest !== null) this[READER]?.came(rest);
}
