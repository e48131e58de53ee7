import {
  ApplicationError,
  checkUri,
  type Dict,
  decoded,
  ERROR_URIS,
  type Event,
  type Id,
  MessageType,
  type PlainPayload,
  ProtocolError,
  portableArgs,
  portableKwargs,
  RawPayload,
  subscribeMessage,
  unsubscribeMessage,
  type WampError,
} from '@wamp-run/protocol';
import { eventDetails } from './event-details.js';
import type { SubscribeOptions } from './options.js';
import type { Requests } from './requests.js';
import type { EventHandler, Subscription } from './subscription.js';
import { isThenable } from './thenable.js';
import type { ReportUserError } from './user-errors.js';

/** Somebody who has asked for a topic's events. */
interface Asking {
  readonly handler: EventHandler;
  readonly options: SubscribeOptions;
  resolve(subscription: Subscription): void;
  reject(error: WampError): void;
}

/** A topic's one subscription at the router, and the handlers that share it. */
interface Topic {
  readonly topic: string;
  /** 0 until SUBSCRIBED comes. */
  id: Id;
  /** Replaced, never changed: an event goes to those who were there when it came. */
  handlers: readonly Handling[];
  /** Those who asked while SUBSCRIBE was on its way. */
  waiting: Asking[];
}

/** The role that receives events. */
export class Subscriber {
  readonly #requests: Requests;
  readonly #report: ReportUserError;
  readonly #byTopic = new Map<string, Topic>();
  readonly #byId = new Map<Id, Topic>();

  constructor(requests: Requests, report: ReportUserError) {
    this.#requests = requests;
    this.#report = report;
  }

  subscribe(topic: string, handler: EventHandler, options: SubscribeOptions): Promise<Subscription> {
    return new Promise((resolve, reject) => {
      checkUri(topic, 'topic');
      this.#requests.checkReady();
      const known = this.#byTopic.get(topic);
      const asking: Asking = { handler, options, resolve, reject };
      if (known === undefined) this.#ask(topic).waiting.push(asking);
      else if (known.id === 0) known.waiting.push(asking);
      else this.#add(known, asking);
    });
  }

  /** EVENT came. One for a subscription that is unknown was on its way when the last handler went. */
  event(message: Event): void {
    const topic = this.#byId.get(message.subscription);
    if (topic === undefined) return;
    const { handlers } = topic;
    for (let i = 0; i < handlers.length; i++) {
      const handling = handlers[i] as Handling;
      if (!handling.active) continue;
      let payload: PlainPayload;
      try {
        payload = i === handlers.length - 1 ? decoded(message.payload) : copyOf(message);
      } catch (error) {
        this.#report(error, `reading an event of ${topic.topic}`);
        return;
      }
      this.#handle(handling, message, payload);
    }
  }

  /** UNSUBSCRIBED with request 0 came: the router has taken the subscription away. */
  revoke(details: Dict): void {
    const topic = this.#byId.get(details.subscription as Id);
    if (topic === undefined) return;
    const { handlers } = topic;
    this.#drop(topic);
    const reason = typeof details.reason === 'string' ? details.reason : ERROR_URIS.noSuchSubscription;
    const text = `the router has revoked the subscription of ${topic.topic}`;
    this.#tell(handlers, new ApplicationError(reason, [text], { executed: 'no' }));
  }

  /** The session is over. */
  end(error: WampError): void {
    const all = [...this.#byTopic.values()].flatMap(({ handlers }) => handlers);
    for (const handling of all) handling.active = false;
    this.#byTopic.clear();
    this.#byId.clear();
    this.#tell(all, error);
  }

  /** Takes one handler away, and tells the router where it was the last. */
  remove(topic: Topic, handling: Handling): Promise<void> {
    handling.active = false;
    topic.handlers = topic.handlers.filter((other) => other !== handling);
    if (topic.handlers.length > 0) return Promise.resolve();
    this.#drop(topic);
    return new Promise((resolve, reject) => {
      this.#requests.send(unsubscribeMessage(this.#requests.next(), topic.id), {
        type: MessageType.UNSUBSCRIBE,
        done: resolve,
        fail: (error) => (isGone(error) ? resolve() : reject(error)),
      });
    });
  }

  #ask(name: string): Topic {
    const topic: Topic = { topic: name, id: 0, handlers: [], waiting: [] };
    this.#byTopic.set(name, topic);
    try {
      this.#requests.send(subscribeMessage(this.#requests.next(), {}, name), {
        type: MessageType.SUBSCRIBE,
        done: (id) => this.#subscribed(topic, id),
        fail: (error) => {
          this.#byTopic.delete(name);
          for (const { reject } of topic.waiting) reject(error);
        },
      });
    } catch (error) {
      this.#byTopic.delete(name);
      throw error;
    }
    return topic;
  }

  #subscribed(topic: Topic, id: Id): void {
    const other = this.#byId.get(id);
    if (other !== undefined) {
      const error = new ProtocolError(`received SUBSCRIBED for ${topic.topic} with the id of ${other.topic}, ${id}`);
      for (const { reject } of topic.waiting) reject(error);
      throw error;
    }
    topic.id = id;
    this.#byId.set(id, topic);
    for (const asking of topic.waiting) this.#add(topic, asking);
    topic.waiting = [];
  }

  #add(topic: Topic, { handler, options, resolve }: Asking): void {
    const handling = new Handling(this, topic, { handler, options });
    topic.handlers = [...topic.handlers, handling];
    resolve(handling);
  }

  #drop(topic: Topic): void {
    for (const handling of topic.handlers) handling.active = false;
    topic.handlers = [];
    this.#byTopic.delete(topic.topic);
    this.#byId.delete(topic.id);
  }

  #handle(handling: Handling, message: Event, { args, kwargs }: PlainPayload): void {
    try {
      this.#watch(handling.handler(args, kwargs, eventDetails(message, handling.topic)), handling.what);
    } catch (error) {
      this.#report(error, handling.what);
    }
  }

  #tell(handlings: readonly Handling[], error: WampError): void {
    for (const { onEnd, topic } of handlings) {
      const what = `onEnd of ${topic}`;
      try {
        this.#watch(onEnd?.(error), what);
      } catch (thrown) {
        this.#report(thrown, what);
      }
    }
  }

  /** What a promise rejects with that nobody waits for. */
  #watch(result: unknown, what: string): void {
    if (isThenable(result)) Promise.resolve(result).then(undefined, (error) => this.#report(error, what));
  }
}

/** One handler on one topic. */
class Handling implements Subscription {
  active = true;
  readonly handler: EventHandler;
  readonly onEnd: SubscribeOptions['onEnd'];
  readonly #subscriber: Subscriber;
  readonly #topic: Topic;
  #unsubscribed: Promise<void> | undefined;

  constructor(
    subscriber: Subscriber,
    topic: Topic,
    asked: { readonly handler: EventHandler; readonly options: SubscribeOptions },
  ) {
    this.#subscriber = subscriber;
    this.#topic = topic;
    this.handler = asked.handler;
    this.onEnd = asked.options.onEnd;
  }

  get id(): Id {
    return this.#topic.id;
  }

  get topic(): string {
    return this.#topic.topic;
  }

  get what(): string {
    return `event handler of ${this.#topic.topic}`;
  }

  unsubscribe(): Promise<void> {
    if (this.active) this.#unsubscribed = this.#subscriber.remove(this.#topic, this);
    return this.#unsubscribed ?? Promise.resolve();
  }
}

/** What one of several handlers gets: values of its own, the message's being left for the last. */
function copyOf({ payload }: Event): PlainPayload {
  if (payload === undefined || payload instanceof RawPayload) return decoded(payload);
  const copy = { copy: true };
  return { args: portableArgs(payload.args, copy), kwargs: portableKwargs(payload.kwargs, copy) };
}

/** The router does not know it any more: what was wanted is so. */
function isGone(error: WampError): boolean {
  return error instanceof ApplicationError && error.error === ERROR_URIS.noSuchSubscription;
}
