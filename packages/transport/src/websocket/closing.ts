import { type Closed, ERROR_URIS, ProtocolError } from '@wamp-run/protocol';

/** Codes of the WebSocket protocol's close frames, as far as they are used here. */
export const CloseCode = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  /** Not on the wire: the close frame had no code. */
  none: 1005,
  /** Not on the wire: there was no close frame. */
  lost: 1006,
  notUtf8: 1007,
  policy: 1008,
  tooLarge: 1009,
  internalError: 1011,
} as const;

/** What decides which words fit. */
export interface RefusedFrame {
  readonly maxMessageSize: number;
  /** Whether frames may be compressed here: what cannot be inflated has the same code as what is not UTF-8. */
  readonly compressed: boolean;
}

/** The error for a frame that ws has refused with this close code. */
export function refusedFrame(code: number, { maxMessageSize, compressed }: RefusedFrame): ProtocolError {
  switch (code) {
    case CloseCode.tooLarge:
      return new ProtocolError(`a message of more than ${maxMessageSize} bytes came in, which is the limit here`, {
        reason: ERROR_URIS.payloadSizeExceeded,
      });
    case CloseCode.notUtf8:
      return new ProtocolError(
        compressed
          ? 'a frame came in that cannot be inflated, or is not UTF-8'
          : 'a text frame came in that is not UTF-8',
      );
    case CloseCode.policy:
      return new ProtocolError('a message came in that has too many frames');
    default:
      return new ProtocolError('a frame came in that breaks the WebSocket protocol');
  }
}

/** How a connection ended on which both sides sent a close frame, this side without having found a fault. */
export function closedBy(side: 'this side' | 'the peer', code: number, reason: string): Closed {
  const agreed = code === CloseCode.normal || code === CloseCode.goingAway || code === CloseCode.none;
  if (agreed || side === 'this side') return { clean: true, reason: `closed by ${side}` };
  return { clean: false, reason: `closed by the peer with code ${code}${reason === '' ? '' : ` (${reason})`}` };
}
