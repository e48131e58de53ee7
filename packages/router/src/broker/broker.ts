import {
  type Dict,
  ERROR_URIS,
  eventMessage,
  type Id,
  type MatchPolicy,
  MessageType,
  type Payload,
  type Publish,
  type Subscribe,
  subscribedMessage,
  type Unsubscribe,
  unsubscribedMessage,
} from '@wamp-run/protocol';
import { passthruOf } from '../passthru.js';
import type { Peer } from '../peer.js';
import { type Refusal, refuse, refusedUri } from '../refuse.js';
import { NOTHING } from '../shared-details.js';
import { refusedOption, SUBSCRIBE_OPTIONS } from '../unannounced.js';
import type { BrokerOptions } from './broker-options.js';
import { refusedDisclosure } from './event-details.js';
import { type PublishContext, publish, refusedTopic, sent, spread, withTopic } from './publish.js';
import { RetainedEvents } from './retained-events.js';
import { type Subscriber, type Subscription, Subscriptions } from './subscriptions.js';

/** Publish and subscribe within one realm. */
export class Broker {
  /** The subscriptions of the realm: what the meta API asks. */
  readonly subscriptions: Subscriptions;
  readonly #retained: RetainedEvents;
  readonly #options: BrokerOptions;
  readonly #publishing: PublishContext;

  constructor(options: BrokerOptions) {
    this.subscriptions = new Subscriptions(options.wallTime);
    this.#retained = new RetainedEvents(options.limits);
    this.#options = options;
    this.#publishing = { ...options, subscriptions: this.subscriptions, retained: this.#retained };
  }

  /** How many events are retained. */
  get retained(): number {
    return this.#retained.size;
  }

  subscribe(message: Subscribe, subscriber: Subscriber): void {
    const { topic, options } = message;
    const match = (options.match ?? 'exact') as MatchPolicy;
    const refusal =
      refusedOption('SUBSCRIBE options', options, SUBSCRIBE_OPTIONS) ?? this.#refused(topic, match, subscriber);
    if (refusal !== undefined) {
      refuse(subscriber.peer, message, refusal);
      return;
    }
    const { subscription, isNew, joined } = this.subscriptions.add(topic, match, subscriber);
    const { peer } = subscriber;
    peer.tell(subscribedMessage(message.request, subscription.id));
    if (isNew) this.#options.events.created(subscription, peer.id);
    if (joined) this.#options.events.subscribed(subscription, peer.id);
    if (options.get_retained === true) this.#sendRetained(subscription, peer);
  }

  unsubscribe(message: Unsubscribe, subscriber: Subscriber): void {
    const subscription = subscriber.subscriptions.get(message.subscription);
    if (subscription === undefined) {
      const text = `subscription: this session has none with the id ${message.subscription}`;
      refuse(subscriber.peer, message, { error: ERROR_URIS.noSuchSubscription, text });
      return;
    }
    subscriber.peer.tell(unsubscribedMessage(message.request));
    this.#remove(subscription, subscriber);
  }

  publish(message: Publish, publisher: Subscriber): void {
    publish(message, publisher, this.#publishing);
  }

  /** Why a session may not publish this; undefined where it may. */
  refusedPublication(publisher: Peer, topic: string, options: Dict): Refusal | undefined {
    const publication = { publisher, topic, options };
    return refusedTopic(topic, this.#publishing) ?? refusedDisclosure(publication, this.#publishing);
  }

  /** Publishes in the name of a session that has left, with PUBLISH options. */
  publishFor(publisher: Peer, topic: string, options: Dict, payload: Payload): Refusal | undefined {
    const passthru = passthruOf({ type: MessageType.PUBLISH, options, payload }, publisher);
    const outcome = spread({ topic, options, payload, passthru, publisher, excluded: undefined }, this.#publishing);
    return typeof outcome === 'object' ? outcome : undefined;
  }

  /** Publishes in the name of the realm, where applications may not. `payload` is made only if somebody listens. */
  announce(topic: string, payload: () => Payload): void {
    const { subscriptions } = this;
    if (subscriptions.size === 0) return;
    const heard = subscriptions.at(topic, 'exact') !== undefined || subscriptions.hasPatterns;
    if (!heard) return;
    spread(
      {
        topic,
        options: NOTHING,
        payload: payload(),
        passthru: undefined,
        publisher: undefined,
        excluded: undefined,
      },
      this.#publishing,
    );
  }

  /** Takes a subscription away from a session. It is told only where it announced that it understands. */
  revoke(subscription: Subscription, subscriber: Subscriber, reason: string | undefined): void {
    const { peer } = subscriber;
    if (peer.roles.has('subscriber', 'subscription_revocation')) {
      const details: Dict = { subscription: subscription.id };
      if (reason !== undefined) details.reason = reason;
      peer.tell(unsubscribedMessage(0, details));
    }
    this.#remove(subscription, subscriber);
  }

  /** The session is over: so are its subscriptions. */
  leave(subscriber: Subscriber): void {
    for (const subscription of subscriber.subscriptions.values()) this.#remove(subscription, subscriber);
  }

  #remove(subscription: Subscription, subscriber: Subscriber): void {
    const { events } = this.#options;
    const session: Id = subscriber.peer.id;
    const last = this.subscriptions.remove(subscription, subscriber);
    events.unsubscribed(subscription, session);
    if (last) events.deleted(subscription, session);
  }

  #refused(topic: string, match: MatchPolicy, subscriber: Subscriber): Refusal | undefined {
    const { limits, uriRule } = this.#options;
    const known = this.subscriptions.at(topic, match);
    // What somebody is subscribed to was checked when the first came.
    const malformed = known === undefined ? refusedUri(topic, 'topic', uriRule, match) : undefined;
    if (malformed !== undefined) return malformed;
    if (subscriber.subscriptions.size < limits.subscriptions) return undefined;
    if (known?.subscribers.has(subscriber) === true) return undefined;
    const text = `this session has ${subscriber.subscriptions.size} subscriptions, and may not have more (subscriptions)`;
    return { error: ERROR_URIS.limitExceeded, text };
  }

  #sendRetained({ id, topic, match }: Subscription, peer: Peer): void {
    for (const [name, { publication, details, payload }] of this.#retained.newest(topic, match, peer)) {
      const event = eventMessage(id, publication, { ...withTopic(details, name, match), retained: true }, payload);
      sent(event, peer, name);
    }
  }
}
