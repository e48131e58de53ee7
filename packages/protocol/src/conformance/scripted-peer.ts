import { type Message, nameOf } from '../messages/message.js';
import type { Closed, Transport, TransportDetails, TransportHandler } from '../transport.js';

/**
 * The other end of a transport, played by a test: hand `transport` to the client or the router under test,
 * `say` what its peer sends, and look at what it `heard`. Messages go over as they are, in microtasks.
 */
export class ScriptedPeer {
  /** The end for the code under test. */
  readonly transport: Transport;
  /** What the code under test has sent and the test has not taken yet. */
  readonly heard: Message[] = [];
  /** Whether the code under test has closed its end. */
  hungUp = false;
  #handler: TransportHandler | undefined;
  #waiting: { resolve: (message: Message) => void; reject: (error: Error) => void }[] = [];
  #early: Message[] = [];
  #over = false;

  constructor(details: Partial<TransportDetails> = {}) {
    this.transport = {
      details: { wire: 'memory', peer: 'scripted', serializer: 'none', protocol: 'memory', secure: true, ...details },
      queuedBytes: 0,
      start: (handler) => {
        this.#handler = handler;
        const early = this.#early;
        this.#early = [];
        for (const message of early) this.say(message);
      },
      send: (message) => {
        if (this.#over) return;
        const waiting = this.#waiting.shift();
        if (waiting === undefined) this.heard.push(message);
        else waiting.resolve(message);
      },
      close: async () => {
        this.hungUp = true;
        this.drop({ clean: true, reason: 'closed by this side' });
      },
    };
  }

  /** The peer sends a message. */
  say(message: Message): void {
    const handler = this.#handler;
    if (handler === undefined) {
      this.#early.push(message);
      return;
    }
    void Promise.resolve().then(() => {
      if (!this.#over) handler.message(message);
    });
  }

  /** The next message that the code under test sends; rejects when it closes instead. */
  next(): Promise<Message> {
    const message = this.heard.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#over) return Promise.reject(new Error('the transport is closed; nothing more will come'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  /** The next message, which must be of this type. */
  async expect<T extends Message['type']>(type: T): Promise<Extract<Message, { type: T }>> {
    const message = await this.next();
    if (message.type !== type) throw new Error(`expected message ${type}, heard ${nameOf(message)}`);
    return message as Extract<Message, { type: T }>;
  }

  /** The connection breaks, without a word. */
  drop(why: Closed = { clean: false, reason: 'dropped by the test' }): void {
    if (this.#over) return;
    this.#over = true;
    for (const { reject } of this.#waiting) reject(new Error(`the transport closed: ${why.reason}`));
    this.#waiting = [];
    const handler = this.#handler;
    void Promise.resolve().then(() => handler?.closed(why));
  }
}
