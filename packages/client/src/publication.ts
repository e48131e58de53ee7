import type { Id } from '@wamp-run/protocol';

/** An event that the router has taken. */
export interface Publication {
  /** The publication id: the same that every receiver sees. */
  readonly id: Id;
  /** The scheme that its arguments went out encoded in; undefined where they went in the clear. */
  readonly payloadScheme: string | undefined;
}
