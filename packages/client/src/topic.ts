import type { Dict, Id, MatchPolicy } from '@wamp-run/protocol';
import type { Asking, Handling } from './handling.js';
import type { UriTarget } from './uri-target.js';

/** One SUBSCRIBE that is on its way, and those who wait for it. */
export interface Ask {
  readonly getRetained: boolean;
  readonly waiting: Asking[];
}

/** One subscription at the router, and the handlers that share it. */
export interface Topic {
  /** The same URI matched in another way is another subscription. */
  readonly key: string;
  readonly uri: string;
  readonly match: MatchPolicy;
  /** 0 until SUBSCRIBED comes. */
  id: Id;
  /** Replaced, never changed: an event goes to those who were there when it came. */
  handlers: readonly Handling[];
  /** Those whose SUBSCRIBE asked last for what is retained: it comes for them. */
  retainedFor: readonly Handling[];
  readonly asks: Set<Ask>;
  /** What UNSUBSCRIBE carries of what SUBSCRIBE did. */
  endOptions: Dict | undefined;
}

/** The name of a target among a session's subscriptions. A URI has no white space. */
export function topicKey({ uri, match }: UriTarget): string {
  return match === 'exact' ? uri : `${match} ${uri}`;
}

export function newTopic({ uri, match, key }: { uri: string; match: MatchPolicy; key: string }): Topic {
  return { key, uri, match, id: 0, handlers: [], retainedFor: [], asks: new Set(), endOptions: undefined };
}
