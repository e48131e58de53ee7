import {
  ApplicationError,
  type Clock,
  callMessage,
  cancelMessage,
  decoded,
  type ErrorMessage,
  type Event,
  following,
  type Id,
  type Logger,
  type Message,
  MessageType,
  PeerRoles,
  type PlainPayload,
  type Random,
  type Result,
  randomId,
  Timeout,
  type Value,
} from '@wamp-run/protocol';
import type { Dealer } from './dealer/dealer.js';
import { Caller } from './dealer/parties.js';
import type { Identity } from './handshake.js';
import type { Peer } from './peer.js';

/** What a router calls with. */
export interface RouterCallerOptions {
  readonly dealer: Dealer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

interface Question {
  answered(message: Result | ErrorMessage): void;
}

const ROUTER: Identity = { authid: 'router', authrole: 'router', authmethod: 'none', authprovider: 'router' };

/** The router as a caller in one of its realms: it is no session, and asks nobody whether it may. */
export class RouterCaller implements Peer {
  readonly id: Id;
  readonly identity = ROUTER;
  readonly roles = new PeerRoles({ caller: {} });
  readonly serializer = 'none';
  readonly inProcess = undefined;
  readonly over = false;
  readonly log: Logger;
  readonly #dealer: Dealer;
  readonly #clock: Clock;
  readonly #caller: Caller;
  readonly #questions = new Map<Id, Question>();
  #request: Id = 0;

  constructor({ dealer, clock, random, log }: RouterCallerOptions) {
    this.id = randomId(random);
    this.log = log;
    this.#dealer = dealer;
    this.#clock = clock;
    this.#caller = new Caller(this);
  }

  /**
   * Calls a procedure of the realm.
   *
   * Rejects with an ApplicationError for ERROR, with a Timeout where there is no answer within so many milliseconds
   * (the call is canceled then), and with a SerializationError for a result that cannot be read.
   */
  ask(procedure: string, args: Value[], timeout: number): Promise<PlainPayload> {
    this.#request = following(this.#request);
    const request = this.#request;
    return new Promise((resolve, reject) => {
      const callOff = this.#clock.after(timeout, () => {
        this.#questions.delete(request);
        this.#dealer.cancel(cancelMessage(request, { mode: 'killnowait' }), this.#caller);
        reject(new Timeout(`${procedure}: no answer within ${timeout} ms`, { executed: 'maybe' }));
      });
      const answered = (message: Result | ErrorMessage) => {
        this.#questions.delete(request);
        callOff();
        try {
          const payload = decoded(message.payload);
          if (message.type === MessageType.RESULT) resolve(payload);
          else reject(new ApplicationError(message.error, payload.args, { kwargs: payload.kwargs }));
        } catch (error) {
          reject(error);
        }
      };
      // The answer may come before `call` returns.
      this.#questions.set(request, { answered });
      this.#dealer.call(callMessage(request, {}, procedure, { args, kwargs: {} }), this.#caller);
    });
  }

  send(message: Message): Error | undefined {
    if (message.type === MessageType.RESULT || message.type === MessageType.ERROR) {
      this.#questions.get(message.request)?.answered(message);
    }
    return undefined;
  }

  tell(message: Message): void {
    this.send(message);
  }

  /** It is never idle. */
  heard(): void {}

  /** It subscribes to nothing. */
  deliver(_event: Event): Error | undefined {
    return undefined;
  }
}
