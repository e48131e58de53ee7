import {
  ApplicationError,
  type Dict,
  decoded,
  ERROR_URIS,
  type Event,
  type Id,
  type Logger,
  type PlainPayload,
  portableArgs,
  portableKwargs,
  type WampError,
} from '@wamp-run/protocol';
import { type EventDetails, eventDetails } from './event-details.js';
import type { HandlerTimes } from './handler-times.js';
import { type Interception, promised } from './interception.js';
import type { InterceptedEvent } from './interceptor.js';
import type { SubscribeOptions } from './options.js';
import { Slots } from './slots.js';
import type { EventHandler, Subscription, UnsubscribeOptions } from './subscription.js';
import { isThenable } from './thenable.js';
import type { Topic } from './topic.js';
import { paramsOf, type UriTarget } from './uri-target.js';
import type { ReportUserError } from './user-errors.js';

/** Somebody who asks for a topic's events. */
export interface Asking {
  readonly handler: EventHandler;
  readonly target: UriTarget;
  readonly options: SubscribeOptions;
  resolve(subscription: Subscription): void;
  reject(error: Error): void;
}

/** Whom a handler's subscription belongs to. */
export interface HandlingOwner {
  readonly report: ReportUserError;
  readonly interception: Interception;
  readonly times: HandlerTimes;
  /** The log of the session. */
  readonly log: Logger;
  /** The session has ended. */
  readonly isOver: boolean;
  remove(topic: Topic, handling: Handling, finish: boolean): Promise<void>;
}

/** One handler on one topic. */
export class Handling implements Subscription {
  active = true;
  readonly topic: string;
  readonly #owner: HandlingOwner;
  readonly #topic: Topic;
  readonly #target: UriTarget;
  readonly #handler: EventHandler;
  readonly #onEnd: SubscribeOptions['onEnd'];
  /** Undefined where nothing waits for anything. */
  readonly #slots: Slots | undefined;
  #unsubscribed: Promise<void> | undefined;
  /** What came before it went is handled all the same. */
  #finishes = false;

  constructor(owner: HandlingOwner, topic: Topic, { handler, target, options }: Asking) {
    const most = options.order === 'sequential' ? 1 : options.concurrency;
    this.topic = target.text;
    this.#owner = owner;
    this.#topic = topic;
    this.#target = target;
    this.#handler = handler;
    this.#onEnd = options.onEnd;
    this.#slots = most === undefined ? undefined : new Slots(most);
  }

  get id(): Id {
    return this.#topic.id;
  }

  get waiting(): number {
    return this.#slots?.waiting ?? 0;
  }

  /** An event came. `last`: the payload's values go to nobody else. */
  deliver(event: Event, last: boolean): void {
    const params = paramsOf(this.#target, event.details.topic as string | undefined);
    if (params === undefined) {
      const text = `the topic ${String(event.details.topic)} does not fit ${this.topic}`;
      const error = new ApplicationError(ERROR_URIS.invalidArgument, [text], { executed: 'no' });
      this.#owner.report(error, `event of ${this.topic}`);
      return;
    }
    let payload: PlainPayload;
    try {
      payload = last ? decoded(event.payload) : copyOf(event);
    } catch (error) {
      this.#owner.report(error, `reading an event of ${this.topic}`);
      return;
    }
    if (this.#slots === undefined) this.#run(event, payload, params);
    else this.#slots.take(() => this.#run(event, payload, params));
  }

  /** The subscription is over, and not because it was unsubscribed. */
  ended(error: WampError): void {
    const onEnd = this.#onEnd;
    if (onEnd !== undefined) void this.#guard(() => onEnd(error), undefined);
  }

  unsubscribe({ finish = false }: UnsubscribeOptions = {}): Promise<void> {
    if (finish) this.#finishes = true;
    // Active for a while yet, where it finishes.
    if (this.active) this.#unsubscribed ??= this.#owner.remove(this.#topic, this, finish);
    return this.#unsubscribed ?? Promise.resolve();
  }

  #run(event: Event, { args, kwargs }: PlainPayload, params: Readonly<Dict>): void {
    // What waited is not for a handler that has gone meanwhile.
    if (!this.#isThere) {
      this.#slots?.release();
      return;
    }
    const { interception, log, times } = this.#owner;
    const details = eventDetails(event, { topic: this.#topic.uri, params, log });
    const around = interception.event;
    const run = () =>
      around === undefined
        ? this.#handler(args, kwargs, details)
        : around({ args, kwargs, details }, (now) => promised(() => this.#begin(now)));
    const since = times.begin();
    const running = this.#guard(run, details);
    times.returned(this.topic, since);
    if (this.#slots === undefined) return;
    if (running === undefined) this.#slots.release();
    else void running.then(() => this.#slots?.release());
  }

  /** Behind the last interceptor. While they took their time, the handler may have gone. */
  #begin({ args, kwargs, details }: InterceptedEvent): unknown {
    return this.#isThere ? this.#handler(args, kwargs, details) : undefined;
  }

  get #isThere(): boolean {
    return this.active || (this.#finishes && !this.#owner.isOver);
  }

  /** Runs code of the application, and reports what it throws; the promise, if it waits for any, never rejects. */
  #guard(run: () => unknown, event: EventDetails | undefined): Promise<unknown> | undefined {
    const what = event === undefined ? 'onEnd' : 'event handler';
    const failed = (error: unknown) => this.#owner.report(error, `${what} of ${this.topic}`, event?.log);
    try {
      const result = run();
      return isThenable(result) ? Promise.resolve(result).then(undefined, failed) : undefined;
    } catch (error) {
      failed(error);
      return undefined;
    }
  }
}

/** What one of several handlers gets: values of its own, the message's being left for the last. */
function copyOf({ payload }: Event): PlainPayload {
  if (payload === undefined || !('args' in payload)) return decoded(payload);
  const copy = { copy: true };
  return { args: portableArgs(payload.args, copy), kwargs: portableKwargs(payload.kwargs, copy) };
}
