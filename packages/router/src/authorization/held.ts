import type { Message } from '@wamp-run/protocol';
import { sizeOf } from '../kept-payload.js';

/** What one session has sent since an authorizer was asked about its last message. */
export class Held {
  /** An answer is waited for. */
  waiting = false;
  /** The session is over: nothing of this counts any more. */
  ended = false;
  /** Run once when nothing is held any more: the session's GOODBYE. */
  afterwards: (() => void) | undefined;
  readonly #messages: Message[] = [];
  #bytes = 0;

  /** How many messages there are. */
  get size(): number {
    return this.#messages.length;
  }

  /** How many bytes their payloads take, about. */
  get bytes(): number {
    return this.#bytes;
  }

  add(message: Message): void {
    this.#messages.push(message);
    this.#bytes += bytesOf(message);
  }

  /** The oldest; undefined where there is none. */
  take(): Message | undefined {
    const message = this.#messages.shift();
    if (message !== undefined) this.#bytes -= bytesOf(message);
    return message;
  }
}

function bytesOf(message: Message): number {
  return 'payload' in message ? sizeOf(message.payload) : 0;
}
