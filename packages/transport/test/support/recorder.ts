import {
  type Closed,
  decoded,
  type Message,
  payloadIn,
  type Transport,
  type TransportHandler,
} from '@wamp-run/protocol';

/** A handler that keeps what it is told, and lets a test wait for it. */
export class Recorder implements TransportHandler {
  readonly messages: Message[] = [];
  readonly ends: Closed[] = [];
  #waiting: (() => void)[] = [];

  static on(transport: Transport): Recorder {
    const recorder = new Recorder();
    transport.start(recorder);
    return recorder;
  }

  message(message: Message): void {
    this.messages.push(message);
    this.#wake();
  }

  closed(why: Closed): void {
    this.ends.push(why);
    this.#wake();
  }

  /** The args of the messages. */
  get args(): unknown[][] {
    return this.messages.map((message) => decoded(payloadIn(message)).args);
  }

  async count(count: number): Promise<Message[]> {
    while (this.messages.length < count) {
      if (this.ends.length > 0) throw new Error(`closed: ${this.ends[0]?.reason}`);
      await this.#change();
    }
    return this.messages;
  }

  async end(): Promise<Closed> {
    while (this.ends.length === 0) await this.#change();
    return this.ends[0] as Closed;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}
