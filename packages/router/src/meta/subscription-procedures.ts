import { BinaryPayload, type Dict, decoded, ERROR_URIS, type Id, type MatchPolicy } from '@wamp-run/protocol';
import type { Broker } from '../broker/broker.js';
import { withTopic } from '../broker/publish.js';
import type { Subscription, Subscriptions } from '../broker/subscriptions.js';
import type { HistoryEvent } from '../history/event-store.js';
import type { History } from '../history/history.js';
import { HistoryQuery } from '../history/history-query.js';
import {
  failure,
  idAt,
  isoTime,
  type MetaCall,
  type MetaProcedure,
  type MetaProcedures,
  matchAt,
  optionalReason,
  textAt,
} from './meta-call.js';
import { subscriptionDetails } from './meta-events.js';
import type { Sessions } from './session-procedures.js';

/** `wamp.subscription.…`: what may be asked of the subscriptions of a realm. */
export function subscriptionProcedures({ subscriptions }: Broker): MetaProcedures {
  const wanted = (call: MetaCall) => subscriptionAt(call, subscriptions);
  return new Map<string, MetaProcedure>([
    [
      'wamp.subscription.list',
      () => {
        const ids: Record<MatchPolicy, Id[]> = { exact: [], prefix: [], wildcard: [] };
        for (const { id, match } of subscriptions.all()) ids[match].push(id);
        return [ids];
      },
    ],
    ['wamp.subscription.lookup', (call) => [subscriptions.at(textAt(call, 0, 'topic'), matchAt(call, 1))?.id ?? null]],
    [
      'wamp.subscription.match',
      (call) => {
        const ids = subscriptions.meeting(textAt(call, 0, 'topic')).map(({ id }) => id);
        return [ids.length === 0 ? null : ids];
      },
    ],
    ['wamp.subscription.get', (call) => [subscriptionDetails(wanted(call))]],
    ['wamp.subscription.list_subscribers', (call) => [[...wanted(call).subscribers].map(({ peer }) => peer.id)]],
    ['wamp.subscription.count_subscribers', (call) => [wanted(call).subscribers.size]],
  ]);
}

/** `wamp.subscription.remove_subscriber`, as in Crossbar.io: takes a subscription away from a session. */
export function revocationProcedures(broker: Broker, sessions: Sessions): MetaProcedures {
  return new Map<string, MetaProcedure>([
    [
      'wamp.subscription.remove_subscriber',
      (call) => {
        const subscription = subscriptionAt(call, broker.subscriptions);
        const id = idAt(call, 1, 'session');
        const subscriber = sessions.get(id)?.subscriber;
        if (subscriber === undefined || !subscription.subscribers.has(subscriber)) {
          throw failure(ERROR_URIS.noSuchSession, `session: ${id} is not subscribed to ${subscription.id}`);
        }
        broker.revoke(subscription, subscriber, optionalReason(call));
        return [];
      },
    ],
  ]);
}

/**
 * `wamp.subscription.get_events`: what was published before. Only subscribers may ask, each for its own subscriptions.
 *
 * @param most no more events than this in one answer
 */
export function historyProcedures({ subscriptions }: Broker, history: History, most: number): MetaProcedures {
  return new Map<string, MetaProcedure>([
    [
      'wamp.subscription.get_events',
      (call) => {
        const subscription = subscriptionAt(call, subscriptions);
        const { caller } = call;
        if (!subscription.subscribers.has(caller.subscriber)) {
          const text = `subscription: this session is not subscribed to ${subscription.id}, and may not have its events`;
          throw failure(ERROR_URIS.notAuthorized, text);
        }
        const query = new HistoryQuery(call.kwargs);
        return history
          .read({ subscription, query, asker: caller.identity, most })
          .map((event) => eventOf(event, subscription));
      },
    ],
  ]);
}

function eventOf(event: HistoryEvent, { id, match }: Subscription): Dict {
  const dict: Dict = {
    timestamp: isoTime(event.time),
    subscription: id,
    publication: event.publication,
    details: withTopic(event.details, event.topic, match),
  };
  if (event.payload instanceof BinaryPayload) {
    dict.payload = event.payload.bytes;
    return dict;
  }
  const { args, kwargs } = decoded(event.payload);
  if (args.length > 0) dict.args = args;
  if (Object.keys(kwargs).length > 0) dict.kwargs = kwargs;
  return dict;
}

function subscriptionAt(call: MetaCall, subscriptions: Subscriptions): Subscription {
  const id = idAt(call, 0, 'subscription');
  const subscription = subscriptions.withId(id);
  if (subscription !== undefined) return subscription;
  throw failure(ERROR_URIS.noSuchSubscription, `subscription: there is none with the id ${id} in this realm`);
}
