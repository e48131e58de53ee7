import type { WampError } from '@wamp-run/protocol';
import type { ClientState } from './client-states.js';

/** How a client is doing, from one change of it to the next. */
export interface ClientStatus {
  readonly state: ClientState;
  /** How many attempts have begun since the client was opened. */
  readonly attempt: number;
  /** While `waiting`, or `closed`: why the last attempt failed, the session ended, or the client gave up. */
  readonly error?: WampError | undefined;
  /** While `waiting`: milliseconds from this status until the next attempt; undefined until that is known. */
  readonly retryIn?: number | undefined;
}
