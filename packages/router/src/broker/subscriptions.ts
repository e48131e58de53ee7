import { type Id, RequestIds } from '@wamp-run/protocol';
import type { Peer } from '../peer.js';

/** A session as subscriber (and, since the broker must know whom to leave out, as publisher). */
export class Subscriber {
  readonly peer: Peer;
  readonly subscriptions = new Map<Id, Subscription>();

  constructor(peer: Peer) {
    this.peer = peer;
  }
}

/** A topic that somebody is subscribed to. All its subscribers share the id. */
export interface Subscription {
  readonly id: Id;
  readonly topic: string;
  readonly subscribers: Set<Subscriber>;
}

/** The topics of a realm that somebody is subscribed to. */
export class Subscriptions {
  readonly #byTopic = new Map<string, Subscription>();
  readonly #ids = new RequestIds();

  get size(): number {
    return this.#byTopic.size;
  }

  at(topic: string): Subscription | undefined {
    return this.#byTopic.get(topic);
  }

  /** Subscribes a session; one that is subscribed already stays so, once. */
  add(topic: string, subscriber: Subscriber): Subscription {
    let subscription = this.#byTopic.get(topic);
    if (subscription === undefined) {
      subscription = { id: this.#ids.next(), topic, subscribers: new Set() };
      this.#byTopic.set(topic, subscription);
    }
    subscription.subscribers.add(subscriber);
    subscriber.subscriptions.set(subscription.id, subscription);
    return subscription;
  }

  /** The last subscriber takes the subscription along. */
  remove(subscription: Subscription, subscriber: Subscriber): void {
    subscriber.subscriptions.delete(subscription.id);
    subscription.subscribers.delete(subscriber);
    if (subscription.subscribers.size === 0) this.#byTopic.delete(subscription.topic);
  }
}
