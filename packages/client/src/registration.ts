import type { Dict, Id, Value } from '@wamp-run/protocol';
import type { CallDetails } from './call-details.js';

/**
 * A procedure. Its arguments are its own to change. What it returns, or its promise resolves to, is the result:
 * `undefined` is an empty one, a CallResult several values, anything else one value. Of an async generator every
 * yield is a progressive result (dropped where the caller asked for none) and the return value the final one.
 * An ApplicationError that it throws crosses to the caller; any other error is reported here and hidden there.
 * `wamp.error.unavailable`, before any progressive result, has a router with call_reroute ask another callee, where the
 * procedure has several.
 */
export type Procedure = (args: Value[], kwargs: Dict, details: CallDetails) => unknown;

/**
 * A procedure that is registered with `progressive: true`. Its arguments are lists that come while it runs; lists that
 * it has not asked for wait, however many they are. Keyword arguments come with the first. When nobody waits for the
 * result any more, asking for the next list rejects with what `details.signal` aborts with.
 */
export type ProgressiveProcedure = (lists: AsyncIterable<Value[]>, kwargs: Dict, details: CallDetails) => unknown;

/** A procedure that this session offers. */
export interface Registration {
  /** The registration id, from the router. On a client's session, each join gives it another. */
  readonly id: Id;
  readonly procedure: string;
  /** False once it is unregistered, revoked by the router, or its session has ended. A client's is so between joins. */
  readonly active: boolean;
  /**
   * Takes the procedure back. Calls that the router has already sent still arrive until it resolves.
   * Resolves at once where the registration is not active. A client's is not made again, whenever this is asked.
   */
  unregister(): Promise<void>;
}
