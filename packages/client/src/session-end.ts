import {
  CLOSE_REASONS,
  type Closed,
  canonicalUri,
  ProtocolError,
  SessionEnded,
  TransportLost,
  type WampError,
} from '@wamp-run/protocol';
import { type CloseDetails, isPassing } from './close-details.js';

/** How a session ended. */
export interface SessionEnd {
  /** Why. */
  readonly details: CloseDetails;
  /** What requests reject with that were pending. */
  readonly error: WampError;
  /** This side left of its own will. */
  readonly own: boolean;
}

/** The peer ended it, with GOODBYE or ABORT. */
export function endedByPeer(uri: string, message: string | undefined): SessionEnd {
  const reason = canonicalUri(uri);
  const error = new SessionEnded(reason, message, { retryable: isPassing(reason) });
  return { details: { reason, message }, error, own: false };
}

/** The transport closed under it. */
export function endedByLoss(why: Closed, peer: string): SessionEnd {
  // What arrived was no message: the transport has told the peer, and says so in its last word.
  if (why.error instanceof ProtocolError) {
    const { reason, message } = why.error;
    return { details: { reason, message }, error: why.error, own: false };
  }
  const message = `the connection to ${peer} is gone: ${why.reason}`;
  const error = new TransportLost(message, { cause: why.error });
  return { details: { reason: CLOSE_REASONS.transportLost, message }, error, own: false };
}

/** This side closed the transport, without GOODBYE. */
export function endedByDisconnect(): SessionEnd {
  const message = 'this side closed the connection';
  return { details: { reason: CLOSE_REASONS.transportLost, message }, error: new TransportLost(message), own: false };
}
