import {
  ApplicationError,
  type Call,
  type Clock,
  ERROR_URIS,
  type Feature,
  following,
  type Id,
  type Message,
  nameOf,
  type PayloadForm,
  ProtocolError,
  type Publish,
  type Register,
  SessionNotReady,
  type Subscribe,
  Timeout,
  type Transport,
  type Unregister,
  type Unsubscribe,
  type WampError,
} from '@wamp-run/protocol';
import { LateAnswers } from './late-answers.js';
import type { Link } from './link.js';
import type { Pending, PendingAsk, PendingOf } from './pending.js';
import type { PendingCall } from './pending-call.js';

/** What a router announces that passes encoded payloads on. */
export const PASSTHRU_FEATURES: Readonly<Record<PayloadForm, Feature>> = {
  ppt: 'payload_passthru_mode',
  autobahn: 'payload_transparency',
};

type Request = Call | Publish | Register | Subscribe | Unregister | Unsubscribe;

/** What keeping deadlines needs. */
export interface RequestsOptions {
  readonly clock: Clock;
  /** Milliseconds that the router has to answer what is asked of itself; 0: for ever. */
  readonly timeout: number;
}

/** What waits, and has not been sent. */
interface Held {
  fail(error: WampError): void;
}

/** The requests of one session: their ids, in sequence and without a gap, and what waits for an answer. */
export class Requests {
  readonly #link: Link;
  readonly #options: RequestsOptions;
  readonly #pending = new Map<Id, Pending>();
  readonly #late = new LateAnswers();
  readonly #held = new Set<Held>();
  #last: Id = 0;
  #ended: WampError | undefined;

  constructor(link: Link, options: RequestsOptions) {
    this.#link = link;
    this.#options = options;
  }

  /** What has ended the session, where that is so. */
  get ended(): WampError | undefined {
    return this.#ended;
  }

  get transport(): Transport {
    return this.#link.transport;
  }

  /** Throws SessionNotReady where nothing can be asked of the router. */
  checkReady(): void {
    if (this.#link.state !== 'established') throw new SessionNotReady('the session has ended; join again');
  }

  /** The id for the message that is sent next. */
  next(): Id {
    this.#last = following(this.#last);
    return this.#last;
  }

  /**
   * Sends the request that `next` was asked an id for. Where it cannot be sent, the error is thrown, nothing waits,
   * and the id goes to the next one: a strict router ends a session that leaves a gap.
   */
  send(message: Request, pending: Pending | undefined): void {
    // Before it is sent: a transport may deliver the answer before `send` returns.
    if (pending !== undefined) this.#pending.set(message.request, pending);
    try {
      this.#link.send(message);
    } catch (error) {
      this.#pending.delete(message.request);
      if (this.#last === message.request) this.#last = message.request - 1;
      throw error;
    }
  }

  /**
   * The same, for what the router itself answers, and has to answer in time: `fail` comes with Timeout then, and an
   * answer after that goes to `late`.
   *
   * @param what - for people: `com.shop.buy`
   */
  ask(message: Exclude<Request, Call>, pending: PendingAsk, what: string): void {
    const { clock, timeout } = this.#options;
    if (timeout === 0) {
      this.send(message, pending);
      return;
    }
    let cancel = () => {};
    const timed = {
      type: pending.type,
      done: (id: Id) => {
        cancel();
        pending.done(id);
      },
      fail: (error: Error) => {
        cancel();
        pending.fail(error);
      },
    } as PendingAsk;
    const { request } = message;
    this.send(message, timed);
    // It may have been answered already.
    if (this.#pending.get(request) !== timed) return;
    cancel = clock.after(timeout, () => {
      this.#pending.delete(request);
      this.#late.add(request, pending);
      const text = `the router has not answered ${nameOf(message)} of ${what} within ${timeout} ms (requestTimeout)`;
      pending.fail(new Timeout(text));
    });
  }

  /** What waits for an answer without having been sent: its id is known to the router. */
  wait(pending: PendingCall): void {
    this.#pending.set(pending.request, pending);
  }

  /** A request that will be sent later: the end of the session ends it as well. */
  hold(held: Held): void {
    this.#held.add(held);
  }

  release(held: Held): void {
    this.#held.delete(held);
  }

  /** Sends what is no request, where that is still possible. */
  tell(message: Message): void {
    if (this.#link.state === 'established') this.#link.send(message);
  }

  /** The request of this type that waits under this id. */
  find<T extends Pending['type']>(type: T, request: Id): PendingOf<T> | undefined {
    const pending = this.#pending.get(request);
    return pending?.type === type ? (pending as PendingOf<T>) : undefined;
  }

  /** The same, and it waits no longer. */
  take<T extends Pending['type']>(type: T, request: Id): PendingOf<T> | undefined {
    const pending = this.find(type, request);
    if (pending === undefined) return this.#late.take(type, request);
    this.#pending.delete(request);
    return pending;
  }

  /** The same, where the router may not answer anything else. */
  answered<T extends Pending['type']>(type: T, request: Id, answer: string): PendingOf<T> {
    const pending = this.take(type, request);
    if (pending === undefined) throw unasked(answer, request);
    return pending;
  }

  /** The session is over: everything that waits rejects. */
  end(error: WampError): void {
    this.#ended ??= error;
    const all = [...this.#pending.values(), ...this.#held];
    this.#pending.clear();
    this.#held.clear();
    for (const pending of all) pending.fail(error);
  }
}

/** An encoded payload would end the session where the router does not know them. */
export function passthruNotAnnounced(form: PayloadForm): ApplicationError {
  const feature = PASSTHRU_FEATURES[form];
  const text = `the router did not announce ${feature}: it takes no encoded payloads`;
  return new ApplicationError(ERROR_URIS.featureNotSupported, [text], { executed: 'no' });
}

/** The peer answered what it was not asked. */
export function unasked(answer: string, request: Id): ProtocolError {
  return new ProtocolError(`received ${answer} for request ${request}, which does not wait for one`);
}
