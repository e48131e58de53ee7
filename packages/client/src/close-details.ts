import { CLOSE_REASONS } from '@wamp-run/protocol';

/** Why a session ended. */
export interface CloseDetails {
  /**
   * The reason URI: the one that GOODBYE or ABORT carried, `wamp.error.protocol_violation` where a peer broke the
   * protocol, `wamp.close.transport_lost` where the connection went away without a word.
   */
  readonly reason: string;
  /** For people, where there is one. */
  readonly message: string | undefined;
}

// Refusals that the same attempt, some time later, may not meet. Any other says that something has to be changed first.
const PASSING: ReadonlySet<string> = new Set([
  'wamp.error.network_failure',
  'wamp.error.timeout',
  'wamp.error.unavailable',
]);

/** Whether what a router gave as its reason for ending or refusing a session may be different the next time. */
export function isPassing(reason: string): boolean {
  return reason.startsWith('wamp.close.') || PASSING.has(reason);
}

/** What `leave` says where nothing else is asked for. */
export const NORMAL = CLOSE_REASONS.normal;
