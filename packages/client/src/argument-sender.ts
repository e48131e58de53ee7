import { isFull, type Wire, whenRoom } from './wire-room.js';

/** What sending the arguments of a call needs. */
export interface ArgumentSenderOptions extends Wire {
  /** Sends one list; `last`: no more will come. What it throws ends the sending. */
  send(args: readonly unknown[] | undefined, last: boolean): void;
  /** What gives the arguments has failed, or they cannot be sent. */
  failed(error: unknown): void;
  /** What gives the arguments has failed when it was told to stop. */
  report(error: unknown): void;
}

/** Sends the argument lists of one call as they are produced, until they end or `stop`. */
export class ArgumentSender {
  readonly #lists: AsyncIterator<readonly unknown[], unknown>;
  readonly #options: ArgumentSenderOptions;
  #over = false;
  #wake: (() => void) | undefined;

  constructor(lists: AsyncIterable<readonly unknown[]>, options: ArgumentSenderOptions) {
    this.#lists = lists[Symbol.asyncIterator]();
    this.#options = options;
  }

  /** Never rejects. */
  async run(): Promise<void> {
    try {
      while (!this.#over) {
        const step = await this.#lists.next();
        if (this.#over) return;
        if (step.done === true) {
          this.#options.send(Array.isArray(step.value) ? step.value : undefined, true);
          this.#over = true;
          return;
        }
        this.#options.send(step.value, false);
        if (isFull(this.#options)) await this.#room();
      }
    } catch (error) {
      if (this.#over) this.#options.report(error);
      else this.#options.failed(error);
    }
  }

  /** The call is over: nothing more is asked for, and what gives the arguments runs its `finally` blocks. */
  stop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#wake?.();
    Promise.resolve()
      .then(() => this.#lists.return?.())
      .then(undefined, (error) => this.#options.report(error));
  }

  /** Resolves when the wire has room again, or the call is over. */
  #room(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = whenRoom(this.#options, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

/** Whether arguments come one list after another. */
export function isArgumentStream(args: unknown): args is AsyncIterable<readonly unknown[]> {
  return typeof args === 'object' && args !== null && !Array.isArray(args) && Symbol.asyncIterator in args;
}
