import { ApplicationError, Canceled, type Dict, InvalidConfiguration, type Stop, type Value } from '@wamp-run/protocol';
import { Channel } from './channel.js';
import type { EventDetails } from './event-details.js';
import type { SubscribeOptions } from './options.js';
import type { EventHandler, Subscription } from './subscription.js';

/** Events that wait for a slow reader, before the oldest are dropped. */
const BUFFER = 1024;

/** An event, as `session.events` gives it. */
export interface WampEvent {
  readonly args: Value[];
  readonly kwargs: Dict;
  readonly details: EventDetails;
  /** How many events were dropped between the one before and this one, because they were not read in time. */
  readonly lost: number;
}

/** How to iterate over a topic's events. */
export interface EventsOptions extends Omit<SubscribeOptions, 'onEnd'> {
  /** Ends the iteration with Canceled when it aborts. */
  signal?: Stop | undefined;
  /**
   * How many events wait for a reader that is slower than they come. Beyond that the oldest are dropped, and the next
   * one says how many in `lost`. Default: 1024.
   */
  buffer?: number | undefined;
}

/** What an iteration needs of a session. */
export interface EventSource {
  subscribe(topic: string, handler: EventHandler, options: SubscribeOptions): Promise<Subscription>;
}

/** A topic's events. Every iteration has a subscription of its own. */
export class EventStream implements AsyncIterable<WampEvent> {
  readonly #source: EventSource;
  readonly #topic: string;
  readonly #options: EventsOptions;

  constructor(source: EventSource, topic: string, options: EventsOptions) {
    const { buffer } = options;
    if (buffer !== undefined && !(Number.isSafeInteger(buffer) && buffer >= 1)) {
      throw new InvalidConfiguration(`events options.buffer: expected an integer of at least 1, got ${buffer}`);
    }
    this.#source = source;
    this.#topic = topic;
    this.#options = options;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<WampEvent> {
    return new EventIterator(this.#source, this.#topic, this.#options);
  }
}

/** One iteration: subscribed from the first `next` until it ends, whatever ends it. */
class EventIterator implements AsyncIterableIterator<WampEvent> {
  readonly #source: EventSource;
  readonly #topic: string;
  readonly #buffer: number;
  readonly #signal: Stop | undefined;
  readonly #options: SubscribeOptions;
  readonly #channel = new Channel<WampEvent & { lost: number }>();
  #subscribing: Promise<Subscription | undefined> | undefined;

  readonly #aborted = () => {
    const cause = this.#signal?.reason;
    this.#channel.discard();
    this.#channel.fail(new Canceled(`the events of ${this.#topic} were canceled`, { cause, executed: 'no' }));
    // The session's end, or the router's refusal: whoever aborts wants to hear of neither.
    this.#leave().catch(() => {});
  };

  constructor(source: EventSource, topic: string, options: EventsOptions) {
    const { signal, buffer, ...rest } = options;
    this.#source = source;
    this.#topic = topic;
    this.#buffer = buffer ?? BUFFER;
    this.#signal = signal;
    this.#options = { ...rest, onEnd: (error) => this.#ended(error) };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<WampEvent>> {
    if (this.#subscribing === undefined && !this.#channel.over) this.#begin();
    return this.#channel.next();
  }

  async return(): Promise<IteratorResult<WampEvent>> {
    this.#channel.close();
    await this.#leave();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<WampEvent>> {
    await this.return();
    throw error;
  }

  #begin(): void {
    if (this.#signal?.aborted === true) {
      this.#aborted();
      return;
    }
    this.#signal?.addEventListener('abort', this.#aborted);
    const handler: EventHandler = (args, kwargs, details) => this.#take({ args, kwargs, details, lost: 0 });
    this.#subscribing = this.#source.subscribe(this.#topic, handler, this.#options).catch((error: unknown) => {
      this.#ended(error);
      return undefined;
    });
  }

  #take(event: WampEvent & { lost: number }): void {
    const channel = this.#channel;
    channel.push(event);
    if (channel.size <= this.#buffer) return;
    const dropped = channel.drop();
    const { head } = channel;
    if (dropped !== undefined && head !== undefined) head.lost += dropped.lost + 1;
  }

  #ended(error: unknown): void {
    this.#signal?.removeEventListener('abort', this.#aborted);
    this.#channel.fail(error);
  }

  /** Unsubscribes, if need be once SUBSCRIBED has come. Rejects only where the router refuses that. */
  async #leave(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#aborted);
    const subscription = await this.#subscribing;
    try {
      await subscription?.unsubscribe();
    } catch (error) {
      // A session that ended meanwhile has no subscriptions: what was wanted is so.
      if (error instanceof ApplicationError) throw error;
    }
  }
}
