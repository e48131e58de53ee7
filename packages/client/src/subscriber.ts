import {
  ApplicationError,
  type Dict,
  ERROR_URIS,
  type Event,
  eventMessage,
  type Id,
  type Logger,
  MessageType,
  ProtocolError,
  subscribeMessage,
  unsubscribeMessage,
  type WampError,
} from '@wamp-run/protocol';
import type { HandlerTimes } from './handler-times.js';
import { type Asking, Handling, type HandlingOwner } from './handling.js';
import type { Interception } from './interception.js';
import type { SubscribeOptions } from './options.js';
import type { PayloadCoding } from './payload-coding.js';
import type { PendingEnd, PendingSubscribe } from './pending.js';
import { endOptions, subscribeOptions } from './request-options.js';
import type { Requests } from './requests.js';
import type { EventHandler, Subscription } from './subscription.js';
import { type Ask, newTopic, type Topic, topicKey } from './topic.js';
import { uriTarget } from './uri-target.js';
import type { ReportUserError } from './user-errors.js';

/** What a subscriber needs besides the requests. */
export interface SubscriberOptions {
  readonly coding: PayloadCoding;
  readonly interception: Interception;
  readonly times: HandlerTimes;
  readonly report: ReportUserError;
  /** The log of the session. */
  readonly log: Logger;
}

/** The role that receives events. */
export class Subscriber implements HandlingOwner {
  readonly report: ReportUserError;
  readonly interception: Interception;
  readonly times: HandlerTimes;
  readonly log: Logger;
  readonly #requests: Requests;
  readonly #coding: PayloadCoding;
  readonly #byKey = new Map<string, Topic>();
  readonly #byId = new Map<Id, Topic>();
  #isOver = false;

  constructor(requests: Requests, { coding, interception, report, times, log }: SubscriberOptions) {
    this.#requests = requests;
    this.#coding = coding;
    this.interception = interception;
    this.times = times;
    this.report = report;
    this.log = log;
  }

  subscribe(name: string, handler: EventHandler, options: SubscribeOptions): Promise<Subscription> {
    return new Promise((resolve, reject) => {
      const wire = subscribeOptions(options);
      const target = uriTarget(name, 'topic', options.match);
      if (target.match !== 'exact') wire.match = target.match;
      this.#requests.checkReady();
      const asking: Asking = { handler, target, options, resolve, reject };
      const key = topicKey(target);
      const getRetained = options.getRetained === true;
      const topic = this.#byKey.get(key) ?? newTopic({ ...target, key });
      if (topic.id !== 0 && !getRetained) {
        resolve(this.#add(topic, asking));
        return;
      }
      const ask = [...topic.asks].find((other) => other.getRetained || !getRetained);
      if (ask === undefined) this.#ask(topic, { getRetained, waiting: [asking] }, wire);
      else ask.waiting.push(asking);
    });
  }

  /** EVENT came. One for a subscription that is unknown was on its way when the last handler went. */
  event(event: Event): void {
    const topic = this.#byId.get(event.subscription);
    if (topic === undefined) return;
    const opened = this.#coding.concerns(event.details, event.payload) ? this.#opened(event, topic) : event;
    if (opened !== undefined) this.#deliver(opened, topic);
  }

  #deliver(event: Event, topic: Topic): void {
    const chosen = event.details.retained === true && topic.retainedFor.length > 0;
    const handlers = chosen ? topic.retainedFor : topic.handlers;
    for (let i = 0; i < handlers.length; i++) {
      const handling = handlers[i] as Handling;
      if (handling.active) handling.deliver(event, i === handlers.length - 1);
    }
  }

  /** The event with its arguments as values, decoded once for all handlers; undefined where they cannot be had. */
  #opened(event: Event, topic: Topic): Event | undefined {
    const { details, payload } = event;
    const uri = (details.topic as string | undefined) ?? topic.uri;
    const arrived = { isOriginating: false, uri, what: `the event of ${uri}`, executed: 'no' } as const;
    try {
      const { args, kwargs } = this.#coding.open(details, payload, arrived);
      return eventMessage(event.subscription, event.publication, details, { args, kwargs });
    } catch (error) {
      this.report(error, `reading an event of ${topic.uri}`);
      return undefined;
    }
  }

  /** UNSUBSCRIBED with request 0 came: the router has taken the subscription away. */
  revoke(details: Dict): void {
    const topic = this.#byId.get(details.subscription as Id);
    if (topic === undefined) return;
    const { handlers } = topic;
    this.#drop(topic);
    const reason = typeof details.reason === 'string' ? details.reason : ERROR_URIS.noSuchSubscription;
    const text = `the router has revoked the subscription of ${topic.uri}`;
    const error = new ApplicationError(reason, [text], { executed: 'no' });
    for (const handling of handlers) handling.ended(error);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The session is over. */
  end(error: WampError): void {
    this.#isOver = true;
    const all = [...this.#byId.values()].flatMap(({ handlers }) => handlers);
    for (const handling of all) handling.active = false;
    this.#byKey.clear();
    this.#byId.clear();
    for (const handling of all) handling.ended(error);
  }

  /** Takes one handler away, and tells the router where it was the last. */
  remove(topic: Topic, handling: Handling, finish: boolean): Promise<void> {
    const isLast = topic.handlers.length === 1 && topic.asks.size === 0;
    if (finish && isLast) return this.#finish(topic);
    handling.active = false;
    const others = (other: Handling) => other !== handling;
    topic.handlers = topic.handlers.filter(others);
    topic.retainedFor = topic.retainedFor.filter(others);
    // Those who are still asking will be the next to go.
    return topic.handlers.length > 0 || topic.asks.size > 0 ? Promise.resolve() : this.#leave(topic);
  }

  #leave(topic: Topic): Promise<void> {
    this.#drop(topic);
    return this.#unsubscribe(topic);
  }

  /** Who asks for the topic from now on asks the router; what still comes under this id is handled. */
  #finish(topic: Topic): Promise<void> {
    this.#forget(topic);
    return this.#unsubscribe(topic).finally(() => this.#drop(topic));
  }

  #unsubscribe(topic: Topic): Promise<void> {
    return new Promise((resolve, reject) => {
      const pending: PendingEnd = {
        type: MessageType.UNSUBSCRIBE,
        done: resolve,
        fail: (error) => (isGone(error) ? resolve() : reject(error)),
      };
      this.#requests.ask(unsubscribeMessage(this.#requests.next(), topic.id, topic.endOptions), pending, topic.uri);
    });
  }

  #ask(topic: Topic, ask: Ask, wire: Dict): void {
    this.#byKey.set(topic.key, topic);
    topic.asks.add(ask);
    topic.endOptions ??= endOptions(wire);
    try {
      const pending: PendingSubscribe = {
        type: MessageType.SUBSCRIBE,
        done: (id) => this.#subscribed(topic, ask, id),
        fail: (error) => {
          this.#refused(topic, ask);
          for (const { reject } of ask.waiting) reject(error);
        },
        late: (id) => this.#giveBack(topic, id),
      };
      this.#requests.ask(subscribeMessage(this.#requests.next(), wire, topic.uri), pending, topic.uri);
    } catch (error) {
      this.#refused(topic, ask);
      throw error;
    }
  }

  #subscribed(asked: Topic, ask: Ask, id: Id): void {
    asked.asks.delete(ask);
    const known = this.#byId.get(id);
    if (known !== undefined && known.key !== asked.key) {
      const error = new ProtocolError(`received SUBSCRIBED for ${asked.uri} with the id of ${known.uri}, ${id}`);
      for (const { reject } of ask.waiting) reject(error);
      throw error;
    }
    // Some routers give a session that asks again another subscription.
    const topic = known ?? (asked.id === 0 ? asked : newTopic(asked));
    topic.id = id;
    this.#byId.set(id, topic);
    // A revocation may have crossed the request.
    if (!this.#byKey.has(topic.key)) this.#byKey.set(topic.key, topic);
    const added = ask.waiting.map((asking) => [asking, this.#add(topic, asking)] as const);
    if (ask.getRetained) topic.retainedFor = added.map(([, handling]) => handling);
    for (const [{ resolve }, handling] of added) resolve(handling);
    if (topic !== asked) this.#settle(asked);
  }

  /** It was subscribed when nobody wanted it any more. Somebody may want it again: then it is the same subscription. */
  #giveBack(topic: Topic, id: Id): void {
    const asking = this.#byKey.get(topic.key);
    if (this.#byId.has(id) || (asking !== undefined && asking.asks.size > 0)) return;
    this.#leave({ ...newTopic(topic), id, endOptions: topic.endOptions }).catch(() => {});
  }

  #refused(topic: Topic, ask: Ask): void {
    topic.asks.delete(ask);
    this.#settle(topic);
  }

  /** Nobody asks any more for a topic that nobody has: it is over. */
  #settle(topic: Topic): void {
    if (topic.asks.size > 0 || topic.handlers.length > 0) return;
    if (topic.id === 0) this.#forget(topic);
    // Its last handler went while others were asking, and nobody is left to hear how this ends.
    else if (this.#byId.get(topic.id) === topic) this.#leave(topic).catch(() => {});
  }

  #add(topic: Topic, asking: Asking): Handling {
    const handling = new Handling(this, topic, asking);
    topic.handlers = [...topic.handlers, handling];
    return handling;
  }

  #drop(topic: Topic): void {
    for (const handling of topic.handlers) handling.active = false;
    topic.handlers = [];
    topic.retainedFor = [];
    if (this.#byId.get(topic.id) === topic) this.#byId.delete(topic.id);
    this.#forget(topic);
  }

  #forget(topic: Topic): void {
    if (this.#byKey.get(topic.key) === topic) this.#byKey.delete(topic.key);
  }
}

/** The router does not know it any more: what was wanted is so. */
function isGone(error: Error): boolean {
  return error instanceof ApplicationError && error.error === ERROR_URIS.noSuchSubscription;
}
