import { ApplicationError, type Dict, ERROR_URIS, type Id, isId, type Value } from '@wamp-run/protocol';
import type { HistoryEvent } from './event-store.js';

/** What `wamp.subscription.get_events` asks for, read from its keyword arguments. */
export class HistoryQuery {
  /** For the store: the direction, and the span of time. */
  readonly range: { readonly reverse: boolean; readonly from: number | undefined; readonly until: number | undefined };
  readonly limit: number | undefined;
  /** Of a subscription to a pattern: this topic only. */
  readonly topic: string | undefined;
  readonly #bounds: Bounds;

  /** Throws an ApplicationError `wamp.error.invalid_argument` that names the keyword. */
  constructor(kwargs: Dict) {
    const reverse = keyword(kwargs, 'reverse', 'boolean', (v) => typeof v === 'boolean') as boolean | undefined;
    // Times are whole milliseconds: later than one is no earlier than the next.
    const from = latest(time(kwargs, 'from_time'), shifted(time(kwargs, 'after_time'), 1));
    const until = earliest(time(kwargs, 'until_time'), shifted(time(kwargs, 'before_time'), -1));
    this.range = { reverse: reverse ?? false, from, until };
    this.limit = keyword(kwargs, 'limit', 'whole number of at least 1', isLimit) as number | undefined;
    this.topic = keyword(kwargs, 'topic', 'URI', (v) => typeof v === 'string') as string | undefined;
    this.#bounds = {
      from: publication(kwargs, 'from_publication'),
      after: publication(kwargs, 'after_publication'),
      before: publication(kwargs, 'before_publication'),
      until: publication(kwargs, 'until_publication'),
    };
  }

  /**
   * Of these events, which are in the direction of the query, those between the publications that it names. Throws an
   * ApplicationError `wamp.error.invalid_argument` where one of them is not there (any more).
   */
  between(events: Iterable<HistoryEvent>): Iterable<HistoryEvent> {
    const { from, after, before, until } = this.#bounds;
    if (from === undefined && after === undefined && before === undefined && until === undefined) return events;
    const list = [...events];
    if (this.range.reverse) list.reverse();
    const first = Math.max(0, indexOf(list, from, 'from_publication', 0), indexOf(list, after, 'after_publication', 1));
    const end = Math.min(
      indexOf(list, before, 'before_publication', 0, list.length),
      indexOf(list, until, 'until_publication', 1, list.length),
    );
    const some = list.slice(first, Math.max(first, end));
    return this.range.reverse ? some.reverse() : some;
  }
}

interface Bounds {
  readonly from: Id | undefined;
  readonly after: Id | undefined;
  readonly before: Id | undefined;
  readonly until: Id | undefined;
}

function isLimit(value: Value): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1;
}

function keyword(kwargs: Dict, name: string, expected: string, holds: (value: Value) => boolean): Value | undefined {
  const value = kwargs[name];
  if (value === undefined || value === null) return undefined;
  if (holds(value)) return value;
  throw new ApplicationError(ERROR_URIS.invalidArgument, [`${name}: expected a ${expected}`]);
}

function time(kwargs: Dict, name: string): number | undefined {
  const isTime = (v: Value) => typeof v === 'string' && !Number.isNaN(Date.parse(v));
  const text = keyword(kwargs, name, 'time in ISO 8601, such as 2026-01-31T12:00:00.000Z', isTime);
  return text === undefined ? undefined : Date.parse(text as string);
}

function publication(kwargs: Dict, name: string): Id | undefined {
  return keyword(kwargs, name, 'publication id', isId) as Id | undefined;
}

function shifted(time: number | undefined, by: number): number | undefined {
  return time === undefined ? undefined : time + by;
}

function latest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function indexOf(
  events: readonly HistoryEvent[],
  publication: Id | undefined,
  name: string,
  shift: number,
  otherwise = 0,
): number {
  if (publication === undefined) return otherwise;
  const index = events.findIndex((event) => event.publication === publication);
  if (index >= 0) return index + shift;
  throw new ApplicationError(ERROR_URIS.invalidArgument, [
    `${name}: the history of this subscription has no event with publication id ${publication}`,
  ]);
}
