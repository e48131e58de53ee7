import type { Socket } from 'node:net';
import {
  abortMessage,
  type Closed,
  frameOf,
  type Message,
  nameOf,
  PayloadExceededError,
  ProtocolError,
  type Serializer,
  type Transport,
  type TransportDetails,
  type TransportHandler,
} from '@wamp-run/protocol';
import { type RawData, WebSocket } from 'ws';
import { addressOf } from '../address.js';
import { Coalescer, LARGE_FRAME } from '../coalescer.js';
import { Heartbeat } from '../heartbeat.js';
import type { ConnectionSettings } from '../settings.js';
import { CloseCode, closedBy, refusedFrame } from './closing.js';
import type { WireSocket } from './wire-socket.js';

/** An open WebSocket connection, as either side has it after the handshake. */
export interface Connection {
  readonly ws: WireSocket;
  /** The socket under it. */
  readonly socket: Socket;
  /** The one that was negotiated. */
  readonly serializer: Serializer;
  /** Whether the wire is encrypted. */
  readonly secure: boolean;
  readonly settings: ConnectionSettings;
}

/** One WebSocket connection that carries messages. */
export class WebSocketTransport implements Transport {
  readonly details: TransportDetails;
  readonly #ws: WireSocket;
  readonly #serializer: Serializer;
  readonly #settings: ConnectionSettings;
  readonly #frameOptions: { binary: boolean; compress: boolean; fin: boolean };
  readonly #coalescer: Coalescer;
  readonly #heartbeat: Heartbeat;
  #handler: TransportHandler | undefined;
  /** Messages that came out of a socket which broke before `start`: what it had read already. */
  #early: Message[] = [];
  /** What the peer sent that is no message; from then on nothing is taken from it. */
  #failure: ProtocolError | undefined;
  /** Why there is no close frame from the peer, where that is known. */
  #lost: Closed | undefined;
  #closedHere = false;
  #ended: Closed | undefined;
  /** The handler knows of the end. */
  #told = false;
  #callOffDeadline: (() => void) | undefined;
  #resolveDone: () => void = () => {};
  readonly #done = new Promise<void>((resolve) => {
    this.#resolveDone = resolve;
  });

  constructor({ ws, socket, serializer, secure, settings }: Connection) {
    this.#ws = ws;
    this.#serializer = serializer;
    this.#settings = settings;
    this.#frameOptions = { binary: serializer.binary, compress: false, fin: true };
    this.#coalescer = new Coalescer(socket);
    this.#heartbeat = new Heartbeat({
      clock: settings.clock,
      interval: settings.pingInterval,
      timeout: settings.pingTimeout,
      ping: () => ws.ping(),
      received: () => socket.bytesRead,
      queued: () => ws.bufferedAmount,
      dead: () => this.#cut(`no answer to a ping within ${settings.pingTimeout} ms`),
    });
    const { name, subprotocol } = serializer;
    this.details = { wire: 'websocket', peer: addressOf(socket), serializer: name, protocol: subprotocol, secure };
    ws.onClosing = (refused) => this.#closing(refused);
    ws.on('message', (data, isBinary) => this.#receive(data, isBinary));
    // ws closes after its every error, and the close says what there is to say.
    ws.on('error', () => {});
    ws.on('close', (code, reason) => this.#end(code, reason.toString()));
    socket.once('end', () => this.#setDeadline());
    socket.once('error', (error) => {
      this.#lost ??= { clean: false, reason: `the connection was lost: ${error.message}`, error };
    });
    // Until there is somebody to take messages, they wait in the socket, which does not hold much.
    ws.pause();
  }

  get queuedBytes(): number {
    return this.#ws.bufferedAmount;
  }

  start(handler: TransportHandler): void {
    if (this.#handler !== undefined) {
      throw new ProtocolError('start: this transport has a handler; it takes one only', {
        side: 'local',
        executed: 'no',
      });
    }
    this.#handler = handler;
    if (this.#ended !== undefined || this.#early.length > 0) {
      queueMicrotask(() => this.#catchUp(handler));
    } else {
      this.#ws.resume();
      if (this.#ws.readyState === WebSocket.OPEN) this.#heartbeat.start();
    }
  }

  send(message: Message): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    const frame = frameOf(message, this.#serializer);
    const { maxMessageSize } = this.#settings;
    if (frame.length > maxMessageSize) {
      throw new PayloadExceededError(
        `${nameOf(message)} of ${frame.length} bytes: the limit is ${maxMessageSize} (maxMessageSize); send less at a time`,
      );
    }
    const large = frame.length >= LARGE_FRAME;
    if (!large) this.#coalescer.hold();
    this.#ws.send(frame, this.#frameOptions);
    if (large) this.#coalescer.release();
  }

  close(): Promise<void> {
    this.#hangUp(CloseCode.normal);
    return this.#done;
  }

  /** Closes a connection that nobody here wants to have. */
  turnAway(): void {
    this.#hangUp(CloseCode.internalError);
  }

  #hangUp(code: number): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    this.#closedHere = true;
    this.#ws.close(code, '');
    this.#coalescer.release();
    // Nobody will take messages any more, but the peer's close frame must be read.
    if (this.#handler === undefined) this.#ws.resume();
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.#failure !== undefined) return;
    const message = this.#read(data, isBinary);
    if (message === undefined) return;
    if (this.#handler !== undefined) this.#handler.message(message);
    else if (!this.#closedHere) this.#early.push(message);
  }

  /** The message in a frame, or undefined where the connection ends over it. */
  #read(data: RawData, isBinary: boolean): Message | undefined {
    const { name, subprotocol, binary } = this.#serializer;
    if (isBinary !== binary) {
      const [got, wanted] = isBinary ? ['binary', 'text'] : ['text', 'binary'];
      this.#refuse(new ProtocolError(`a ${got} frame came in; ${subprotocol} has ${wanted} frames`));
      return undefined;
    }
    try {
      // A Buffer: ws gives nothing else unless its binaryType is changed.
      return this.#serializer.decode(data as Buffer);
    } catch (cause) {
      const text = `${name}: the message cannot be read`;
      this.#refuse(cause instanceof ProtocolError ? cause : new ProtocolError(text, { cause }));
      return undefined;
    }
  }

  /** The peer sent what is no message: it is told so, and the connection ends. */
  #refuse(error: ProtocolError): void {
    this.#failure = error;
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    this.#sendAbort(error);
    this.#ws.close(CloseCode.protocolError, '');
    this.#coalescer.release();
  }

  #sendAbort(error: ProtocolError): void {
    this.#ws.send(
      frameOf(abortMessage(error.reason, { message: error.message }), this.#serializer),
      this.#frameOptions,
    );
  }

  #closing(refused: number | undefined): void {
    if (refused !== undefined && this.#failure === undefined) {
      this.#failure = refusedFrame(refused, this.#settings.maxMessageSize);
      this.#sendAbort(this.#failure);
    }
    this.#setDeadline();
  }

  /** From here the connection must end by itself, or is ended. */
  #setDeadline(): void {
    if (this.#callOffDeadline !== undefined || this.#ended !== undefined) return;
    this.#heartbeat.stop();
    const { clock, closeTimeout } = this.#settings;
    this.#callOffDeadline = clock.after(closeTimeout, () =>
      this.#cut(`no answer to the close within ${closeTimeout} ms`),
    );
  }

  #cut(reason: string): void {
    this.#lost ??= { clean: false, reason };
    this.#ws.terminate();
  }

  #end(code: number, reason: string): void {
    this.#heartbeat.stop();
    this.#callOffDeadline?.();
    this.#ended = this.#whyEnded(code, reason);
    // Also where the handler throws: who waits for the end has it.
    this.#resolveDone();
    if (this.#handler !== undefined) this.#catchUp(this.#handler);
  }

  #whyEnded(code: number, reason: string): Closed {
    if (this.#failure !== undefined) return { clean: false, reason: this.#failure.message, error: this.#failure };
    if (code === CloseCode.lost) return this.#lost ?? { clean: false, reason: 'the connection was lost' };
    return closedBy(this.#closedHere ? 'this side' : 'the peer', code, reason);
  }

  /** What came before there was a handler, and the end. */
  #catchUp(handler: TransportHandler): void {
    const early = this.#early;
    this.#early = [];
    for (const message of early) handler.message(message);
    if (this.#ended === undefined || this.#told) return;
    this.#told = true;
    handler.closed(this.#ended);
  }
}
