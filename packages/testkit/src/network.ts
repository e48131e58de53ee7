import {
  type Clock,
  type Connector,
  type Message,
  MessageType,
  portable,
  type Transport,
  TransportLost,
} from '@wamp-run/protocol';
import { Connection } from './connection.js';
import { Faults } from './faults.js';
import type { Held } from './ledger.js';
import { listOf } from './message-list.js';
import type { Participant } from './participant.js';
import type { RecordedEvent } from './recorded-event.js';
import { type Side, Transcript } from './transcript.js';

/** Something that a session has at the router, with whose it is. */
export interface HeldBy extends Held {
  /** The name of the component or session. */
  readonly by: string;
}

/** The wires of a realm: who is there, what went over them, and what befalls it. */
export class Network {
  readonly transcript = new Transcript();
  readonly faults = new Faults();
  readonly events: RecordedEvent[] = [];
  readonly #clock: Clock;
  readonly #names = new Map<string, number>();
  readonly #connections: Connection[] = [];
  /** Takes the router's ends; undefined while there is no router. */
  attach: ((transport: Transport) => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new participant; the second of one name is `name-2`. */
  enter(name: string): Participant {
    const count = (this.#names.get(name) ?? 0) + 1;
    this.#names.set(name, count);
    return { name: count === 1 ? name : `${name}-${count}`, connection: undefined };
  }

  connector(participant: Participant): Connector {
    return {
      address: 'the test realm',
      connect: async (stop) => {
        if (stop.aborted) throw stop.reason;
        return this.connect(participant).clientEnd;
      },
    };
  }

  /** @throws TransportLost while there is no router */
  connect(participant: Participant): Connection {
    if (this.attach === undefined) {
      throw new TransportLost('cannot connect to the test realm: its router is stopped', { executed: 'no' });
    }
    const connection = new Connection({
      number: this.#connections.length + 1,
      participant,
      clock: this.#clock,
      faults: this.faults,
      events: {
        passed: (connection, from, message, lost) => this.#passed(connection, from, message, lost),
        ended: ({ number }, side, { clean }) => {
          const at = this.#clock.now();
          this.transcript.add({ at, connection: number, client: participant.name, ended: side, clean });
        },
      },
    });
    this.#connections.push(connection);
    participant.connection = connection;
    this.attach(connection.routerEnd);
    return connection;
  }

  /** The connections that the router has. */
  open(): Connection[] {
    return this.#connections.filter(({ isOver }) => !isOver);
  }

  registrations(): HeldBy[] {
    return this.#held(({ ledger }) => ledger.registrations.values());
  }

  subscriptions(): HeldBy[] {
    return this.#held(({ ledger }) => ledger.subscriptions.values());
  }

  /** Calls that wait for an answer: `com.shop.order by session`. */
  pendingCalls(): string[] {
    return this.open().flatMap(({ ledger, participant }) =>
      ledger.pendingCalls.map((uri) => `${uri} by ${participant.name}`),
    );
  }

  #held(of: (connection: Connection) => Iterable<Held>): HeldBy[] {
    return this.open().flatMap((connection) =>
      [...of(connection)].map((held) => ({ ...held, by: connection.participant.name })),
    );
  }

  #passed(connection: Connection, from: Side, message: Message, lost: boolean): void {
    const at = this.#clock.now();
    const client = connection.participant.name;
    const list = listOf(message);
    this.transcript.add({ at, connection: connection.number, client, from, message: list, ...(lost ? { lost } : {}) });
    if (from === 'router' || lost) return;
    connection.ledger.fromClient(message, this.#published(message, client));
  }

  #published(message: Message, by: string): RecordedEvent | undefined {
    if (message.type !== MessageType.PUBLISH) return undefined;
    const [, , , , args = [], kwargs = {}] = listOf(message);
    const options = portable(message.options, 'options', { copy: true });
    const event = { topic: message.topic, args, kwargs, options, by, at: this.#clock.now() } as RecordedEvent;
    this.events.push(event);
    return event;
  }
}
