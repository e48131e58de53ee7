import {
  abortMessage,
  type Closed,
  ERROR_URIS,
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
import type { ConnectionSettings } from '../settings.js';
import { Batcher } from './batcher.js';
import { type BrowserSocket, OPEN, silence } from './browser-socket.js';
import { CloseCode, closedBy } from './closing.js';
import type { Target } from './target.js';

/** An open WebSocket of a browser's. */
export interface BrowserConnection {
  readonly socket: BrowserSocket;
  /** The one that was negotiated. */
  readonly serializer: Serializer;
  readonly target: Target;
  readonly settings: ConnectionSettings;
}

/** A page may close with 1000 or a code from 3000 on: these, 3000 above those that another peer would send. */
const PAGE_CODES = 3000;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** One WebSocket of a browser's that carries messages. It can neither be paused nor cut, nor does it ping. */
export class BrowserTransport implements Transport {
  readonly details: TransportDetails;
  readonly #socket: BrowserSocket;
  readonly #serializer: Serializer;
  readonly #settings: ConnectionSettings;
  /** Only where the serializer's frames come in batches. */
  readonly #batcher: Batcher | undefined;
  #handler: TransportHandler | undefined;
  /** Messages that came before `start`. */
  #early: Message[] = [];
  /** What the peer sent that is no message; from then on nothing is taken from it. */
  #failure: ProtocolError | undefined;
  #closedHere = false;
  #ended: Closed | undefined;
  /** The handler knows of the end. */
  #told = false;
  #callOffDeadline: (() => void) | undefined;
  #resolveDone: () => void = () => {};
  readonly #done = new Promise<void>((resolve) => {
    this.#resolveDone = resolve;
  });

  constructor({ socket, serializer, target, settings }: BrowserConnection) {
    this.#socket = socket;
    this.#serializer = serializer;
    this.#settings = settings;
    const { name, subprotocol } = serializer;
    const { url, secure } = target;
    this.details = { wire: 'websocket', peer: url.host, serializer: name, protocol: subprotocol, secure };
    const { batch } = serializer;
    if (batch !== undefined) {
      const write = (bytes: Uint8Array) => this.#write(bytes);
      // A browser has nothing that comes sooner after the turn than its microtasks.
      const atTurnEnd = (run: () => void) => queueMicrotask(run);
      this.#batcher = new Batcher({ batching: batch, maxSize: settings.maxMessageSize, write, atTurnEnd });
    }
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code, reason }) => this.#end(this.#whyEnded(code, reason));
  }

  get queuedBytes(): number {
    // What a closed socket had queued stays on its count for ever.
    return this.#ended === undefined ? this.#socket.bufferedAmount + (this.#batcher?.bytes ?? 0) : 0;
  }

  start(handler: TransportHandler): void {
    if (this.#handler !== undefined) {
      throw new ProtocolError('start: this transport has a handler; it takes one only', {
        side: 'local',
        executed: 'no',
      });
    }
    this.#handler = handler;
    if (this.#ended !== undefined || this.#early.length > 0) queueMicrotask(() => this.#catchUp(handler));
  }

  send(message: Message): void {
    if (this.#socket.readyState !== OPEN) return;
    const frame = frameOf(message, this.#serializer);
    const { maxMessageSize } = this.#settings;
    const size = frame.length + (this.#serializer.batch?.overhead ?? 0);
    if (size > maxMessageSize) {
      throw new PayloadExceededError(
        `${nameOf(message)} of ${size} bytes: the limit is ${maxMessageSize} (maxMessageSize); send less at a time`,
      );
    }
    this.#put(frame);
  }

  close(): Promise<void> {
    if (this.#socket.readyState === OPEN) {
      this.#closedHere = true;
      this.#hangUp(CloseCode.normal);
    }
    return this.#done;
  }

  #put(frame: Uint8Array): void {
    if (this.#batcher === undefined) this.#write(frame);
    else this.#batcher.add(frame);
  }

  /** A frame of the wire: one message, or a batch of them. */
  #write(frame: Uint8Array): void {
    this.#socket.send(this.#serializer.binary ? frame : decoder.decode(frame));
  }

  #hangUp(code: number): void {
    this.#batcher?.flush();
    this.#socket.close(code);
    const { clock, closeTimeout } = this.#settings;
    this.#callOffDeadline ??= clock.after(closeTimeout, () =>
      this.#end(this.#failed() ?? { clean: false, reason: `no answer to the close within ${closeTimeout} ms` }),
    );
  }

  #receive(data: unknown): void {
    if (this.#failure !== undefined) return;
    const frame = this.#frameIn(data);
    if (frame === undefined) return;
    // Those before one that cannot be read have come, as they would have in frames of their own.
    for (const each of this.#split(frame)) if (!this.#take(each)) return;
  }

  #split(frame: Uint8Array): readonly Uint8Array[] {
    const { batch } = this.#serializer;
    if (batch === undefined) return [frame];
    try {
      return batch.split(frame);
    } catch (cause) {
      this.#refuseUnread(cause);
      return [];
    }
  }

  /** Hands over the message in a frame. False where the connection ends over it. */
  #take(frame: Uint8Array): boolean {
    let message: Message;
    try {
      message = this.#serializer.decode(frame);
    } catch (cause) {
      this.#refuseUnread(cause);
      return false;
    }
    if (this.#handler !== undefined && this.#early.length === 0) this.#handler.message(message);
    else if (!this.#closedHere) this.#early.push(message);
    return true;
  }

  #refuseUnread(cause: unknown): void {
    const text = `${this.#serializer.name}: the message cannot be read`;
    this.#refuse(cause instanceof ProtocolError ? cause : new ProtocolError(text, { cause }));
  }

  /** The bytes of a frame of the wire, or undefined where the connection ends over it. */
  #frameIn(data: unknown): Uint8Array | undefined {
    const { subprotocol, binary } = this.#serializer;
    const { maxMessageSize } = this.#settings;
    const isBinary = typeof data !== 'string';
    if (isBinary !== binary) {
      const [got, wanted] = isBinary ? ['binary', 'text'] : ['text', 'binary'];
      this.#refuse(new ProtocolError(`a ${got} frame came in; ${subprotocol} has ${wanted} frames`));
      return undefined;
    }
    // A text of more characters than that has at least as many bytes.
    const frame = isBinary ? new Uint8Array(data as ArrayBuffer) : encoder.encode(data.slice(0, maxMessageSize + 1));
    if (frame.length <= maxMessageSize) return frame;
    const text = `a message of more than ${maxMessageSize} bytes came in, which is the limit here`;
    this.#refuse(new ProtocolError(text, { reason: ERROR_URIS.payloadSizeExceeded }), CloseCode.tooLarge);
    return undefined;
  }

  /** The peer sent what is no message: it is told so, and the connection ends. */
  #refuse(error: ProtocolError, code: number = CloseCode.protocolError): void {
    this.#failure = error;
    if (this.#socket.readyState !== OPEN) return;
    this.#put(frameOf(abortMessage(error.reason, { message: error.message }), this.#serializer));
    this.#hangUp(PAGE_CODES + code);
  }

  #failed(): Closed | undefined {
    const error = this.#failure;
    return error === undefined ? undefined : { clean: false, reason: error.message, error };
  }

  #whyEnded(code: number, reason: string): Closed {
    const failed = this.#failed();
    if (failed !== undefined) return failed;
    if (code === CloseCode.lost) return { clean: false, reason: 'the connection was lost' };
    return closedBy(this.#closedHere ? 'this side' : 'the peer', code, reason);
  }

  #end(why: Closed): void {
    silence(this.#socket);
    this.#callOffDeadline?.();
    this.#ended = why;
    // Also where the handler throws: who waits for the end has it.
    this.#resolveDone();
    if (this.#handler !== undefined) this.#catchUp(this.#handler);
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
