import type { Id, Random, UriRule } from '@wamp-run/protocol';
import type { DisclosureRules } from '../disclosure.js';
import type { History } from '../history/history.js';
import type { TrustLevel } from '../realm-options.js';
import type { RouterLimits } from '../router-limits.js';
import type { Subscription } from './subscriptions.js';

/**
 * What happens to the subscriptions of a realm, told as it happens: `created` before the first `subscribed`, `deleted`
 * after the last `unsubscribed`. The session is the one that subscribes or whose subscription ends. An observer must not
 * throw.
 */
export interface SubscriptionEvents {
  created(subscription: Subscription, session: Id): void;
  subscribed(subscription: Subscription, session: Id): void;
  unsubscribed(subscription: Subscription, session: Id): void;
  deleted(subscription: Subscription, session: Id): void;
}

/** What a broker is made of. */
export interface BrokerOptions extends DisclosureRules {
  readonly random: Random;
  readonly uriRule: UriRule;
  /** Milliseconds since 1970. */
  readonly wallTime: () => number;
  readonly limits: RouterLimits;
  readonly trustLevel: TrustLevel | undefined;
  readonly history: History | undefined;
  readonly events: SubscriptionEvents;
}
