import type { Clock } from '@wamp-run/protocol';

/** What travels on a lane. */
export interface Parcel {
  /** Milliseconds that it is held back. */
  readonly delay: number;
  /** What it counts for while it waits. */
  readonly bytes: number;
  deliver(): void;
}

/** One direction of a connection. In order, as on a wire: what is held back holds back all that comes behind it. */
export class Lane {
  readonly #clock: Clock;
  #waiting: (Parcel & { readonly due: number })[] = [];
  #stalled = false;
  #callOff: (() => void) | undefined;
  #bytes = 0;
  #expected = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many parcels are held back. */
  get held(): number {
    return this.#waiting.length;
  }

  /** Bytes of what is held back, or will be as soon as it arrives. */
  get bytes(): number {
    return this.#bytes + this.#expected;
  }

  /** Whether what is taken now has to wait, even without a delay of its own. */
  get isHolding(): boolean {
    return this.#stalled || this.#waiting.length > 0;
  }

  /** Counts what is under way to this lane, so that a sender sees at once what piles up. Negative: it has arrived. */
  expect(bytes: number): void {
    this.#expected += bytes;
  }

  take(parcel: Parcel): void {
    if (!this.isHolding && parcel.delay === 0) {
      parcel.deliver();
      return;
    }
    this.#bytes += parcel.bytes;
    this.#waiting.push({ ...parcel, deliver: () => parcel.deliver(), due: this.#clock.now() + parcel.delay });
    this.#watch();
  }

  /** From now on nothing gets through. */
  stall(): void {
    this.#stalled = true;
    this.#callOff?.();
    this.#callOff = undefined;
  }

  /** What was stalled goes on, as soon as it is due. */
  resume(): void {
    this.#stalled = false;
    this.#deliverDue();
  }

  /** Everything goes on now, due or not. */
  flush(): void {
    this.#stalled = false;
    for (const parcel of this.#empty()) parcel.deliver();
  }

  /** What is held back is lost, and nothing is stalled any longer. */
  discard(): void {
    this.#stalled = false;
    this.#empty();
  }

  #empty(): readonly Parcel[] {
    this.#callOff?.();
    this.#callOff = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    return waiting;
  }

  #deliverDue(): void {
    this.#callOff = undefined;
    for (;;) {
      const first = this.#waiting[0];
      // What is delivered may stall the lane, or end it.
      if (first === undefined || this.#stalled || first.due > this.#clock.now()) break;
      this.#waiting.shift();
      this.#bytes -= first.bytes;
      first.deliver();
    }
    this.#watch();
  }

  #watch(): void {
    const first = this.#waiting[0];
    if (first === undefined || this.#stalled || this.#callOff !== undefined) return;
    this.#callOff = this.#clock.after(Math.max(0, first.due - this.#clock.now()), () => this.#deliverDue());
  }
}
