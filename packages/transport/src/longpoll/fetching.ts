import type { ServerResponse } from 'node:http';
import { answer, answerNothing, type Exchange, refuse } from './answers.js';
import type { LongPollServerSettings } from './listener-settings.js';
import type { Outbox } from './outbox.js';
import { Status } from './status.js';

/** What requests for messages have to do with. */
export interface FetchingOptions {
  readonly settings: LongPollServerSettings;
  readonly outbox: Outbox;
  readonly contentType: string;
  /** The client is gone, or has lost messages on the way. */
  lost(reason: string): void;
  /** Everything has been fetched, and the client waits to hear of the end. */
  over(): void;
}

/** The requests for messages of one transport, of which one waits at most, and the time without any. */
export class Fetching {
  readonly #options: FetchingOptions;
  #parked: Exchange | undefined;
  #callOffParked: (() => void) | undefined;
  /** Runs while no request for messages is there. */
  #callOffIdle: (() => void) | undefined;
  #scheduled = false;
  /** Nothing more is put into the outbox. */
  #finishing = false;
  /** The client cannot come back once its connection is gone: nobody listens any more. */
  #lastConnections = false;
  #stopped = false;

  constructor(options: FetchingOptions) {
    this.#options = options;
    this.#idle();
  }

  /** A request for messages. */
  receive(exchange: Exchange): void {
    const { request, response } = exchange;
    if (this.#parked !== undefined) {
      refuse(request, response, Status.conflict, 'a request for messages is waiting already; one at a time');
      return;
    }
    this.#callOffIdle?.();
    this.#parked = exchange;
    response.once('close', () => this.#parkedGone(response));
    if (this.#options.outbox.empty && !this.#finishing) {
      const { clock, receiveTimeout } = this.#options.settings;
      this.#callOffParked = clock.after(receiveTimeout, this.#answerEmpty);
    } else {
      this.#answer();
    }
  }

  /** There is something in the outbox: all of one turn of the event loop goes together. */
  soon(): void {
    if (this.#parked === undefined || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#turnEnded);
  }

  /** What is in the outbox is still fetched; then the client is told of the end. */
  finish(): void {
    this.#finishing = true;
    this.#answer();
  }

  /** From now on there are no new connections, so that a client which loses the one it waits on is gone. */
  lastConnections(): void {
    this.#lastConnections = true;
  }

  /** Nothing is answered any more. What it returns still waits. */
  stop(): Exchange | undefined {
    this.#stopped = true;
    this.#callOffIdle?.();
    this.#callOffParked?.();
    const parked = this.#parked;
    this.#parked = undefined;
    return parked;
  }

  readonly #turnEnded = (): void => {
    this.#scheduled = false;
    this.#answer();
  };

  #answer(): void {
    const { outbox, contentType, lost, over } = this.#options;
    const parked = this.#parked;
    if (parked === undefined) return;
    if (outbox.empty) {
      if (this.#finishing) over();
      return;
    }
    const { response } = parked;
    this.#unpark();
    // A connection that breaks now takes the messages with it, and nobody can tell which.
    response.once('close', () => {
      if (!response.writableFinished) lost('the connection was lost with messages on it');
    });
    answer(response, contentType, outbox.take());
  }

  readonly #answerEmpty = (): void => {
    const parked = this.#parked;
    if (parked === undefined) return;
    this.#unpark();
    answerNothing(parked.response, Status.noContent);
  };

  /** The connection of a request that waits is gone; mostly the client is still there, and asks again. */
  #parkedGone(response: ServerResponse): void {
    if (this.#parked?.response !== response) return;
    this.#unpark();
    if (this.#lastConnections) this.#options.lost('the client is gone');
  }

  #unpark(): void {
    this.#parked = undefined;
    this.#callOffParked?.();
    this.#callOffParked = undefined;
    this.#idle();
  }

  /** A client that asks for nothing for a long time is gone. */
  #idle(): void {
    if (this.#stopped) return;
    const { settings, lost } = this.#options;
    const { clock, idleTimeout } = settings;
    this.#callOffIdle?.();
    this.#callOffIdle = clock.after(idleTimeout, () =>
      lost(`the client has not asked for messages for ${idleTimeout} ms`),
    );
  }
}
