import { WebSocket } from 'ws';

/** Whose WebSocket it is, and what it is told of its end. */
export interface WebSocketOwner {
  /**
   * Called once, before this side's close frame leaves. Where ws closes of its own accord (the peer's frame is too large
   * or malformed), `refused` is the close code; it is undefined where this side asked, or answers the peer's close.
   */
  closes(refused: number | undefined): void;
  /** It is closed, with the code and the reason of the peer's close frame, or with 1006 where none came. */
  closed(code: number, reason: string): void;
}

/**
 * The WebSocket of ws, with a word before the close frame leaves. ws closes by itself where it refuses a frame, before
 * anybody hears of it, and a WAMP peer is owed an ABORT in front of that close frame.
 */
export class WireSocket extends WebSocket {
  owner: WebSocketOwner | undefined = undefined;

  /** Has this owner told, by listeners that all WebSockets share: idle ones are many. */
  tell(owner: WebSocketOwner): void {
    this.owner = owner;
    // ws closes after its every error, and the close says what there is to say.
    this.on('error', ignored);
    this.on('close', tellClosed);
  }

  override close(code?: number, reason?: string | Buffer): void {
    if (this.readyState === WebSocket.OPEN) {
      // An answer to the peer's close has the peer's reason, if only an empty one, or no code; a refusal has a code alone.
      this.owner?.closes(reason === undefined ? code : undefined);
    }
    super.close(code, reason);
  }
}

function tellClosed(this: WebSocket, code: number, reason: Buffer): void {
  (this as WireSocket).owner?.closed(code, reason.toString());
}

function ignored(): void {}
