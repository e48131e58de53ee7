// Longer than 300 lines: one connection from its first frame to its last, whose parts all work on the same few fields.
import type { Socket } from 'node:net';
import {
  abortMessage,
  BinaryPayload,
  type Closed,
  frameOf,
  type Message,
  MessageType,
  nameOf,
  PayloadExceededError,
  ProtocolError,
  payloadIn,
  RawPayload,
  type Serializer,
  type Transport,
  type TransportDetails,
  type TransportHandler,
} from '@wamp-run/protocol';
import { WebSocket } from 'ws';
import { free } from '../freed-memory.js';
import type { ConnectionSettings } from '../settings.js';
import { Batcher } from './batcher.js';
import { CloseCode, closedBy, refusedFrame } from './closing.js';
import { CompressingWriter } from './compressing-writer.js';
import { FrameWriter } from './frame-writer.js';
import { WebSocketHeartbeat } from './heartbeat.js';
import { ownSocket, type SocketOwner } from './socket-owner.js';
import { type MessageTaker, SocketReader } from './socket-reader.js';
import type { WebSocketOwner, WireSocket } from './wire-socket.js';

/**
 * Payloads of at least so many bytes are passed on where they lie. What a socket has read lies in pieces of 64 KiB, and as
 * long as one is passed on, all of its piece is kept: at most twice what waits for a peer.
 */
const PIECES_FROM = 32 * 1024;

/** Whether a message has something that need not be copied into its frame. What is masked is copied at once. */
function isWorthPieces(message: Message, masked: boolean): boolean {
  const payload = payloadIn(message);
  // An event for many is encoded once for all of them.
  if (payload === undefined || (message.type === MessageType.EVENT && message.frames !== undefined)) return false;
  if (payload instanceof RawPayload) return payload.raw.length >= PIECES_FROM;
  if (!masked || payload instanceof BinaryPayload) return false;
  for (const value of payload.args) if (value instanceof Uint8Array && value.length >= PIECES_FROM) return true;
  return false;
}

/** An open WebSocket connection, as either side has it after the handshake. */
export interface Connection {
  readonly ws: WireSocket;
  /** The socket under it. */
  readonly socket: Socket;
  /** The one that was negotiated. */
  readonly serializer: Serializer;
  readonly details: TransportDetails;
  readonly settings: ConnectionSettings;
  /** Which end this is: a client masks what it sends. */
  readonly end: 'client' | 'server';
  /** Frames of at least so many bytes are compressed, where the handshake agreed on that; undefined for none. */
  readonly compressFrom: number | undefined;
}

/** One WebSocket connection that carries messages. */
export class WebSocketTransport implements Transport, WebSocketOwner, SocketOwner, MessageTaker {
  readonly details: TransportDetails;
  readonly #ws: WireSocket;
  readonly #socket: Socket;
  readonly #serializer: Serializer;
  readonly #settings: ConnectionSettings;
  readonly #compresses: boolean;
  readonly #writer: FrameWriter | CompressingWriter;
  /** The same, where messages may lie in pieces. */
  readonly #pieceWriter: FrameWriter | undefined;
  readonly #masked: boolean;
  /** Only where the serializer's frames come in batches. */
  readonly #batcher: Batcher | undefined;
  readonly #heartbeat: WebSocketHeartbeat;
  #handler: TransportHandler | undefined;
  /** Messages that came out of a socket which broke before `start`: what it had read already. */
  #early: Message[] | undefined;
  /** What the peer sent that is no message; from then on nothing is taken from it. */
  #failure: ProtocolError | undefined;
  /** Why there is no close frame from the peer, where that is known. */
  #lost: Closed | undefined;
  #closedHere = false;
  #ended: Closed | undefined;
  /** The handler knows of the end. */
  #told = false;
  #callOffDeadline: (() => void) | undefined;
  // Made when somebody waits for it.
  #done: Promise<void> | undefined;
  #resolveDone: (() => void) | undefined;

  constructor({ ws, socket, serializer, details, settings, end, compressFrom }: Connection) {
    this.details = details;
    this.#ws = ws;
    this.#socket = socket;
    this.#serializer = serializer;
    this.#settings = settings;
    this.#masked = end === 'client';
    const { binary, batch } = serializer;
    // The only extension that is ever agreed on.
    this.#compresses = ws.extensions !== '' && compressFrom !== undefined;
    if (compressFrom !== undefined && this.#compresses) {
      this.#writer = new CompressingWriter({ ws, socket, binary, compressFrom });
    } else {
      const writer = new FrameWriter(socket, { binary, masked: this.#masked });
      this.#writer = writer;
      if (batch === undefined && serializer.encodeInPieces !== undefined) this.#pieceWriter = writer;
    }
    if (batch !== undefined) {
      const write = (bytes: Uint8Array) => {
        this.#writer.write(bytes);
        // It has waited long enough.
        this.#writer.flush();
      };
      this.#batcher = new Batcher({
        batching: batch,
        maxSize: settings.maxMessageSize,
        write,
        atTurnEnd: setImmediate,
      });
    }
    this.#heartbeat = new WebSocketHeartbeat({ ws, socket, settings, writer: this.#writer, owner: this });
    if (this.#compresses) {
      // A Buffer: ws gives nothing else unless its binaryType is changed.
      ws.on('message', (data, isBinary) => this.take(data as Buffer, isBinary, false));
    } else {
      new SocketReader({ ws, socket, masked: end === 'server', limit: settings.maxMessageSize, to: this });
    }
    ws.tell(this);
    ownSocket(socket, this);
    // Until there is somebody to take messages, they wait in the socket, which does not hold much.
    ws.pause();
  }

  get queuedBytes(): number {
    return this.#ws.bufferedAmount + this.#writer.held + (this.#batcher?.bytes ?? 0);
  }

  start(handler: TransportHandler): void {
    if (this.#handler !== undefined) {
      throw new ProtocolError('start: this transport has a handler; it takes one only', {
        side: 'local',
        executed: 'no',
      });
    }
    this.#handler = handler;
    if (this.#ended !== undefined || this.#early !== undefined) {
      queueMicrotask(() => this.#catchUp(handler));
    } else {
      this.#flow();
    }
  }

  #flow(): void {
    this.#ws.resume();
    if (this.#ws.readyState === WebSocket.OPEN) this.#heartbeat.start();
  }

  send(message: Message): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    if (this.#pieceWriter !== undefined && isWorthPieces(message, this.#masked)) {
      this.#sendInPieces(message, this.#pieceWriter);
      return;
    }
    const frame = frameOf(message, this.#serializer);
    this.#checkSize(message, frame.length + (this.#serializer.batch?.overhead ?? 0));
    if (this.#batcher !== undefined) {
      this.#batcher.add(frame);
      return;
    }
    this.#writer.write(frame);
  }

  #sendInPieces(message: Message, writer: FrameWriter): void {
    const pieces = this.#serializer.encodeInPieces?.(message) ?? [this.#serializer.encode(message)];
    let size = 0;
    for (const piece of pieces) size += piece.length;
    this.#checkSize(message, size);
    const payload = payloadIn(message);
    writer.writePieces(pieces, size, payload instanceof RawPayload ? () => payload.done() : undefined);
  }

  #checkSize(message: Message, size: number): void {
    const { maxMessageSize } = this.#settings;
    if (size <= maxMessageSize) return;
    throw new PayloadExceededError(
      `${nameOf(message)} of ${size} bytes: the limit is ${maxMessageSize} (maxMessageSize); send less at a time`,
    );
  }

  close(): Promise<void> {
    this.#hangUp(CloseCode.normal);
    if (this.#ended !== undefined) return Promise.resolve();
    this.#done ??= new Promise((resolve) => {
      this.#resolveDone = resolve;
    });
    return this.#done;
  }

  /** Closes a connection that nobody here wants to have. */
  turnAway(): void {
    this.#hangUp(CloseCode.internalError);
  }

  #hangUp(code: number): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    this.#closedHere = true;
    this.#close(code);
    // Nobody will take messages any more, but the peer's close frame must be read.
    if (this.#handler === undefined) this.#ws.resume();
  }

  /** A message of the WebSocket has come. */
  take(bytes: Buffer, isBinary: boolean, alone: boolean): void {
    if (this.#failure !== undefined) return;
    const { subprotocol, binary, batch } = this.#serializer;
    if (isBinary !== binary) {
      const [got, wanted] = isBinary ? ['binary', 'text'] : ['text', 'binary'];
      this.#refuse(new ProtocolError(`a ${got} frame came in; ${subprotocol} has ${wanted} frames`));
      return;
    }
    if (batch === undefined) {
      this.#takeFrame(bytes, alone);
      return;
    }
    let frames: Uint8Array[];
    try {
      frames = batch.split(bytes);
    } catch (cause) {
      this.#refuseUnread(cause);
      return;
    }
    // Those before one that cannot be read have come, as they would have in frames of their own.
    for (const frame of frames) if (!this.#takeFrame(frame, false)) return;
  }

  /** Hands over the message in a frame. False where the connection ends over it. */
  #takeFrame(frame: Uint8Array, alone: boolean): boolean {
    let message: Message;
    try {
      message = this.#serializer.decode(frame);
    } catch (cause) {
      this.#refuseUnread(cause);
      return false;
    }
    if (alone && frame.length >= PIECES_FROM) {
      const payload = payloadIn(message);
      if (payload instanceof RawPayload) payload.givenBackBy(free);
    }
    if (this.#handler !== undefined) this.#handler.message(message);
    else if (!this.#closedHere) this.#keep(message);
    return true;
  }

  #keep(message: Message): void {
    this.#early ??= [];
    this.#early.push(message);
  }

  #refuseUnread(cause: unknown): void {
    const text = `${this.#serializer.name}: the message cannot be read`;
    this.#refuse(cause instanceof ProtocolError ? cause : new ProtocolError(text, { cause }));
  }

  /** The peer sent what is no message: it is told so, and the connection ends. */
  #refuse(error: ProtocolError): void {
    this.#failure = error;
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    this.#sendAbort(error);
    this.#close(CloseCode.protocolError);
  }

  /** The close frame, in one system call with what is held back before it. */
  #close(code: number): void {
    this.#socket.cork();
    this.#ws.close(code, '');
    this.#socket.uncork();
    this.#writer.flush();
  }

  #sendAbort(error: ProtocolError): void {
    const frame = frameOf(abortMessage(error.reason, { message: error.message }), this.#serializer);
    if (this.#batcher === undefined) this.#writer.write(frame);
    else this.#batcher.add(frame);
  }

  closes(refused: number | undefined): void {
    if (refused !== undefined && this.#failure === undefined) {
      const compressed = this.#compresses;
      this.#failure = refusedFrame(refused, { maxMessageSize: this.#settings.maxMessageSize, compressed });
      this.#sendAbort(this.#failure);
    }
    this.#batcher?.flush();
    // Before the close frame, which is ws's own.
    this.#writer.flush();
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

  socketEnded(): void {
    this.#setDeadline();
  }

  socketFailed(error: Error): void {
    this.#lost ??= { clean: false, reason: `the connection was lost: ${error.message}`, error };
  }

  /** There was no answer to a ping. */
  peerDied(): void {
    this.#cut(`no answer to a ping within ${this.#settings.pingTimeout} ms`);
  }

  #cut(reason: string): void {
    this.#lost ??= { clean: false, reason };
    this.#ws.terminate();
  }

  closed(code: number, reason: string): void {
    this.#heartbeat.stop();
    this.#callOffDeadline?.();
    this.#ended = this.#whyEnded(code, reason);
    // Also where the handler throws: who waits for the end has it.
    this.#resolveDone?.();
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
    this.#early = undefined;
    for (const message of early ?? []) handler.message(message);
    if (this.#ended === undefined) {
      this.#flow();
    } else if (!this.#told) {
      this.#told = true;
      handler.closed(this.#ended);
    }
  }
}
