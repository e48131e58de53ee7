import type { Exchange } from './answers.js';
import type { LongPollServerSettings } from './listener-settings.js';
import { type BodyRefused, bodyOf } from './request-body.js';

/** A request with messages, or the one to close. */
export interface Turn extends Exchange {
  readonly kind: 'send' | 'close';
}

/** What happens to turns. */
export interface TurnsOptions {
  readonly settings: LongPollServerSettings;
  /** Its turn has come, and its body is whole. */
  take(turn: Turn, body: Buffer): void;
  /** Its body did not come whole. */
  failed(turn: Turn, refused: BodyRefused): void;
}

/** So many requests to send may wait at once. A client that keeps to its order has one. */
export const MOST_TURNS = 256;

/**
 * The requests to send of one transport, taken one after the other in the order in which they came. The body of one that
 * waits stays in its socket, so that many at once take no memory.
 */
export class Turns {
  readonly #options: TurnsOptions;
  #waiting: Turn[] = [];
  /** The one whose body is being read. */
  #current: Turn | undefined;
  #open = false;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** There is somebody to take messages. */
  open(): void {
    this.#open = true;
    this.#next();
  }

  /** Puts one behind the others; false where there are too many. */
  add(turn: Turn): boolean {
    if (this.#waiting.length >= MOST_TURNS) return false;
    this.#waiting.push(turn);
    this.#next();
    return true;
  }

  /** None is taken any more. What it returns still waits, the one that is being read included. */
  stop(): Turn[] {
    this.#open = false;
    const waiting = this.#current === undefined ? this.#waiting : [this.#current, ...this.#waiting];
    this.#waiting = [];
    return waiting;
  }

  #next(): void {
    if (!this.#open || this.#current !== undefined) return;
    const turn = this.#waiting.shift();
    if (turn === undefined) return;
    const { settings, take, failed } = this.#options;
    const { clock, bodyTimeout, maxMessageSize } = settings;
    this.#current = turn;
    bodyOf(turn.request, { limit: maxMessageSize, timeout: bodyTimeout, clock }).then(
      (body) => this.#done(() => take(turn, body)),
      (refused: BodyRefused) => this.#done(() => failed(turn, refused)),
    );
  }

  #done(tell: () => void): void {
    this.#current = undefined;
    if (this.#open) tell();
    this.#next();
  }
}
