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
import { FrameType } from './frame.js';
import { FrameReader } from './frame-reader.js';
import { FrameWriter } from './frame-writer.js';
import { RawSocketHeartbeat } from './heartbeat.js';
import type { RawSocketSettings } from './settings.js';
import { StallWatch } from './stall-watch.js';

/** A connection after the handshake, as either side has it. It is paused, and nobody listens to it. */
export interface Connection {
  readonly socket: Socket;
  /** The one that was negotiated. */
  readonly serializer: Serializer;
  /** The largest message in bytes that the peer takes. */
  readonly peerLimit: number;
  readonly details: TransportDetails;
  readonly settings: RawSocketSettings;
}

/** So many octets of answers to pings may wait in any case: what came in at once is answered before any of it has left. */
const PONGS_TOLERATED = 2 ** 20;

/** One RawSocket connection that carries messages. */
export class RawSocketTransport implements Transport {
  readonly details: TransportDetails;
  readonly #socket: Socket;
  readonly #serializer: Serializer;
  readonly #settings: RawSocketSettings;
  readonly #peerLimit: number;
  readonly #reader: FrameReader;
  readonly #writer: FrameWriter;
  readonly #heartbeat: RawSocketHeartbeat;
  readonly #stallWatch: StallWatch;
  #handler: TransportHandler | undefined;
  /** Nothing is sent any more: one of the sides has closed, or the peer sent what is no message. */
  #closing = false;
  #closedHere = false;
  /** The peer has said that nothing comes any more, and that was between two frames. */
  #closedByPeer = false;
  /** What the peer sent that is no message; from then on nothing is taken from it. */
  #failure: ProtocolError | undefined;
  /** Why the connection broke, where that is known. */
  #lost: Closed | undefined;
  #ended: Closed | undefined;
  #callOffDeadline: (() => void) | undefined;
  #resolveDone: () => void = () => {};
  readonly #done = new Promise<void>((resolve) => {
    this.#resolveDone = resolve;
  });

  constructor({ socket, serializer, peerLimit, details, settings }: Connection) {
    const { clock, maxMessageSize, stallTimeout } = settings;
    this.details = details;
    this.#socket = socket;
    this.#serializer = serializer;
    this.#settings = settings;
    this.#peerLimit = peerLimit;
    this.#writer = new FrameWriter(socket);
    this.#reader = new FrameReader(maxMessageSize, {
      frame: (type, payload) => this.#receive(type, payload),
      broken: (error) => this.#refuse(error),
    });
    this.#heartbeat = new RawSocketHeartbeat({ socket, settings, writer: this.#writer, owner: this });
    this.#stallWatch = new StallWatch({
      clock,
      timeout: stallTimeout,
      received: () => socket.bytesRead,
      unfinished: () => this.#reader.midFrame,
      stalled: () => this.#cut(`half a message came in, and then nothing for ${stallTimeout} ms`),
    });
    socket.once('end', () => this.#peerEnded());
    socket.on('error', (error) => {
      // Who has ended in good order may well reset what is still sent to it.
      if (this.#closedByPeer) return;
      this.#lost ??= { clean: false, reason: `the connection was lost: ${error.message}`, error };
    });
    socket.once('close', () => this.#end());
  }

  get queuedBytes(): number {
    return this.#writer.queued;
  }

  start(handler: TransportHandler): void {
    if (this.#handler !== undefined) {
      throw new ProtocolError('start: this transport has a handler; it takes one only', {
        side: 'local',
        executed: 'no',
      });
    }
    this.#handler = handler;
    const ended = this.#ended;
    if (ended !== undefined) {
      queueMicrotask(() => handler.closed(ended));
      return;
    }
    // Where it was closed before, the socket flows already, and what comes is forgotten.
    if (this.#closing) return;
    this.#flow();
    this.#heartbeat.start();
  }

  send(message: Message): void {
    if (this.#closing) return;
    const frame = frameOf(message, this.#serializer);
    const { length } = frame;
    if (length > this.#peerLimit || length > this.#settings.maxMessageSize) throw this.#tooLarge(message, length);
    this.#writer.write(FrameType.message, frame);
  }

  close(): Promise<void> {
    if (!this.#closing) {
      this.#closedHere = true;
      this.#hangUp();
      // Nobody will take messages any more, but the peer's end must be seen.
      if (this.#handler === undefined) this.#discard();
    }
    return this.#done;
  }

  #tooLarge(message: Message, length: number): PayloadExceededError {
    const { maxMessageSize } = this.#settings;
    const [limit, whose] =
      this.#peerLimit < maxMessageSize ? [this.#peerLimit, 'what the peer takes'] : [maxMessageSize, 'maxMessageSize'];
    return new PayloadExceededError(
      `${nameOf(message)} of ${length} bytes: the limit is ${limit} (${whose}); send less at a time`,
    );
  }

  #flow(): void {
    this.#socket.on('data', (chunk: Buffer) => {
      this.#reader.feed(chunk);
      if (this.#reader.midFrame) this.#stallWatch.begin();
    });
    this.#socket.resume();
  }

  #discard(): void {
    this.#reader.stop();
    this.#socket.resume();
  }

  #receive(type: FrameType, payload: Buffer): void {
    switch (type) {
      case FrameType.message:
        this.#deliver(payload);
        break;
      case FrameType.ping:
        this.#pong(payload);
        break;
      case FrameType.pong:
        // Any byte is a sign of life; a pong that nobody asked for is no more than that.
        break;
    }
  }

  #deliver(payload: Buffer): void {
    let message: Message;
    try {
      message = this.#serializer.decode(payload);
    } catch (cause) {
      const text = `${this.#serializer.name}: the message cannot be read`;
      this.#refuse(cause instanceof ProtocolError ? cause : new ProtocolError(text, { cause }));
      return;
    }
    this.#handler?.message(message);
  }

  #pong(payload: Buffer): void {
    if (this.#closing) return;
    const waiting = this.#writer.queuedPongs;
    if (waiting > 0 && waiting + payload.length > Math.max(this.#settings.maxMessageSize, PONGS_TOLERATED)) {
      this.#refuse(new ProtocolError('pings came in faster than their answers were taken'));
    } else if (payload.length > this.#peerLimit) {
      this.#refuse(new ProtocolError('a ping came in whose answer is longer than the peer takes'));
    } else {
      this.#writer.write(FrameType.pong, payload);
    }
  }

  /** The peer sent what is no message: it is told so, and the connection ends. */
  #refuse(error: ProtocolError): void {
    this.#failure ??= error;
    this.#reader.stop();
    if (this.#closing) return;
    const abort = frameOf(abortMessage(error.reason, { message: error.message }), this.#serializer);
    if (abort.length <= this.#peerLimit) this.#writer.write(FrameType.message, abort);
    this.#hangUp();
  }

  /** What is queued leaves, and behind it the end of this side. */
  #hangUp(): void {
    this.#closing = true;
    this.#writer.end();
    this.#setDeadline();
  }

  #peerEnded(): void {
    if (this.#reader.midFrame) {
      this.#lost ??= { clean: false, reason: 'the connection was lost in the middle of a message' };
    }
    this.#closedByPeer = true;
    if (this.#closing) return;
    this.#closing = true;
    // Who has ended reads no more.
    this.#writer.drop();
    this.#socket.end();
    this.#setDeadline();
  }

  /** From here the connection must end by itself, or is ended. */
  #setDeadline(): void {
    this.#heartbeat.stop();
    this.#stallWatch.stop();
    const { clock, closeTimeout } = this.#settings;
    this.#callOffDeadline = clock.after(closeTimeout, () =>
      this.#cut(`no answer to the close within ${closeTimeout} ms`),
    );
  }

  /** There was no answer to a ping. */
  peerDied(): void {
    this.#cut(`no answer to a ping within ${this.#settings.pingTimeout} ms`);
  }

  #cut(reason: string): void {
    this.#lost ??= { clean: false, reason };
    this.#socket.destroy();
  }

  #end(): void {
    this.#closing = true;
    this.#heartbeat.stop();
    this.#stallWatch.stop();
    this.#callOffDeadline?.();
    this.#reader.stop();
    this.#writer.drop();
    const ended = this.#whyEnded();
    this.#ended = ended;
    // Also where the handler throws: who waits for the end has it.
    this.#resolveDone();
    this.#handler?.closed(ended);
  }

  #whyEnded(): Closed {
    if (this.#failure !== undefined) return { clean: false, reason: this.#failure.message, error: this.#failure };
    if (this.#lost !== undefined) return this.#lost;
    if (this.#closedByPeer) return { clean: true, reason: `closed by ${this.#closedHere ? 'this side' : 'the peer'}` };
    return { clean: false, reason: 'the connection was lost' };
  }
}
