import { WebSocket } from 'ws';

/**
 * The WebSocket of ws, with a word before the close frame leaves. ws closes by itself where it refuses a frame, before
 * anybody hears of it, and a WAMP peer is owed an ABORT in front of that close frame.
 */
export class WireSocket extends WebSocket {
  /**
   * Called once, before this side's close frame leaves. Where ws closes of its own accord (the peer's frame is too large
   * or malformed), `refused` is the close code; it is undefined where this side asked, or answers the peer's close.
   */
  onClosing: ((refused: number | undefined) => void) | undefined = undefined;

  override close(code?: number, reason?: string | Buffer): void {
    if (this.readyState === WebSocket.OPEN) {
      // An answer to the peer's close has the peer's reason, if only an empty one, or no code; a refusal has a code alone.
      this.onClosing?.(reason === undefined ? code : undefined);
    }
    super.close(code, reason);
  }
}
