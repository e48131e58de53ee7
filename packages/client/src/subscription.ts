import type { Dict, Id, Value } from '@wamp-run/protocol';
import type { EventDetails } from './event-details.js';

/**
 * Receives events. Its arguments are its own to change. Handlers run in the order of the events, and a promise that
 * one returns is not waited for; what it throws, or rejects with, is reported to `onUserError`.
 */
export type EventHandler = (args: Value[], kwargs: Dict, details: EventDetails) => unknown;

/** How to give a subscription back. */
export interface UnsubscribeOptions {
  /**
   * The handler goes on with what comes until the router has confirmed that no more does, and with what waits for its turn
   * then: for a hand-over without a lost event. Where others of the session handle the topic, too, nothing is asked of the
   * router, and nothing more comes from now on. Default: false.
   */
  readonly finish?: boolean;
}

/** One handler's hold on a topic. Handlers of one topic share the router's subscription, and its id. */
export interface Subscription {
  /** The subscription id, from the router. On a client's session, each join gives it another. */
  readonly id: Id;
  readonly topic: string;
  /** False once it is unsubscribed, revoked by the router, or its session has ended. A client's is so between joins. */
  readonly active: boolean;
  /** Events that have come and wait for their turn, by the `order` and `concurrency` that it was subscribed with. */
  readonly waiting: number;
  /**
   * From here on the handler gets no more events (with `finish`: from when it resolves). The router is told when the topic's
   * last handler goes; otherwise, and where the subscription is not active, it resolves at once. A client's is not made again.
   */
  unsubscribe(options?: UnsubscribeOptions): Promise<void>;
}
