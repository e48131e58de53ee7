import {
  abortMessage,
  type Closed,
  frameOf,
  type Message,
  nameOf,
  ProtocolError,
  type Serializer,
  type Transport,
  type TransportDetails,
  type TransportHandler,
} from '@wamp-run/protocol';
import { connectFailure } from '../connect-failure.js';
import { contentTypeOf } from './content-type.js';
import { Delivery } from './delivery.js';
import { type Incoming, readMessages, tooLarge } from './incoming.js';
import { Outbox } from './outbox.js';
import { type Answer, firstLineOf, OversizeAnswer, type Requests } from './requests.js';
import type { LongPollConnectionSettings } from './settings.js';
import { isDone, Status } from './status.js';

/** What the client's end knows of the transport that the server has opened. */
export interface Polling {
  readonly requests: Requests;
  /** The id that the server gave. */
  readonly id: string;
  readonly serializer: Serializer;
  readonly details: TransportDetails;
  readonly settings: LongPollConnectionSettings & { readonly sendTimeout: number; readonly receiveTimeout: number };
}

/** An answer to anything but a request for messages is not read further than this. */
const ANSWER_LIMIT = 64 * 1024;

/**
 * The client's end of a long-poll: one request that waits for messages, always, and one that sends them, whenever there
 * are some. A request that fails may have lost messages, and so ends the transport.
 */
export class PollingTransport implements Transport {
  readonly details: TransportDetails;
  readonly #requests: Requests;
  readonly #path: string;
  readonly #serializer: Serializer;
  readonly #settings: Polling['settings'];
  readonly #delivery = new Delivery();
  readonly #outbox: Outbox;
  readonly #incoming: Incoming;
  /** Bytes of a request that the machine has not taken yet. */
  #handingOver = 0;
  /** A request is on its way, or will be at the end of the turn. */
  #sending = false;
  #closing = false;
  /** What the peer sent that is no message; from then on nothing is taken from it. */
  #failure: ProtocolError | undefined;
  #callOffDeadline: (() => void) | undefined;

  constructor({ requests, id, serializer, details, settings }: Polling) {
    this.details = details;
    this.#requests = requests;
    this.#path = `/${encodeURIComponent(id)}`;
    this.#serializer = serializer;
    this.#settings = settings;
    this.#outbox = new Outbox(serializer, settings.maxMessageSize);
    this.#incoming = { serializer, take: (message) => this.#take(message) };
  }

  get queuedBytes(): number {
    return this.#outbox.bytes + this.#handingOver;
  }

  start(handler: TransportHandler): void {
    this.#delivery.start(handler);
    if (!this.#delivery.ended) void this.#receive();
  }

  send(message: Message): void {
    if (this.#closing || this.#delivery.ended) return;
    const frame = frameOf(message, this.#serializer);
    this.#outbox.check(frame, nameOf(message));
    this.#outbox.add(frame);
    this.#sendSoon();
  }

  close(): Promise<void> {
    this.#hangUp();
    return this.#delivery.done;
  }

  #hangUp(): void {
    if (this.#closing || this.#delivery.ended) return;
    this.#closing = true;
    const { clock, closeTimeout } = this.#settings;
    this.#callOffDeadline = clock.after(closeTimeout, () =>
      this.#end({ clean: false, reason: `no answer to the close within ${closeTimeout} ms` }),
    );
    this.#sendSoon();
  }

  /** What gathers until the end of the turn goes together. */
  #sendSoon(): void {
    if (this.#sending) return;
    this.#sending = true;
    setImmediate(() => void this.#sendAll());
  }

  async #sendAll(): Promise<void> {
    while (!this.#delivery.ended && !this.#outbox.empty) {
      const body = this.#outbox.take();
      this.#handingOver = body.length;
      const answer = await this.#post('/send', body);
      if (answer === undefined) return;
      if (isDone(answer.status)) continue;
      // Where the transport is over, the request for messages hears how it ended.
      if (isOver(answer) && this.#delivery.started) return;
      this.#refused('a message was not taken', answer);
      return;
    }
    this.#sending = false;
    if (this.#closing && !this.#delivery.ended) await this.#sayClose();
  }

  async #sayClose(): Promise<void> {
    this.#sending = true;
    const answer = await this.#post('/close');
    if (answer === undefined) return;
    // It was closed at the other end as well.
    if (isDone(answer.status) || isOver(answer)) this.#end({ clean: true, reason: 'closed by this side' });
    else this.#refused('the close was not taken', answer);
  }

  async #receive(): Promise<void> {
    while (!this.#delivery.ended) {
      const answer = await this.#post('/receive');
      if (answer === undefined || this.#delivery.ended) return;
      if (!isDone(answer.status)) {
        this.#ended(answer);
        return;
      }
      // A server that had nothing to say for a time answers with nothing.
      if (answer.body.length === 0 || this.#failure !== undefined) continue;
      const error = readMessages(answer.body, this.#incoming);
      if (error !== undefined) this.#refuse(error);
    }
  }

  /** The request for messages was refused: that is how a server tells that the transport is over. */
  #ended(answer: Answer): void {
    if (answer.status !== Status.gone) this.#refused('no messages are to be had any more', answer);
    else this.#end({ clean: true, reason: this.#closing ? 'closed by this side' : 'closed by the peer' });
  }

  #take(message: Message): boolean {
    this.#delivery.message(message);
    return !this.#delivery.ended;
  }

  /** An answer, or undefined where there is none: then the transport is at its end. */
  async #post(path: '/send' | '/receive' | '/close', body?: Uint8Array): Promise<Answer | undefined> {
    const { sendTimeout, receiveTimeout, maxMessageSize } = this.#settings;
    const receiving = path === '/receive';
    try {
      return await this.#requests.post({
        path: `${this.#path}${path}`,
        ...(body === undefined ? {} : { body, type: contentTypeOf(this.#serializer) }),
        timeout: receiving ? receiveTimeout : sendTimeout,
        bodyLimit: receiving ? maxMessageSize : ANSWER_LIMIT,
        ...(path === '/send' ? { handedOver: this.#handedOver } : {}),
      });
    } catch (cause) {
      if (this.#delivery.ended) return undefined;
      if (receiving && cause instanceof OversizeAnswer) this.#refuse(tooLarge(maxMessageSize));
      else this.#lose(cause as Error);
      return undefined;
    }
  }

  readonly #handedOver = (): void => {
    this.#handingOver = 0;
  };

  /** The peer sent what is no message: it is told so, and the transport ends. */
  #refuse(error: ProtocolError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    if (this.#closing) return;
    this.#outbox.add(frameOf(abortMessage(error.reason, { message: error.message }), this.#serializer));
    this.#hangUp();
  }

  #refused(what: string, answer: Answer): void {
    this.#end({ clean: false, reason: `${what}: the server answered ${answer.statusText}${firstLineOf(answer)}` });
  }

  #lose(error: Error): void {
    this.#end({ clean: false, reason: `the connection was lost: ${connectFailure(error)}`, error });
  }

  #end(why: Closed): void {
    if (this.#delivery.ended) return;
    const failure = this.#failure;
    this.#callOffDeadline?.();
    this.#outbox.clear();
    this.#handingOver = 0;
    this.#delivery.end(failure === undefined ? why : { clean: false, reason: failure.message, error: failure });
    this.#requests.destroy();
  }
}

/** What a server answers to a request that is about a transport which it no longer has. */
function isOver({ status }: Answer): boolean {
  return status === Status.gone || status === Status.notFound;
}
