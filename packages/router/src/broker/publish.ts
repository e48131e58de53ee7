import {
  BinaryPayload,
  type Dict,
  ERROR_URIS,
  type Event,
  eventMessage,
  type Id,
  type MatchPolicy,
  type Payload,
  type Publish,
  publishedMessage,
  randomId,
  SerializationError,
} from '@wamp-run/protocol';
import { kept, sizeOf, sizeOfValue } from '../kept-payload.js';
import { type Passthru, passthruOf } from '../passthru.js';
import type { Peer } from '../peer.js';
import { type Refusal, refuse, refusedReserved, refusedUri } from '../refuse.js';
import type { BrokerOptions } from './broker-options.js';
import { detailsOf, refusedDisclosure } from './event-details.js';
import { keptLists, type Receivers, receiversOf } from './receivers.js';
import type { RetainedEvents } from './retained-events.js';
import type { Subscriber, Subscription, Subscriptions } from './subscriptions.js';

/** What publishing needs. */
export interface PublishContext extends BrokerOptions {
  readonly subscriptions: Subscriptions;
  readonly retained: RetainedEvents;
}

/** What is published, by a session, in its name after its end, or by the realm itself. */
export interface Publication {
  readonly topic: string;
  /** As of PUBLISH. */
  readonly options: Dict;
  readonly payload: Payload | undefined;
  /** What it says of a payload that only the ends can read. */
  readonly passthru: Passthru | undefined;
  /** Who publishes; undefined for the realm. */
  readonly publisher: Peer | undefined;
  /** Who does not get it although subscribed. */
  readonly excluded: Subscriber | undefined;
}

/**
 * PUBLISH: an EVENT for every subscription that the topic meets, to every subscriber. Only where the publisher asked for
 * it (`acknowledge`), the answer is PUBLISHED or ERROR; otherwise there is none, whatever happens.
 */
export function publish(message: Publish, publisher: Subscriber, context: PublishContext): void {
  const { topic, options, payload } = message;
  const acknowledge = options.acknowledge === true;
  const excluded = options.exclude_me === false ? undefined : publisher;
  // Also where nobody gets it: that is no matter of who listens.
  const passthru = passthruOf(message, publisher.peer);
  const outcome =
    refusedTopic(topic, context) ??
    refusedDisclosure({ publisher: publisher.peer, topic, options }, context) ??
    spread({ topic, options, payload, passthru, publisher: publisher.peer, excluded }, context);
  if (typeof outcome === 'object') {
    if (acknowledge) refuse(publisher.peer, message, outcome);
    else publisher.peer.log.debug({ error: outcome.error }, `PUBLISH dropped: ${outcome.text}`);
    return;
  }
  if (!acknowledge) return;
  publisher.peer.tell(publishedMessage(message.request, outcome ?? randomId(context.random)));
}

/** Why nobody may publish there; undefined where everybody may. */
export function refusedTopic(topic: string, { subscriptions, uriRule }: PublishContext): Refusal | undefined {
  // A topic that has subscribers was checked when the first of them came.
  const known = subscriptions.at(topic, 'exact') !== undefined;
  return (known ? undefined : refusedUri(topic, 'topic', uriRule)) ?? refusedReserved(topic, 'topic');
}

const NONE: readonly Subscription[] = [];

/**
 * Sends a publication to those it is for, and keeps it where it is to be kept. Returns its id; undefined where there was
 * nobody to get it and it was not kept; or why it cannot be retained, and then nobody gets it.
 */
export function spread(publication: Publication, context: PublishContext): Id | Refusal | undefined {
  const { topic, options, payload, publisher, excluded } = publication;
  const { subscriptions, history, random } = context;
  const exact = subscriptions.at(topic, 'exact');
  const patterns = subscriptions.hasPatterns ? subscriptions.patternsFor(topic) : NONE;
  const retain = options.retain === true;
  // What the router itself says is of the moment.
  const keep = history === undefined || publisher === undefined ? 0 : history.keeps(topic);
  const somebody = (exact !== undefined && receiverCount(exact, excluded) > 0) || patterns.length > 0;
  if (!somebody && !retain && keep === 0) return undefined;

  const id = randomId(random);
  const receivers = receiversOf(options);
  const details = detailsOf(publication, context);
  if (retain || keep > 0) {
    const refusal = keepEvent({ publication, id, details, receivers, retain, keep }, context);
    if (refusal !== undefined) return refusal;
  }
  if (exact !== undefined) deliver({ id, details, payload, receivers, excluded }, exact);
  for (const subscription of patterns) {
    deliver({ id, details: withTopic(details, topic, subscription.match), payload, receivers, excluded }, subscription);
  }
  return id;
}

interface Keeping {
  readonly publication: Publication;
  readonly id: Id;
  readonly details: Dict;
  readonly receivers: Receivers | undefined;
  readonly retain: boolean;
  /** How many events of this topic the history keeps. */
  readonly keep: number;
}

/** For those who come later: the retained event of the topic, and its history. */
function keepEvent({ publication, id, details, receivers, retain, keep }: Keeping, context: PublishContext) {
  const { topic, options } = publication;
  const payload = kept(publication.payload);
  if (retain) {
    const bytes = sizeOf(payload) + sizeOfValue(topic) + sizeOfValue(details) + (receivers?.size ?? 0);
    if (!context.retained.put(topic, { publication: id, details, receivers, payload, bytes })) {
      const text = 'PUBLISH options.retain: this realm retains as much as it may (retainedEvents, retainedBytes)';
      return { error: ERROR_URIS.limitExceeded, text };
    }
  }
  if (keep > 0 && receivers?.namesSessions !== true) {
    const time = context.wallTime();
    context.history?.record({ topic, publication: id, time, details, receivers: keptLists(options), payload }, keep);
  }
  return undefined;
}

function receiverCount(subscription: Subscription, excluded: Subscriber | undefined): number {
  const { subscribers } = subscription;
  return excluded !== undefined && subscribers.has(excluded) ? subscribers.size - 1 : subscribers.size;
}

interface Delivery {
  readonly id: Id;
  readonly details: Dict;
  readonly payload: Payload | undefined;
  readonly receivers: Receivers | undefined;
  readonly excluded: Subscriber | undefined;
}

function deliver({ id, details, payload, receivers, excluded }: Delivery, subscription: Subscription): void {
  const count = receiverCount(subscription, excluded);
  if (count === 0) return;
  // One message for all: whoever encodes it first leaves the bytes in `frames` for the others.
  const frames = count > 1 ? new Map<string, Uint8Array>() : undefined;
  const event = eventMessage(subscription.id, id, details, payload, frames);
  // Serializers that cannot carry this payload: what the first subscriber met, the others need not try.
  let unfit: Set<string> | undefined;
  for (const subscriber of subscription.subscribers) {
    if (subscriber === excluded) continue;
    const { peer } = subscriber;
    if (receivers?.admits(peer.id, peer.identity) === false) continue;
    if (unfit?.has(peer.serializer) === true) continue;
    if (sent(event, peer, subscription.topic)) continue;
    unfit ??= new Set();
    unfit.add(peer.serializer);
  }
}

/** Sends an event, to be dropped where this subscriber's wire cannot carry it. `false`: no wire of this serializer can. */
export function sent(event: Event, peer: Peer, topic: string): boolean {
  // To any other subscriber, bytes in the place of args are no event.
  if (event.payload instanceof BinaryPayload && !peer.roles.has('subscriber', 'payload_transparency')) {
    peer.log.debug({ topic }, 'EVENT dropped: this subscriber has not announced its form');
    return true;
  }
  const failure = peer.deliver(event);
  if (failure === undefined) return true;
  peer.log.warn({ err: failure, topic }, 'EVENT dropped: it cannot be carried to this subscriber');
  return !(failure instanceof SerializationError);
}

/** How a subscription names its topic to a subscriber: those to patterns would not know it. */
export function withTopic(details: Dict, topic: string, match: MatchPolicy): Dict {
  return match === 'exact' ? details : { ...details, topic };
}
