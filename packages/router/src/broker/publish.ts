import {
  type Event,
  eventMessage,
  type Publish,
  publishedMessage,
  type Random,
  randomId,
  SerializationError,
  type UriRule,
} from '@wamp-run/protocol';
import { detailsWith, isDangerous, type Passthru, passthruOf, understands } from '../passthru.js';
import { type Refusal, refuse, refusedReserved, refusedUri } from '../refuse.js';
import { NOTHING } from '../shared-details.js';
import { PUBLISH_OPTIONS, refusedOption } from '../unannounced.js';
import type { Subscriber, Subscription, Subscriptions } from './subscriptions.js';

/** What publishing needs. */
export interface PublishContext {
  readonly subscriptions: Subscriptions;
  readonly random: Random;
  readonly uriRule: UriRule;
}

/**
 * PUBLISH: an EVENT to every subscriber of the topic. Only where the publisher asked for it (`acknowledge`), the answer
 * is PUBLISHED or ERROR; otherwise there is none, whatever happens.
 */
export function publish(message: Publish, publisher: Subscriber, context: PublishContext): void {
  const acknowledge = message.options.acknowledge === true;
  const passthru = passthruOf(message, publisher.peer);
  const subscription = context.subscriptions.at(message.topic);
  const refusal =
    refusedOption('PUBLISH options', message.options, PUBLISH_OPTIONS) ??
    refusedTopic(message.topic, subscription, context.uriRule);
  if (refusal !== undefined) {
    if (acknowledge) refuse(publisher.peer, message, refusal);
    else publisher.peer.log.debug({ error: refusal.error }, `PUBLISH dropped: ${refusal.text}`);
    return;
  }
  const excluded = message.options.exclude_me === false ? undefined : publisher;
  const receivers = subscription === undefined ? 0 : receiverCount(subscription, excluded);
  if (receivers === 0 && !acknowledge) return;

  const publication = randomId(context.random);
  if (subscription !== undefined && receivers > 0) {
    // One message for all: whoever encodes it first leaves the bytes in `frames` for the others.
    const frames = receivers > 1 ? new Map<string, Uint8Array>() : undefined;
    const details = detailsWith(NOTHING, passthru);
    const event = eventMessage(subscription.id, publication, details, message.payload, frames);
    deliver(event, subscription, { excluded, passthru });
  }
  if (acknowledge) publisher.peer.tell(publishedMessage(message.request, publication));
}

/** A topic that has subscribers was checked when the first of them came. */
function refusedTopic(topic: string, subscription: Subscription | undefined, rule: UriRule): Refusal | undefined {
  const malformed = subscription === undefined ? refusedUri(topic, 'topic', rule) : undefined;
  return malformed ?? refusedReserved(topic, 'topic');
}

function receiverCount(subscription: Subscription, excluded: Subscriber | undefined): number {
  const { subscribers } = subscription;
  return excluded !== undefined && subscribers.has(excluded) ? subscribers.size - 1 : subscribers.size;
}

function deliver(
  event: Event,
  subscription: Subscription,
  { excluded, passthru }: { excluded: Subscriber | undefined; passthru: Passthru | undefined },
): void {
  // Serializers that cannot carry this payload: what the first subscriber met, the others need not try.
  let unfit: Set<string> | undefined;
  for (const subscriber of subscription.subscribers) {
    if (subscriber === excluded) continue;
    const { peer } = subscriber;
    if (unfit?.has(peer.serializer) === true) continue;
    if (isDangerous(passthru) && !understands(peer, 'subscriber', passthru)) {
      peer.log.debug({ topic: subscription.topic }, 'EVENT dropped: this subscriber has not announced its form');
      continue;
    }
    const failure = peer.send(event);
    if (failure === undefined) continue;
    peer.log.warn(
      { err: failure, topic: subscription.topic },
      'EVENT dropped: it cannot be carried to this subscriber',
    );
    if (failure instanceof SerializationError) {
      unfit ??= new Set();
      unfit.add(peer.serializer);
    }
  }
}
