import type { Dict, Id, MatchPolicy, Payload } from '@wamp-run/protocol';

/** One event as a history keeps it. */
export interface HistoryEvent {
  readonly realm: string;
  readonly topic: string;
  readonly publication: Id;
  /** When it was published, in milliseconds since 1970. */
  readonly time: number;
  /** EVENT.Details as an exact subscriber got them: who published it, where that was disclosed. */
  readonly details: Dict;
  /** Whom it was for, as in PUBLISH.Options: the lists by authid and authrole. Undefined where it was for everybody. */
  readonly receivers: Dict | undefined;
  /** Nobody else's: the store may keep it as it is. */
  readonly payload: Payload | undefined;
}

/** Which events are asked for. */
export interface EventRange {
  readonly realm: string;
  /** A topic, or a pattern of topics. */
  readonly topic: string;
  readonly match: MatchPolicy;
  /** Newest first; otherwise oldest first. */
  readonly reverse: boolean;
  /** No earlier than this, in milliseconds since 1970. */
  readonly from?: number | undefined;
  /** No later than this, in milliseconds since 1970. */
  readonly until?: number | undefined;
}

/**
 * Keeps the events of topics that have a history: in memory (`memoryEventStore`), in a file
 * (`sqliteEventStore` of `@wamp-run/router/sqlite-history`), or wherever an implementation of your own likes. One store
 * may serve several realms, and what it throws harms nobody but who asked for the history.
 */
export interface EventStore {
  /** Keeps an event, and of its topic no more than the newest `keep`. */
  append(event: HistoryEvent, keep: number): void;
  /** The events of a range in the order in which they were published. Taken from while nothing is appended. */
  events(range: EventRange): Iterable<HistoryEvent>;
  /** Lets go of files and memory. Any number of times. */
  close(): void;
}
