import {
  type Id,
  type Logger,
  type Message,
  nameOf,
  PayloadExceededError,
  type PeerRoles,
  SerializationError,
} from '@wamp-run/protocol';
import { Subscriber } from './broker/subscriptions.js';
import { Callee, Caller } from './dealer/parties.js';
import type { Identity } from './handshake.js';
import type { Peer } from './peer.js';
import { RequestSequence } from './request-sequence.js';

/** Where a session's messages go out. */
export interface Outlet {
  /** Throws where the message cannot be sent. */
  send(message: Message): void;
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
  readonly strictRequestIds: boolean;
}

/** A joined client, from WELCOME to its end, in all its roles. */
export class Session implements Peer {
  readonly id: Id;
  readonly identity: Identity;
  readonly roles: PeerRoles;
  readonly serializer: string;
  readonly log: Logger;
  readonly requests: RequestSequence;
  readonly subscriber: Subscriber;
  readonly caller: Caller;
  readonly callee: Callee;
  #outlet: Outlet | undefined;

  constructor(options: SessionOptions) {
    this.id = options.id;
    this.identity = options.identity;
    this.roles = options.roles;
    this.serializer = options.serializer;
    this.log = options.log;
    this.#outlet = options.outlet;
    this.requests = new RequestSequence(options.strictRequestIds);
    this.subscriber = new Subscriber(this);
    this.caller = new Caller(this);
    this.callee = new Callee(this);
  }

  send(message: Message): Error | undefined {
    try {
      this.#outlet?.send(message);
      return undefined;
    } catch (error) {
      if (!(error instanceof SerializationError) && !(error instanceof PayloadExceededError)) {
        this.log.error({ err: error }, `${nameOf(message)} could not be sent: the transport failed`);
      }
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  tell(message: Message): void {
    const failure = this.send(message);
    if (failure !== undefined) this.log.warn({ err: failure }, `${nameOf(message)} could not be sent`);
  }

  /** It has left: nothing is sent to it any more. */
  end(): void {
    this.#outlet = undefined;
  }
}
