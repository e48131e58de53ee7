import type { Clock, Closed, Message, Transport, TransportHandler } from '@wamp-run/protocol';
import { nameOf } from '@wamp-run/protocol';
import { json } from '@wamp-run/serializers/json';
import { memoryPair } from '@wamp-run/transport/memory';
import type { Faults } from './faults.js';
import { Lane } from './lane.js';
import { Ledger } from './ledger.js';
import type { Participant } from './participant.js';
import type { Side } from './transcript.js';

/** What a connection tells the realm. */
export interface ConnectionEvents {
  /** A message was delivered, or lost on the way. */
  passed(connection: Connection, from: Side, message: Message, lost: boolean): void;
  /** The connection has ended for one of its sides; for the client where that is `from`. */
  ended(connection: Connection, side: Side, why: Closed): void;
}

export interface ConnectionOptions {
  /** 1, 2, …: counts the connections of a realm. */
  readonly number: number;
  readonly participant: Participant;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly events: ConnectionEvents;
}

/** What the router has sent and the lane has not seen yet: the pair between them keeps the order. */
interface UnderWay {
  readonly uri: string | undefined;
  readonly bytes: number;
}

const MEASURE = json();

/**
 * A wire in memory between a client and the router, with a lane for each direction on which a test can hold messages
 * back, lose them, or cut everything off.
 */
export class Connection {
  readonly number: number;
  readonly participant: Participant;
  readonly ledger = new Ledger();
  readonly clientEnd: Transport;
  readonly routerEnd: Transport;
  readonly #faults: Faults;
  readonly #events: ConnectionEvents;
  readonly #toRouter: Lane;
  readonly #toClient: Lane;
  readonly #underWay: UnderWay[] = [];
  #client: TransportHandler | undefined;
  #router: TransportHandler | undefined;
  /** Set where a test has cut it: then nothing gets through. */
  #cut: Closed | undefined;
  readonly #told = { client: false, router: false };

  constructor(options: ConnectionOptions) {
    this.number = options.number;
    this.participant = options.participant;
    this.#faults = options.faults;
    this.#events = options.events;
    this.#toRouter = new Lane(options.clock);
    this.#toClient = new Lane(options.clock);
    const [near, far] = memoryPair();
    this.clientEnd = this.#clientEnd(near);
    this.routerEnd = this.#routerEnd(far);
  }

  /** Whether the router has been told of its end. */
  get isOver(): boolean {
    return this.#told.router;
  }

  /** Whether the client is gone, and the router does not know. */
  get isStale(): boolean {
    return this.#told.client && !this.#told.router;
  }

  /** How many messages are held back, both ways. */
  get held(): number {
    return this.#toRouter.held + this.#toClient.held;
  }

  /** It breaks, without a word: both sides learn that it is gone. What is under way is lost. */
  drop(): void {
    this.#cutOff({ clean: false, reason: 'dropped by the test' });
    void Promise.resolve().then(() => {
      this.#tell('client');
      this.#tell('router');
    });
  }

  /** It breaks, and only the client learns of it. */
  leaveStale(): void {
    this.#cutOff({ clean: false, reason: 'dropped by the test; the router has not noticed' });
    void Promise.resolve().then(() => this.#tell('client'));
  }

  /** The router learns of the end of what was left stale. */
  endStale(): void {
    if (this.#cut !== undefined) this.#tell('router');
  }

  /** The client reads nothing from now on; what the router sends piles up, and counts in its `queuedBytes`. */
  stopReading(): void {
    this.#toClient.stall();
  }

  resumeReading(): void {
    this.#toClient.resume();
  }

  /** Nothing stands in the way any longer: the router learns of a stale session, what is held back arrives. */
  settleFaults(): void {
    if (this.isStale) this.endStale();
    this.#toClient.flush();
    this.#toRouter.flush();
  }

  #clientEnd(near: Transport): Transport {
    return {
      details: near.details,
      queuedBytes: 0,
      start: (handler) => {
        this.#client = handler;
        near.start({
          message: (message) => this.#onTheWayToClient(message),
          closed: (why) => this.#toClient.take({ delay: 0, bytes: 0, deliver: () => this.#tell('client', why) }),
        });
      },
      send: (message) => {
        if (this.#cut === undefined) near.send(message);
      },
      close: async () => {
        // Who hangs up reads no more.
        this.#toClient.discard();
        if (this.#cut === undefined) await near.close();
      },
    };
  }

  #routerEnd(far: Transport): Transport {
    const lane = this.#toClient;
    return {
      details: far.details,
      get queuedBytes() {
        return lane.bytes;
      },
      start: (handler) => {
        this.#router = handler;
        far.start({
          message: (message) => this.#onTheWayToRouter(message),
          closed: (why) => this.#toRouter.take({ delay: 0, bytes: 0, deliver: () => this.#tell('router', why) }),
        });
      },
      send: (message) => {
        if (this.#cut !== undefined) return;
        // Measured only where it will wait; before it is sent, because then its payload may be another's.
        const bytes = lane.isHolding ? MEASURE.encode(message).length : 0;
        far.send(message);
        this.#underWay.push({ uri: this.ledger.fromRouter(message), bytes });
        lane.expect(bytes);
      },
      close: async () => {
        this.#toRouter.discard();
        if (this.#cut === undefined) await far.close();
        else this.endStale();
      },
    };
  }

  #onTheWayToClient(message: Message): void {
    const { uri, bytes } = this.#underWay.shift() ?? { uri: undefined, bytes: 0 };
    this.#toClient.expect(-bytes);
    const { lost, delay } = this.#verdict(message, uri);
    if (lost) {
      this.#events.passed(this, 'router', message, true);
      return;
    }
    const deliver = () => {
      this.#events.passed(this, 'router', message, false);
      this.#client?.message(message);
    };
    this.#toClient.take({ delay, bytes, deliver });
  }

  #onTheWayToRouter(message: Message): void {
    const { lost, delay } = this.#verdict(message, this.ledger.uriFromClient(message));
    if (lost) {
      this.#events.passed(this, 'client', message, true);
      return;
    }
    const deliver = () => {
      this.#events.passed(this, 'client', message, false);
      this.#router?.message(message);
    };
    this.#toRouter.take({ delay, bytes: 0, deliver });
  }

  #verdict(message: Message, uri: string | undefined) {
    return this.#faults.verdictOn({ message: nameOf(message) as never, uri, participant: this.participant });
  }

  #cutOff(why: Closed): void {
    this.#cut ??= why;
    this.#toClient.discard();
    this.#toRouter.discard();
  }

  #tell(side: Side, why: Closed | undefined = this.#cut): void {
    if (this.#told[side] || why === undefined) return;
    this.#told[side] = true;
    if (side === 'router') this.ledger.clear();
    this.#events.ended(this, side, why);
    (side === 'client' ? this.#client : this.#router)?.closed(why);
  }
}
