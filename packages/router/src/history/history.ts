import type { Dict, Logger } from '@wamp-run/protocol';
import { receiversOf } from '../broker/receivers.js';
import type { Subscription } from '../broker/subscriptions.js';
import type { Identity } from '../handshake.js';
import { PatternIndex } from '../pattern-index.js';
import type { HistorySettings, HistoryTopic } from '../realm-options.js';
import type { EventRange, EventStore, HistoryEvent } from './event-store.js';
import type { HistoryQuery } from './history-query.js';

/** What of the events is wanted, by whom. */
export interface HistoryRequest {
  readonly subscription: Subscription;
  readonly query: HistoryQuery;
  readonly asker: Identity;
  /** No more events than this, whatever the query says. */
  readonly most: number;
}

/** The history of one realm: which topics have one, and the store that keeps it. */
export class History {
  readonly #realm: string;
  readonly #store: EventStore;
  readonly #log: Logger;
  readonly #topics = new PatternIndex<Required<HistoryTopic>>();

  constructor(realm: string, { store, topics }: HistorySettings, log: Logger) {
    this.#realm = realm;
    this.#store = store;
    this.#log = log;
    for (const topic of topics) this.#topics.set(topic.uri, topic.match, topic);
  }

  /** How many events of a topic are kept: the most that any entry for it says; 0 for a topic without history. */
  keeps(topic: string): number {
    let keep = 0;
    for (const entry of this.#topics.matching(topic)) keep = Math.max(keep, entry.keep);
    return keep;
  }

  /** Keeps an event. One that the store cannot take is logged, and lost to the history only. */
  record(event: Omit<HistoryEvent, 'realm'>, keep: number): void {
    try {
      this.#store.append({ realm: this.#realm, ...event }, keep);
    } catch (error) {
      this.#log.error({ err: error, topic: event.topic }, 'an event could not be added to the history');
    }
  }

  /** The events that a session asks for, of those that it would have got. Throws what the store throws. */
  read({ subscription, query, asker, most }: HistoryRequest): HistoryEvent[] {
    const { topic, match } = subscription;
    const range: EventRange = { realm: this.#realm, topic, match, ...query.range };
    const limit = Math.min(query.limit ?? most, most);
    const read: HistoryEvent[] = [];
    for (const event of query.between(this.#store.events(range))) {
      if (query.topic !== undefined && event.topic !== query.topic) continue;
      if (!mayHave(event.receivers, asker)) continue;
      read.push(event);
      if (read.length >= limit) break;
    }
    return read;
  }
}

function mayHave(lists: Dict | undefined, asker: Identity): boolean {
  // No list here names sessions: such events are in no history.
  return lists === undefined || receiversOf(lists)?.admits(0, asker) !== false;
}
