import type { Socket } from 'node:net';
import { FrameReader, type Reading } from './frame-reader.js';
import type { WireSocket } from './wire-socket.js';

/** The reader of a socket. On the socket itself, so that its listeners need no closures: idle connections are many. */
const READER = Symbol('reader');

interface ReadSocket extends Socket {
  [READER]?: SocketReader;
}

type DataListener = (this: Socket, chunk: Buffer) => void;

/** What a SocketReader is made of. */
export interface SocketReaderOptions extends Reading {
  /** Open since this very turn, and not compressing. */
  readonly ws: WireSocket;
  /** The socket under it. */
  readonly socket: Socket;
  /** Takes a message: `FrameHandler.message`. */
  message(payload: Buffer, isBinary: boolean, alone: boolean): void;
}

/**
 * Reads messages from the socket of a WebSocket of ws, in the place of ws, which reads control frames alone, and so goes
 * on to answer pings and to close.
 */
export class SocketReader {
  readonly message: SocketReaderOptions['message'];
  readonly #ws: WireSocket;
  readonly #socket: Socket;
  readonly #frames: FrameReader;
  /** What ws reads with. */
  readonly #read: DataListener;

  constructor({ ws, socket, message, ...reading }: SocketReaderOptions) {
    const read = socket.listeners('data').at(-1) as DataListener | undefined;
    if (read === undefined) throw new Error('ws has not begun to read from its socket');
    this.message = message;
    this.#ws = ws;
    this.#socket = socket;
    this.#frames = new FrameReader(reading, this);
    this.#read = read;
    (socket as ReadSocket)[READER] = this;
    socket.off('data', read);
    socket.on('data', dataCame);
    // Before ws, which takes what is left in the socket.
    socket.prependListener('close', closes);
  }

  feed(chunk: Buffer): void {
    this.#frames.feed(chunk, this.#socket.listenerCount('data') > 1);
  }

  control(frame: Buffer): void {
    this.#read.call(this.#socket, frame);
  }

  refused(code: number): void {
    // There is nobody to tell.
    if (this.#socket.destroyed) return;
    this.#ws.close(code);
    // As ws does it: whoever has broken the protocol is not waited for.
    this.#socket.end();
  }
}

function dataCame(this: ReadSocket, chunk: Buffer): void {
  this[READER]?.feed(chunk);
}

/** What had come before anybody took messages. */
function closes(this: ReadSocket): void {
  const rest = this.readableLength > 0 ? (this.read() as Buffer | null) : null;
  if (rest !== null) this[READER]?.feed(rest);
}
