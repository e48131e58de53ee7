import { type Id, isReserved, type MatchPolicy, RequestIds } from '@wamp-run/protocol';
import { PatternIndex } from '../pattern-index.js';
import type { Peer } from '../peer.js';

/** A session as subscriber (and, since the broker must know whom to leave out, as publisher). */
export class Subscriber {
  readonly peer: Peer;
  // Made when it first subscribes: of many thousand sessions, many do not.
  #subscriptions: Map<Id, Subscription> | undefined;

  constructor(peer: Peer) {
    this.peer = peer;
  }

  get subscriptions(): Map<Id, Subscription> {
    this.#subscriptions ??= new Map();
    return this.#subscriptions;
  }
}

/** A topic, or a pattern of topics, that somebody is subscribed to. All its subscribers share the id. */
export interface Subscription {
  readonly id: Id;
  /** The topic, or the pattern. */
  readonly topic: string;
  readonly match: MatchPolicy;
  /** When the first subscriber came, in milliseconds since 1970. */
  readonly created: number;
  readonly subscribers: Set<Subscriber>;
}

/** What SUBSCRIBE did. */
export interface Added {
  readonly subscription: Subscription;
  /** Nobody was subscribed to this before. */
  readonly isNew: boolean;
  /** This session was not subscribed to this before. */
  readonly joined: boolean;
}

/** The topics and patterns of a realm that somebody is subscribed to. */
export class Subscriptions {
  readonly #index = new PatternIndex<Subscription>();
  readonly #byId = new Map<Id, Subscription>();
  readonly #ids = new RequestIds();
  readonly #wallTime: () => number;

  constructor(wallTime: () => number) {
    this.#wallTime = wallTime;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Whether there are subscriptions to patterns. */
  get hasPatterns(): boolean {
    return this.#index.hasPatterns;
  }

  at(topic: string, match: MatchPolicy): Subscription | undefined {
    return this.#index.get(topic, match);
  }

  withId(id: Id): Subscription | undefined {
    return this.#byId.get(id);
  }

  all(): Iterable<Subscription> {
    return this.#byId.values();
  }

  /** The subscriptions to patterns that a topic meets. */
  patternsFor(topic: string): Subscription[] {
    const found = this.#index.patternsFor(topic);
    // Who wants to hear of everything means what applications publish: the router's own events are for those who name them.
    return isReserved(topic) ? found.filter((subscription) => isReserved(subscription.topic)) : found;
  }

  /** All subscriptions that a topic meets. */
  meeting(topic: string): Subscription[] {
    const exact = this.#index.get(topic, 'exact');
    const patterns = this.hasPatterns ? this.patternsFor(topic) : [];
    return exact === undefined ? patterns : [exact, ...patterns];
  }

  /** Subscribes a session; one that is subscribed already stays so, once. */
  add(topic: string, match: MatchPolicy, subscriber: Subscriber): Added {
    const known = this.#index.get(topic, match);
    const subscription = known ?? this.#create(topic, match);
    const joined = !subscription.subscribers.has(subscriber);
    subscription.subscribers.add(subscriber);
    subscriber.subscriptions.set(subscription.id, subscription);
    return { subscription, isNew: known === undefined, joined };
  }

  /** The last subscriber takes the subscription along: `true` where it was the last. */
  remove(subscription: Subscription, subscriber: Subscriber): boolean {
    subscriber.subscriptions.delete(subscription.id);
    subscription.subscribers.delete(subscriber);
    if (subscription.subscribers.size > 0) return false;
    this.#index.delete(subscription.topic, subscription.match);
    this.#byId.delete(subscription.id);
    return true;
  }

  #create(topic: string, match: MatchPolicy): Subscription {
    const id = this.#ids.next();
    const subscription = { id, topic, match, created: this.#wallTime(), subscribers: new Set<Subscriber>() };
    this.#index.set(topic, match, subscription);
    this.#byId.set(id, subscription);
    return subscription;
  }
}
