import type { Clock } from '@wamp-run/protocol';

/** What a watch needs to know. */
export interface Stall {
  readonly clock: Clock;
  /** Milliseconds that a message which has begun may stand still. */
  readonly timeout: number;
  /** How many bytes have come so far. */
  received(): number;
  /** Whether a message has begun and has not ended. */
  unfinished(): boolean;
  /** It stands still. */
  stalled(): void;
}

/** Finds out who begins a message and does not go on. There is a timer only while there is half a message. */
export class StallWatch {
  readonly #stall: Stall;
  #callOff: (() => void) | undefined;
  #received = 0;

  constructor(stall: Stall) {
    this.#stall = stall;
  }

  /** Half a message is there. */
  begin(): void {
    if (this.#callOff !== undefined) return;
    this.#received = this.#stall.received();
    this.#callOff = this.#stall.clock.after(this.#stall.timeout, this.#check);
  }

  stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }

  readonly #check = (): void => {
    this.#callOff = undefined;
    if (!this.#stall.unfinished()) return;
    if (this.#stall.received() === this.#received) this.#stall.stalled();
    else this.begin();
  };
}
