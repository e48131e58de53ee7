import {
  CLOSE_REASONS,
  type Event,
  type Id,
  type InProcess,
  type Logger,
  type Message,
  nameOf,
  PayloadExceededError,
  type PeerRoles,
  ProtocolError,
  SerializationError,
} from '@wamp-run/protocol';
import type { Held } from './authorization/held.js';
import { Subscriber } from './broker/subscriptions.js';
import type { DirectRoutes } from './dealer/direct-routes.js';
import { Callee, Caller } from './dealer/parties.js';
import type { Identity } from './handshake.js';
import type { Peer } from './peer.js';
import { RequestSequence } from './request-sequence.js';
import { Testaments } from './testaments.js';

/** Where a session's messages go out. */
export interface Outlet {
  /** Bytes that wait to be read by the client. */
  readonly queuedBytes: number;
  /** It has called, or answered, without a message: a sign of life all the same. */
  heard(): void;
  /** Throws where the message cannot be sent. */
  send(message: Message): void;
  /** Ends the session with ABORT. */
  abort(error: unknown): void;
  /** Ends the session with GOODBYE, and waits for the client's for a time. */
  dismiss(reason: string, message: string | undefined): void;
}

/** How much may wait for a client, and what happens to events beyond that. */
export interface OutgoingBounds {
  readonly queuedBytes: number;
  readonly queuedBytesInAll: number;
  readonly slowSubscribers: 'drop' | 'close';
}

/** Counts the events that were not delivered because too much was waiting for their receivers. */
export interface DropCount {
  dropped: number;
}

/** What a session is made of. */
export interface SessionOptions {
  readonly id: Id;
  readonly identity: Identity;
  readonly roles: PeerRoles;
  /** The name of the serializer of its wire. */
  readonly serializer: string;
  readonly log: Logger;
  readonly outlet: Outlet;
  /** What its transport shares with the router, where both are in one process. */
  readonly inProcess: InProcess | undefined;
  readonly strictRequestIds: boolean;
  readonly bounds: OutgoingBounds;
  readonly drops: DropCount;
}

/** A joined client, from WELCOME to its end, in all its roles. */
export class Session implements Peer {
  readonly id: Id;
  readonly identity: Identity;
  readonly roles: PeerRoles;
  readonly serializer: string;
  readonly log: Logger;
  readonly inProcess: InProcess | undefined;
  readonly requests: RequestSequence;
  /** What waits for an authorizer's answer, while there is one to come. */
  held: Held | undefined;
  /** Its ways past the messages, where its client is in this process. */
  routes: DirectRoutes | undefined;
  readonly #bounds: OutgoingBounds;
  readonly #drops: DropCount;
  // What the session is in each role, made when it first acts in it: of ten thousand sessions, most are idle.
  #subscriber: Subscriber | undefined;
  #caller: Caller | undefined;
  #callee: Callee | undefined;
  #testaments: Testaments | undefined;
  #outlet: Outlet | undefined;
  /** Events dropped since its queue was last short enough. */
  #dropping = 0;

  constructor(options: SessionOptions) {
    this.id = options.id;
    this.identity = options.identity;
    this.roles = options.roles;
    this.serializer = options.serializer;
    this.log = options.log;
    this.inProcess = options.inProcess;
    this.#outlet = options.outlet;
    this.#bounds = options.bounds;
    this.#drops = options.drops;
    this.requests = new RequestSequence(options.strictRequestIds);
  }

  get subscriber(): Subscriber {
    this.#subscriber ??= new Subscriber(this);
    return this.#subscriber;
  }

  get caller(): Caller {
    this.#caller ??= new Caller(this);
    return this.#caller;
  }

  get callee(): Callee {
    this.#callee ??= new Callee(this);
    return this.#callee;
  }

  get testaments(): Testaments {
    this.#testaments ??= new Testaments();
    return this.#testaments;
  }

  send(message: Message): Error | undefined {
    const outlet = this.#outlet;
    if (outlet === undefined) return undefined;
    if (outlet.queuedBytes > this.#bounds.queuedBytesInAll) {
      this.#giveUp(outlet, 'queuedBytesInAll');
      return undefined;
    }
    return this.#pass(outlet, message);
  }

  deliver(event: Event): Error | undefined {
    const outlet = this.#outlet;
    if (outlet === undefined) return undefined;
    if (outlet.queuedBytes > this.#bounds.queuedBytes) {
      this.#drop(outlet);
      return undefined;
    }
    if (this.#dropping > 0) {
      this.log.warn({ dropped: this.#dropping }, 'events were dropped: this client did not read for a time');
      this.#dropping = 0;
    }
    return this.#pass(outlet, event);
  }

  tell(message: Message): void {
    const failure = this.send(message);
    if (failure !== undefined) this.log.warn({ err: failure }, `${nameOf(message)} could not be sent`);
  }

  /** The router ends this session: GOODBYE with a reason. */
  dismiss(reason: string, message: string | undefined): void {
    this.#outlet?.dismiss(reason, message);
  }

  /** Ends with ABORT: it broke the protocol, or something inside the router failed. */
  abort(error: unknown): void {
    this.#outlet?.abort(error);
  }

  heard(): void {
    this.#outlet?.heard();
  }

  /** Whether it has left. */
  get over(): boolean {
    return this.#outlet === undefined;
  }

  /** It has left: nothing is sent to it any more. */
  end(): void {
    this.#outlet = undefined;
  }

  #pass(outlet: Outlet, message: Message): Error | undefined {
    try {
      outlet.send(message);
      return undefined;
    } catch (error) {
      if (!(error instanceof SerializationError) && !(error instanceof PayloadExceededError)) {
        this.log.error({ err: error }, `${nameOf(message)} could not be sent: the transport failed`);
      }
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  #drop(outlet: Outlet): void {
    this.#drops.dropped++;
    if (this.#bounds.slowSubscribers === 'close') {
      this.#giveUp(outlet, 'queuedBytes');
      return;
    }
    if (this.#dropping === 0) {
      const { queuedBytes } = outlet;
      this.log.warn({ queuedBytes }, 'events are dropped: too much waits for this client, which does not read');
    }
    this.#dropping++;
  }

  /** Too much waits for this client. It ends once what goes on now is done: nobody's message is in the middle of it. */
  #giveUp(outlet: Outlet, bound: 'queuedBytes' | 'queuedBytesInAll'): void {
    this.#outlet = undefined;
    const text = `this client does not read: ${outlet.queuedBytes} bytes wait for it, the limit is ${this.#bounds[bound]} (${bound})`;
    const error = new ProtocolError(text, { reason: CLOSE_REASONS.queueExceeded });
    void Promise.resolve().then(() => outlet.abort(error));
  }
}
