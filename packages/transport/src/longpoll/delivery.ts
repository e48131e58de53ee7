import { type Closed, type Message, ProtocolError, type TransportHandler } from '@wamp-run/protocol';

/**
 * The handler of a transport, and what it is told. Both ends of a long-poll take nothing in before there is a handler, so
 * that messages need not be kept for it.
 */
export class Delivery {
  #handler: TransportHandler | undefined;
  #ended: Closed | undefined;
  #told = false;
  #resolveDone: () => void = () => {};
  /** Resolves with the end. */
  readonly done = new Promise<void>((resolve) => {
    this.#resolveDone = resolve;
  });

  get started(): boolean {
    return this.#handler !== undefined;
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** Throws a ProtocolError where there is a handler already. */
  start(handler: TransportHandler): void {
    if (this.#handler !== undefined) {
      throw new ProtocolError('start: this transport has a handler; it takes one only', {
        side: 'local',
        executed: 'no',
      });
    }
    this.#handler = handler;
    if (this.#ended !== undefined) queueMicrotask(this.#tell);
  }

  /** Only between `start` and `end`. */
  message(message: Message): void {
    this.#handler?.message(message);
  }

  /** The transport is at its end; the first time counts. The handler hears of it when the running code is done. */
  end(why: Closed): void {
    if (this.#ended !== undefined) return;
    this.#ended = why;
    queueMicrotask(this.#tell);
  }

  readonly #tell = (): void => {
    // Also where the handler throws: who waits for the end has it.
    this.#resolveDone();
    if (this.#told || this.#handler === undefined || this.#ended === undefined) return;
    this.#told = true;
    this.#handler.closed(this.#ended);
  };
}
