import {
  ERROR_URIS,
  type Publish,
  type Random,
  type Subscribe,
  subscribedMessage,
  type Unsubscribe,
  type UriRule,
  unsubscribedMessage,
} from '@wamp-run/protocol';
import { type Refusal, refuse, refusedUri } from '../refuse.js';
import { refusedOption, SUBSCRIBE_OPTIONS } from '../unannounced.js';
import { type PublishContext, publish } from './publish.js';
import { type Subscriber, Subscriptions } from './subscriptions.js';

/** What a broker is made of. */
export interface BrokerOptions {
  readonly random: Random;
  readonly uriRule: UriRule;
}

/** Publish and subscribe within one realm. */
export class Broker {
  readonly #subscriptions = new Subscriptions();
  readonly #uriRule: UriRule;
  readonly #publishing: PublishContext;

  constructor({ random, uriRule }: BrokerOptions) {
    this.#uriRule = uriRule;
    this.#publishing = { subscriptions: this.#subscriptions, random, uriRule };
  }

  /** How many topics have subscribers. */
  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  subscribe(message: Subscribe, subscriber: Subscriber): void {
    const refusal =
      refusedOption('SUBSCRIBE options', message.options, SUBSCRIBE_OPTIONS) ?? this.#refusedTopic(message.topic);
    if (refusal !== undefined) {
      refuse(subscriber.peer, message, refusal);
      return;
    }
    const subscription = this.#subscriptions.add(message.topic, subscriber);
    subscriber.peer.tell(subscribedMessage(message.request, subscription.id));
  }

  unsubscribe(message: Unsubscribe, subscriber: Subscriber): void {
    const subscription = subscriber.subscriptions.get(message.subscription);
    if (subscription === undefined) {
      const text = `subscription: this session has none with the id ${message.subscription}`;
      refuse(subscriber.peer, message, { error: ERROR_URIS.noSuchSubscription, text });
      return;
    }
    this.#subscriptions.remove(subscription, subscriber);
    subscriber.peer.tell(unsubscribedMessage(message.request));
  }

  publish(message: Publish, publisher: Subscriber): void {
    publish(message, publisher, this.#publishing);
  }

  /** The session is over: so are its subscriptions. */
  leave(subscriber: Subscriber): void {
    for (const subscription of subscriber.subscriptions.values()) this.#subscriptions.remove(subscription, subscriber);
  }

  /** A topic that has subscribers was checked when the first of them came. */
  #refusedTopic(topic: string): Refusal | undefined {
    return this.#subscriptions.at(topic) === undefined ? refusedUri(topic, 'topic', this.#uriRule) : undefined;
  }
}
