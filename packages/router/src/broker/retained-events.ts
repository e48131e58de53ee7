import { type Dict, type Id, type MatchPolicy, matches, type Payload } from '@wamp-run/protocol';
import type { Peer } from '../peer.js';
import type { RouterLimits } from '../router-limits.js';
import type { Receivers } from './receivers.js';

/** An event that is kept for those who subscribe later (`get_retained`). */
export interface RetainedEvent {
  readonly publication: Id;
  readonly details: Dict;
  readonly receivers: Receivers | undefined;
  readonly payload: Payload | undefined;
  readonly bytes: number;
}

/**
 * Of each topic so many retained events at most, where the newer ones are not for everybody: each subscriber gets the
 * newest that it would have been eligible for.
 */
export const MOST_PER_TOPIC = 8;

/** The retained events of a realm. */
export class RetainedEvents {
  readonly #limits: Pick<RouterLimits, 'retainedEvents' | 'retainedBytes'>;
  /** Newest first. */
  readonly #byTopic = new Map<string, readonly RetainedEvent[]>();
  #size = 0;
  #bytes = 0;

  constructor(limits: Pick<RouterLimits, 'retainedEvents' | 'retainedBytes'>) {
    this.#limits = limits;
  }

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** Keeps an event in place of those that nobody will get any more. `false`: it would be too many, and nothing changed. */
  put(topic: string, event: RetainedEvent): boolean {
    const before = this.#byTopic.get(topic) ?? [];
    const after = event.receivers === undefined ? [event] : [event, ...before.slice(0, MOST_PER_TOPIC - 1)];
    const size = this.#size - before.length + after.length;
    const bytes = this.#bytes - bytesOf(before) + bytesOf(after);
    if (size > this.#limits.retainedEvents || bytes > this.#limits.retainedBytes) return false;
    this.#byTopic.set(topic, after);
    this.#size = size;
    this.#bytes = bytes;
    return true;
  }

  /** For each topic that a subscription meets, the newest event that this session may have. */
  *newest(topic: string, match: MatchPolicy, peer: Peer): Iterable<[topic: string, event: RetainedEvent]> {
    if (match === 'exact') {
      const event = this.#newestFor(peer, this.#byTopic.get(topic) ?? []);
      if (event !== undefined) yield [topic, event];
      return;
    }
    for (const [name, events] of this.#byTopic) {
      if (!matches(name, topic, match)) continue;
      const event = this.#newestFor(peer, events);
      if (event !== undefined) yield [name, event];
    }
  }

  #newestFor(peer: Peer, events: readonly RetainedEvent[]): RetainedEvent | undefined {
    return events.find(({ receivers }) => receivers?.admits(peer.id, peer.identity) !== false);
  }
}

function bytesOf(events: readonly RetainedEvent[]): number {
  let bytes = 0;
  for (const event of events) bytes += event.bytes;
  return bytes;
}
