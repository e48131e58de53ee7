import {
  type Clock,
  type Id,
  type Message,
  MessageType,
  nameOf,
  ProtocolError,
  type Random,
  type UriRule,
} from '@wamp-run/protocol';
import { Broker } from './broker/broker.js';
import { Dealer } from './dealer/dealer.js';
import type { Session } from './session.js';

/** How much there is in a realm at one moment. */
export interface RealmCounts {
  /** The realm's name. */
  readonly realm: string;
  /** Sessions that are joined. */
  readonly sessions: number;
  /** Topics that have at least one subscriber. */
  readonly subscriptions: number;
  /** Procedures that are registered. */
  readonly registrations: number;
  /** Calls that are not answered yet. */
  readonly calls: number;
}

/** What a realm is made of. */
export interface RealmOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly uriRule: UriRule;
}

/** Sessions that can reach each other, and the broker and the dealer between them. */
export class Realm {
  readonly name: string;
  readonly #sessions = new Map<Id, Session>();
  readonly #broker: Broker;
  readonly #dealer: Dealer;

  constructor({ name, clock, random, uriRule }: RealmOptions) {
    this.name = name;
    this.#broker = new Broker({ random, uriRule });
    this.#dealer = new Dealer({ clock, random, uriRule });
  }

  join(session: Session): void {
    this.#sessions.set(session.id, session);
  }

  /** The session is over, however it ended: all that it had is gone when this returns. */
  leave(session: Session): void {
    session.end();
    this.#sessions.delete(session.id);
    this.#broker.leave(session.subscriber);
    this.#dealer.leave(session.caller, session.callee);
  }

  /** Routes a message of a joined session, at once. Throws a ProtocolError where the session broke the protocol. */
  receive(session: Session, message: Message): void {
    switch (message.type) {
      case MessageType.PUBLISH:
        session.requests.take(message);
        this.#broker.publish(message, session.subscriber);
        break;
      case MessageType.SUBSCRIBE:
        session.requests.take(message);
        this.#broker.subscribe(message, session.subscriber);
        break;
      case MessageType.UNSUBSCRIBE:
        session.requests.take(message);
        this.#broker.unsubscribe(message, session.subscriber);
        break;
      case MessageType.CALL:
        if (this.#dealer.proceed(message, session.caller)) break;
        session.requests.take(message);
        this.#dealer.call(message, session.caller);
        break;
      case MessageType.CANCEL:
        this.#dealer.cancel(message, session.caller);
        break;
      case MessageType.REGISTER:
        session.requests.take(message);
        this.#dealer.register(message, session.callee);
        break;
      case MessageType.UNREGISTER:
        session.requests.take(message);
        this.#dealer.unregister(message, session.callee);
        break;
      case MessageType.YIELD:
        this.#dealer.yield(message, session.callee);
        break;
      case MessageType.ERROR:
        this.#dealer.error(message, session.callee);
        break;
      default:
        throw new ProtocolError(`received ${nameOf(message)}, which is not for broker or dealer`);
    }
  }

  counts(): RealmCounts {
    return {
      realm: this.name,
      sessions: this.#sessions.size,
      subscriptions: this.#broker.subscriptions,
      registrations: this.#dealer.registrations.size,
      calls: this.#dealer.calls,
    };
  }
}
