import { type Message, payloadIn } from '../messages/message.js';
import { decoded } from '../payload.js';
import type { Closed, TransportHandler } from '../transport.js';
import type { Value } from '../value.js';
import { same } from './comparing.js';

/** A handler that keeps what it is told, and lets a test wait for it. */
export class Recorder implements TransportHandler {
  readonly messages: Message[] = [];
  readonly ends: Closed[] = [];
  readonly #onMessage: (message: Message) => void;
  #wake: () => void = () => {};

  constructor(onMessage: (message: Message) => void = () => {}) {
    this.#onMessage = onMessage;
  }

  message(message: Message): void {
    this.messages.push(message);
    this.#onMessage(message);
    this.#wake();
  }

  closed(why: Closed): void {
    this.ends.push(why);
    this.#wake();
  }

  /** The numbers that `numbered` put in. */
  get numbers(): Value[] {
    return this.messages.map((message) => decoded(payloadIn(message)).args[0] as Value);
  }

  /** The messages, when there are as many; rejects where the end comes first. */
  async count(count: number): Promise<Message[]> {
    while (this.messages.length < count) {
      const [why] = this.ends;
      if (why !== undefined) throw new Error(`closed after ${this.messages.length} messages: ${why.reason}`);
      await this.#change();
    }
    same(this.messages.length, count, 'how many messages came');
    return this.messages;
  }

  async end(): Promise<Closed> {
    while (this.ends.length === 0) await this.#change();
    return this.ends[0] as Closed;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
