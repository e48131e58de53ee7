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
import { answerNothing, type Exchange, refuse } from './answers.js';
import { contentTypeOf } from './content-type.js';
import { Delivery } from './delivery.js';
import { Fetching } from './fetching.js';
import { type Incoming, readMessages, tooLarge } from './incoming.js';
import type { LongPollServerSettings } from './listener-settings.js';
import { Outbox } from './outbox.js';
import { type BodyRefused, discardRest } from './request-body.js';
import { Status } from './status.js';
import { MOST_TURNS, type Turn, Turns } from './turns.js';

/** What the server's end of a long-poll is made of. */
export interface Polled {
  readonly serializer: Serializer;
  readonly details: TransportDetails;
  readonly settings: LongPollServerSettings;
  /** Called once, at the end: no request belongs to it any more. */
  readonly ended: () => void;
}

/** The server's end of a long-poll: the requests that belong to one id make one transport. */
export class PolledTransport implements Transport {
  readonly details: TransportDetails;
  readonly #serializer: Serializer;
  readonly #settings: LongPollServerSettings;
  readonly #ended: () => void;
  readonly #delivery = new Delivery();
  readonly #outbox: Outbox;
  readonly #incoming: Incoming;
  readonly #fetching: Fetching;
  readonly #turns: Turns;
  #closing = false;
  #callOffDeadline: (() => void) | undefined;
  /** What the peer sent that is no message; from then on nothing is taken from it. */
  #failure: ProtocolError | undefined;

  constructor({ serializer, details, settings, ended }: Polled) {
    this.details = details;
    this.#serializer = serializer;
    this.#settings = settings;
    this.#ended = ended;
    this.#outbox = new Outbox(serializer, settings.maxMessageSize);
    this.#incoming = { serializer, take: (message) => this.#take(message) };
    this.#fetching = new Fetching({
      settings,
      outbox: this.#outbox,
      contentType: contentTypeOf(serializer),
      lost: (reason) => this.lose(reason),
      over: () => this.#end({ clean: true, reason: 'closed by this side' }),
    });
    this.#turns = new Turns({
      settings,
      take: (turn, body) => this.#turnComes(turn, body),
      failed: (turn, refused) => this.#bodyFails(turn, refused),
    });
  }

  get queuedBytes(): number {
    return this.#outbox.bytes;
  }

  start(handler: TransportHandler): void {
    this.#delivery.start(handler);
    if (!this.#delivery.ended) this.#turns.open();
  }

  send(message: Message): void {
    if (this.#closing || this.#delivery.ended) return;
    const frame = frameOf(message, this.#serializer);
    this.#outbox.check(frame, nameOf(message));
    this.#outbox.add(frame);
    const { maxQueuedBytes } = this.#settings;
    if (this.#outbox.bytes <= maxQueuedBytes) this.#fetching.soon();
    else this.lose(`the client does not fetch its messages: more than ${maxQueuedBytes} bytes wait (maxQueuedBytes)`);
  }

  close(): Promise<void> {
    this.#hangUp();
    return this.#delivery.done;
  }

  /** The end without a word: the client is gone, or a message was lost on the way. */
  lose(reason: string): void {
    this.#end({ clean: false, reason });
  }

  /** From now on there are no new connections, so that a client which loses the one it waits on is gone. */
  lastConnections(): void {
    this.#fetching.lastConnections();
  }

  /** A request for messages. */
  receive(exchange: Exchange): void {
    this.#fetching.receive(exchange);
  }

  /** A request with messages, or to close: its turn comes when those before it are done. */
  take(turn: Turn): void {
    if (this.#turns.add(turn)) return;
    const text = `more than ${MOST_TURNS} requests to send came at once`;
    refuse(turn.request, turn.response, Status.tooManyRequests, text);
    this.lose(text);
  }

  #turnComes({ request, response, kind }: Turn, body: Buffer): void {
    if (this.#failure !== undefined) {
      refuse(request, response, Status.badRequest, this.#failure.message);
    } else if (kind === 'close') {
      answerNothing(response, this.#settings.acceptedStatus);
      this.#end({ clean: true, reason: 'closed by the peer' });
    } else {
      const error = readMessages(body, this.#incoming);
      if (error === undefined) answerNothing(response, this.#settings.acceptedStatus);
      else refuse(request, response, Status.badRequest, error.message);
      if (error !== undefined) this.#refuse(error);
    }
  }

  /** Of a message that did not come whole nobody knows what it was, and what follows it would be out of order. */
  #bodyFails({ request, response }: Turn, { status, message }: BodyRefused): void {
    const { clock, bodyTimeout, maxMessageSize } = this.#settings;
    const oversize = status === Status.contentTooLarge;
    // One that is still writing would not hear the answer if it were cut off.
    if (oversize) discardRest(request, clock, bodyTimeout);
    refuse(request, response, status, message, oversize ? 'discard' : 'cut');
    if (oversize) this.#refuse(tooLarge(maxMessageSize));
    else this.lose(`a message did not arrive: ${message}`);
  }

  #take(message: Message): boolean {
    this.#delivery.message(message);
    return !this.#delivery.ended;
  }

  /** The peer sent what is no message: it is told so, and the transport ends. */
  #refuse(error: ProtocolError): void {
    if (this.#failure !== undefined || this.#delivery.ended) return;
    this.#failure = error;
    if (!this.#closing) {
      this.#outbox.add(frameOf(abortMessage(error.reason, { message: error.message }), this.#serializer));
    }
    this.#hangUp();
  }

  /** What is queued is still fetched; then the client is told that it is over. */
  #hangUp(): void {
    if (this.#closing || this.#delivery.ended) return;
    this.#closing = true;
    const { clock, closeTimeout } = this.#settings;
    this.#callOffDeadline = clock.after(closeTimeout, () =>
      this.lose(`the client did not fetch the end within ${closeTimeout} ms`),
    );
    this.#fetching.finish();
  }

  #end(why: Closed): void {
    if (this.#delivery.ended) return;
    const failure = this.#failure;
    this.#callOffDeadline?.();
    this.#outbox.clear();
    this.#delivery.end(failure === undefined ? why : { clean: false, reason: failure.message, error: failure });
    const status = why.clean && failure === undefined ? Status.gone : Status.badRequest;
    const parked = this.#fetching.stop();
    for (const { request, response } of [...(parked === undefined ? [] : [parked]), ...this.#turns.stop()]) {
      refuse(request, response, status, failure?.message ?? why.reason);
    }
    this.#ended();
  }
}
