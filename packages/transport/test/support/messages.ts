import { type Dict, type Event, eventMessage, type Value } from '@wamp-run/protocol';

/** An event with these args: a message like any other. */
export function event(...args: unknown[]): Event {
  return eventMessage(1, 1, {}, { args: args as Value[], kwargs: {} });
}

export function eventWith(details: Dict): Event {
  return eventMessage(1, 1, details);
}
