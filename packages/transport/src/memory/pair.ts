import {
  type Closed,
  type DirectCallee,
  type DirectRouter,
  type InProcess,
  type Message,
  ProtocolError,
  type Transport,
  type TransportHandler,
} from '@wamp-run/protocol';
import { copyOf } from './copy.js';
import type { Parcel } from './parcel.js';

/**
 * Two transports that are each other's peer. No bytes are made: each message is copied when it is sent, by the rules
 * that hold on every wire, so that nobody can change another's objects, and `send` throws the SerializationError.
 * What is sent in one turn arrives in one microtask, never inside `send`.
 *
 * A payload that came through a memory transport and is sent on moves to its first receiver uncopied. Whoever wants to
 * keep one beyond the turn in which it is sent on sends `{ args, kwargs }` of it instead.
 *
 * @example
 * const [near, far] = memoryPair();
 * router.attach(far);
 */
export function memoryPair(): [Transport, Transport] {
  const shared = new Shared();
  const near = new MemoryEnd(shared);
  const far = new MemoryEnd(shared);
  near.join(far);
  far.join(near);
  return [near, far];
}

class Shared implements InProcess {
  router: DirectRouter | undefined;
  callee: DirectCallee | undefined;
  /** Messages that were sent, by either end, and have not been taken. */
  underWay = 0;
  /** Set as soon as either end closes. */
  isClosing = false;

  get isQuiet(): boolean {
    return this.underWay === 0 && !this.isClosing;
  }
}

class MemoryEnd implements Transport {
  // Nobody outside this process can read along, which is what those who ask for a secure wire want to know.
  readonly details = { wire: 'memory', peer: 'memory', serializer: 'none', protocol: 'memory', secure: true } as const;
  readonly queuedBytes = 0;
  // Each end's own to hide, by whoever wraps it; what is counted is counted all the same.
  readonly inProcess: InProcess;
  readonly #shared: Shared;
  #peer: MemoryEnd = this;
  #handler: TransportHandler | undefined;
  #inbox: Message[] = [];
  /** Parcels of the peer's whose objects lie in the inbox. */
  #emptied: Parcel[] = [];
  #scheduled = false;
  /** Set as soon as either end closes. */
  #why: Closed | undefined;
  #over = false;
  #resolveDone: () => void = () => {};
  readonly #done = new Promise<void>((resolve) => {
    this.#resolveDone = resolve;
  });

  constructor(shared: Shared) {
    this.inProcess = shared;
    this.#shared = shared;
  }

  join(peer: MemoryEnd): void {
    this.#peer = peer;
  }

  start(handler: TransportHandler): void {
    if (this.#handler !== undefined) {
      throw new ProtocolError('start: this transport has a handler; it takes one only', {
        side: 'local',
        executed: 'no',
      });
    }
    this.#handler = handler;
    if (this.#inbox.length > 0 || this.#why !== undefined) this.#schedule();
  }

  send(message: Message): void {
    if (this.#why !== undefined) return;
    const peer = this.#peer;
    peer.#inbox.push(copyOf(message, peer.#emptied));
    this.#shared.underWay++;
    peer.#schedule();
  }

  close(): Promise<void> {
    this.#end({ clean: true, reason: 'closed by this side' });
    this.#peer.#end({ clean: true, reason: 'closed by the peer' });
    return this.#handler === undefined ? Promise.resolve() : this.#done;
  }

  #end(why: Closed): void {
    if (this.#why !== undefined) return;
    this.#why = why;
    this.#shared.isClosing = true;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#handler === undefined) return;
    this.#scheduled = true;
    queueMicrotask(this.#deliver);
  }

  readonly #deliver = (): void => {
    this.#scheduled = false;
    const handler = this.#handler as TransportHandler;
    const batch = this.#inbox;
    if (batch.length === 0) {
      this.#close(handler);
      return;
    }
    this.#inbox = [];
    for (const parcel of this.#emptied) parcel.empty();
    this.#emptied = [];
    let next = 0;
    try {
      while (next < batch.length) {
        this.#shared.underWay--;
        handler.message(batch[next++] as Message);
      }
    } finally {
      // Only a handler that throws leaves something: what is left still comes, in order.
      if (next < batch.length) this.#inbox = batch.slice(next).concat(this.#inbox);
      if (this.#inbox.length > 0 || this.#why !== undefined) this.#schedule();
    }
  };

  #close(handler: TransportHandler): void {
    if (this.#over || this.#why === undefined) return;
    this.#over = true;
    // Also where the handler throws: who waits for the end has it.
    this.#resolveDone();
    handler.closed(this.#why);
  }
}
