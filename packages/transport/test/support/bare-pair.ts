import { type Closed, decoded, type Message, type Transport, type TransportHandler } from '@wamp-run/protocol';
import { textSerializer } from './test-serializers.js';

/** What can be wrong with a transport. */
export type Fault =
  | 'swaps messages'
  | 'delivers inside send'
  | 'delivers inside start'
  | 'shares objects'
  | 'loses what comes before start'
  | 'loses the queue at close'
  | 'loses messages in a crowd'
  | 'loses kwargs'
  | 'says closed twice'
  | 'never tells its own handler of close'
  | 'delivers after closed'
  | 'complains about sending when closed'
  | 'takes a second handler'
  | 'throws the wrong error'
  | 'lets large messages overtake'
  | 'counts what has left';

const serializer = textSerializer();

/** The simplest pair of transports there can be, and every fault in it on demand. For tests of the conformance suite. */
export function barePair(fault?: Fault): [Transport, Transport] {
  const one = new BareEnd(fault);
  const other = new BareEnd(fault);
  one.peer = other;
  other.peer = one;
  return [one, other];
}

class BareEnd implements Transport {
  readonly details = { wire: 'memory', peer: 'bare', serializer: 'none', protocol: 'bare', secure: false } as const;
  queuedBytes = 0;
  peer: BareEnd = this;
  readonly #fault: Fault | undefined;
  #handler: TransportHandler | undefined;
  #inbox: Message[] = [];
  #why: Closed | undefined;
  #told = false;
  #resolveDone: () => void = () => {};
  readonly #done = new Promise<void>((resolve) => {
    this.#resolveDone = resolve;
  });

  constructor(fault: Fault | undefined) {
    this.#fault = fault;
  }

  start(handler: TransportHandler): void {
    if (this.#handler !== undefined && this.#fault !== 'takes a second handler') throw new Error('started before');
    this.#handler = handler;
    if (this.#fault === 'loses what comes before start') this.#inbox = [];
    if (this.#fault === 'delivers inside start') this.#deliver();
    this.#soon();
  }

  send(message: Message): void {
    if (this.#why !== undefined) {
      if (this.#fault === 'complains about sending when closed') throw new Error('closed');
      if (this.#fault === 'delivers after closed') this.peer.#handler?.message(message);
      return;
    }
    this.peer.#take(this.#carried(message));
    if (this.#fault === 'counts what has left') this.queuedBytes += 1;
  }

  close(): Promise<void> {
    if (this.#fault === 'loses the queue at close') this.peer.#inbox = [];
    this.#end();
    this.peer.#end();
    return this.#handler === undefined ? Promise.resolve() : this.#done;
  }

  #carried(message: Message): Message {
    if (this.#fault === 'shares objects') {
      serializer.encode(message);
      return message;
    }
    try {
      const made = serializer.decode(serializer.encode(message));
      if (this.#fault === 'loses kwargs' && 'payload' in made && made.payload !== undefined) {
        return { ...made, payload: { args: decoded(made.payload).args, kwargs: {} } } as Message;
      }
      return made;
    } catch (error) {
      throw this.#fault === 'throws the wrong error' ? new TypeError('no') : error;
    }
  }

  #take(message: Message): void {
    if (this.#fault === 'loses messages in a crowd' && this.#inbox.length >= 500) return;
    if (this.#fault === 'lets large messages overtake' && serializer.encode(message).length > 16_384) {
      this.#inbox.unshift(message);
    } else {
      this.#inbox.push(message);
    }
    if (this.#fault === 'swaps messages' && this.#inbox.length === 2) this.#inbox.reverse();
    if (this.#fault === 'delivers inside send') this.#deliver();
    this.#soon();
  }

  #end(): void {
    if (this.#why !== undefined) return;
    this.#why = { clean: true, reason: 'closed' };
    this.#soon();
  }

  #soon(): void {
    queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    const handler = this.#handler;
    if (handler === undefined) return;
    for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) handler.message(next);
    if (this.#why === undefined || this.#told) return;
    this.#told = this.#fault !== 'says closed twice' || this.#why.reason === 'closed again';
    if (!this.#told) this.#why = { clean: true, reason: 'closed again' };
    this.#resolveDone();
    if (this.#fault !== 'never tells its own handler of close') handler.closed(this.#why);
    if (!this.#told) this.#soon();
  }
}
