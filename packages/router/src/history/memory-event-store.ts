import { InvalidConfiguration, matches } from '@wamp-run/protocol';
import { sizeOf, sizeOfValue } from '../kept-payload.js';
import type { EventRange, EventStore, HistoryEvent } from './event-store.js';

/** How much a history in memory may hold. */
export interface MemoryEventStoreOptions {
  /** Events of all topics together. Default 100 000. */
  readonly events?: number;
  /** Bytes of all events together. Default 64 MiB. */
  readonly bytes?: number;
}

/**
 * A history that ends with the process. Beyond its bounds the oldest events of all topics go first.
 *
 * @throws InvalidConfiguration where a bound is no whole number of at least 1
 * @example
 * new Router({ realms: [{ name: 'shop', history: { topics: [{ uri: 'com.shop.orders' }], store: memoryEventStore() } }], … });
 */
export function memoryEventStore(options: MemoryEventStoreOptions = {}): EventStore {
  const { events = 100_000, bytes = 64 * 2 ** 20 } = options;
  atLeastOne('events', events);
  atLeastOne('bytes', bytes);
  return new MemoryEventStore(events, bytes);
}

function atLeastOne(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new InvalidConfiguration(`memoryEventStore: ${name}: expected a whole number of at least 1, got ${value}`);
}

interface Entry {
  readonly event: HistoryEvent;
  readonly bytes: number;
}

/** By a number that counts up, which is also the order of publication: the first entry of a map is its oldest. */
type Entries = Map<number, Entry>;

class MemoryEventStore implements EventStore {
  readonly #mostEvents: number;
  readonly #mostBytes: number;
  readonly #all: Entries = new Map();
  /** By realm, then by topic. */
  readonly #realms = new Map<string, Map<string, Entries>>();
  #bytes = 0;
  #count = 0;

  constructor(mostEvents: number, mostBytes: number) {
    this.#mostEvents = mostEvents;
    this.#mostBytes = mostBytes;
  }

  append(event: HistoryEvent, keep: number): void {
    const number = this.#count++;
    const bytes = sizeOf(event.payload) + sizeOfValue(event.details) + sizeOfValue(event.receivers ?? {});
    const entry = { event, bytes };
    const topic = this.#topic(event);
    topic.set(number, entry);
    this.#all.set(number, entry);
    this.#bytes += bytes;
    while (topic.size > keep) this.#forgetOldest(topic);
    while (this.#all.size > this.#mostEvents || this.#bytes > this.#mostBytes) this.#forgetOldest(this.#all);
  }

  *events(range: EventRange): Iterable<HistoryEvent> {
    const exact = range.match === 'exact';
    const entries = exact ? this.#realms.get(range.realm)?.get(range.topic) : this.#all;
    if (entries === undefined) return;
    for (const { event } of range.reverse ? [...entries.values()].reverse() : entries.values()) {
      if (range.from !== undefined && event.time < range.from) continue;
      if (range.until !== undefined && event.time > range.until) continue;
      if (!exact && (event.realm !== range.realm || !matches(event.topic, range.topic, range.match))) continue;
      yield event;
    }
  }

  close(): void {
    this.#all.clear();
    this.#realms.clear();
    this.#bytes = 0;
  }

  #topic({ realm, topic }: HistoryEvent): Entries {
    let topics = this.#realms.get(realm);
    if (topics === undefined) {
      topics = new Map();
      this.#realms.set(realm, topics);
    }
    let entries = topics.get(topic);
    if (entries === undefined) {
      entries = new Map();
      topics.set(topic, entries);
    }
    return entries;
  }

  #forgetOldest(of: Entries): void {
    for (const [number, { event, bytes }] of of) {
      const topics = this.#realms.get(event.realm);
      const topic = topics?.get(event.topic);
      topic?.delete(number);
      this.#all.delete(number);
      this.#bytes -= bytes;
      if (topic?.size === 0) topics?.delete(event.topic);
      if (topics?.size === 0) this.#realms.delete(event.realm);
      return;
    }
  }
}
