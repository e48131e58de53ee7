import {
  type EventHandler,
  type InvocationPolicy,
  type RegisterOptions,
  type Registration,
  type Session,
  type SubscribeOptions,
  type Subscription,
  whenFree,
} from '@wamp-run/client';
import type { ComponentInstance } from '@wamp-run/component';
import { ApplicationError, type Clock, ERROR_URIS, type Logger, type WampError } from '@wamp-run/protocol';
import type { InFlight } from './in-flight.js';
import { type Offer, offersOf, type ProcedureOffer, type TopicOffer } from './offers.js';

/** What a life that takes over asks of the one before it. */
export interface Predecessor {
  /** By which policy it has this procedure now; undefined where it does not have it. */
  policyOf(key: string): InvocationPolicy | undefined;
  /** It withdraws this procedure; what runs is finished. */
  release(key: string): Promise<void>;
}

/** What becomes of what was bound. */
export interface BindingEvents {
  /** The router has taken something away. It is asked for again. */
  lost(uri: string): void;
  /** All is there again. */
  whole(): void;
  /** Something could not be had again, and the session has not ended. */
  failed(error: unknown): void;
}

export interface BindingOptions {
  readonly session: Session;
  readonly instance: ComponentInstance;
  readonly inFlight: InFlight;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether an event of this topic is another life's business. */
  readonly isTaken: (topic: string, details: Parameters<EventHandler>[2]) => boolean;
  /** The life that is taken over from, where there is one. */
  readonly before: Predecessor | undefined;
  readonly on: BindingEvents;
}

/**
 * What the router takes away is asked for again at once. Where it is taken away again within `STEADY` (all ms), after a
 * pause that doubles.
 */
const STEADY = 60_000;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;

/** What a component has on one session: made, kept, and given back. */
export class Binding implements Predecessor {
  readonly #options: BindingOptions;
  readonly #offers: readonly Offer[];
  readonly #stop = new AbortController();
  #isMade = false;
  /** Somebody takes over: what is lost is not asked for again. */
  #handingOver = false;

  constructor(options: BindingOptions) {
    this.#options = options;
    this.#offers = offersOf(options.instance);
  }

  /** The session has ended, or the component withdraws: nothing is tried any longer. */
  get isOver(): boolean {
    return this.#stop.signal.aborted;
  }

  /** The procedures and topics that the router does not have of the component, or has no longer. */
  get missing(): string[] {
    return this.#offers.filter(({ hold }) => hold?.active !== true).map(({ uri }) => uri);
  }

  /** Those of them that the router has been asked for, and has not answered. */
  get unanswered(): string[] {
    return this.#offers.filter(({ hold, isTaken }) => hold?.active !== true && !isTaken).map(({ uri }) => uri);
  }

  /** Events that have come, and wait for their turn. */
  get waiting(): number {
    let waiting = 0;
    for (const offer of this.#offers) if (offer.kind === 'topic') waiting += offer.hold?.waiting ?? 0;
    return waiting;
  }

  /**
   * Registers and subscribes all that the component offers, at once. A procedure that is taken is tried again until it is free:
   * after a lost connection the router may hold the dead session's registration for a while.
   * Rejects with the first error that trying again would not mend.
   */
  async make(): Promise<void> {
    await Promise.all(this.#offers.map((offer) => this.#make(offer)));
    this.#isMade = true;
  }

  /** From here on somebody else takes over. */
  handOver(): void {
    this.#handingOver = true;
  }

  /** Nobody has taken over after all: takes back what was lost meanwhile, from whoever has it. */
  async reclaim(): Promise<void> {
    this.#handingOver = false;
    const lost = this.#offers.filter(({ hold }) => hold?.active !== true);
    await Promise.all(lost.map((offer) => this.#again(offer, true)));
  }

  policyOf(key: string): InvocationPolicy | undefined {
    const offer = this.#procedure(key);
    return offer?.hold?.active === true ? (offer.options.invoke ?? 'single') : undefined;
  }

  async release(key: string): Promise<void> {
    const hold = this.#procedure(key)?.hold;
    if (hold?.active === true) await hold.unregister();
  }

  /** The session has ended. */
  end(): void {
    this.#stop.abort();
    for (const { hold, isLasting, kind } of this.#offers) {
      // What was made after `onJoin` would be made again at the next join by the client, beside what that join makes itself.
      if (!isLasting || hold === undefined) continue;
      const given = kind === 'procedure' ? (hold as Registration).unregister() : (hold as Subscription).unsubscribe();
      given.catch(() => {});
    }
  }

  /** Gives everything back. What has been sent already still arrives until this resolves; never rejects. */
  async withdraw(): Promise<void> {
    this.#stop.abort();
    const asked: Promise<void>[] = [];
    for (const offer of this.#offers) {
      if (offer.hold?.active !== true) continue;
      asked.push(offer.kind === 'procedure' ? offer.hold.unregister() : offer.hold.unsubscribe({ finish: true }));
    }
    for (const outcome of await Promise.allSettled(asked)) {
      // A session that ends meanwhile takes its registrations along: nothing is left to withdraw.
      if (outcome.status === 'rejected') this.#options.log.debug({ err: outcome.reason }, 'could not be withdrawn');
    }
  }

  #procedure(key: string): ProcedureOffer | undefined {
    return this.#offers.find((offer): offer is ProcedureOffer => offer.kind === 'procedure' && offer.key === key);
  }

  async #make(offer: Offer, byForce = false): Promise<void> {
    const isLasting = this.#isMade;
    if (offer.kind === 'procedure') offer.hold = await this.#register(offer, byForce);
    else offer.hold = await this.#subscribe(offer);
    offer.isTaken = false;
    offer.isLasting = isLasting;
    offer.since = this.#options.clock.now();
  }

  async #register(offer: ProcedureOffer, byForce: boolean): Promise<Registration> {
    const { before, clock, inFlight, log, session } = this.#options;
    const { uri, key, options } = offer;
    const handler = inFlight.counted(offer.handler, uri);
    const plain: RegisterOptions = { ...options, onEnd: (error) => this.#ended(offer, error, options.onEnd) };
    const held = before?.policyOf(key);
    // Where several share it, the new one stands beside the old one.
    const isShared = held === undefined || (held !== 'single' && held === (options.invoke ?? 'single'));
    if (byForce || !isShared) {
      try {
        return await session.register(uri, handler, { ...plain, forceReregister: true });
      } catch (error) {
        if (!knowsNoForce(error)) throw error;
        log.info({ procedure: uri }, `the router lets nobody take over ${uri}; it is withdrawn, and registered again`);
        await before?.release(key);
      }
    }
    const taken = (retryIn: number) => {
      offer.isTaken = true;
      log.warn({ procedure: uri, retryIn }, `${uri} is registered by another session; trying again`);
    };
    return whenFree(() => session.register(uri, handler, plain), { clock, stop: this.#stop.signal, taken });
  }

  #subscribe(offer: TopicOffer): Promise<Subscription> {
    const { inFlight, isTaken, session } = this.#options;
    const { uri, key, options } = offer;
    const handler = inFlight.counted(offer.handler, uri);
    return session.subscribe(
      uri,
      (args, kwargs, details) => (isTaken(key, details) ? undefined : handler(args, kwargs, details)),
      { ...options, onEnd: (error) => this.#ended(offer, error, options.onEnd) },
    );
  }

  /** A registration or a subscription is over that was not given back. Where its session is over, the next join makes it again. */
  #ended(offer: Offer, error: WampError, own: SubscribeOptions['onEnd']): unknown {
    if (error instanceof ApplicationError && !this.isOver && !this.#handingOver) void this.#again(offer, false);
    return own?.(error);
  }

  /** Asks for what the router has taken away, or somebody else has taken over. Never rejects. */
  async #again(offer: Offer, byForce: boolean): Promise<void> {
    const { clock, log, on } = this.#options;
    const { uri } = offer;
    if (!byForce) {
      on.lost(uri);
      const lasted = clock.now() - offer.since;
      offer.revocations = lasted < STEADY ? offer.revocations + 1 : 1;
      const pause = offer.revocations === 1 ? 0 : Math.min(FIRST_PAUSE * 2 ** (offer.revocations - 2), LONGEST_PAUSE);
      log.warn({ uri, retryIn: pause }, `the router has taken ${uri} away; asking for it again`);
      if (pause > 0) await this.#pause(pause);
      if (this.isOver) return;
    }
    try {
      await this.#make(offer, byForce);
      log.info({ uri }, `${uri} is there again`);
      if (!this.isOver && this.missing.length === 0) on.whole();
    } catch (error) {
      if (!this.isOver) on.failed(error);
    }
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#stop;
    return new Promise((resolve) => {
      const over = () => {
        cancel();
        signal.removeEventListener('abort', over);
        resolve();
      };
      const cancel = this.#options.clock.after(ms, over);
      signal.addEventListener('abort', over);
    });
  }
}

/** The answers of routers that cannot have a procedure taken over. */
const NO_FORCE: readonly string[] = [
  ERROR_URIS.procedureAlreadyExists,
  ERROR_URIS.optionNotAllowed,
  ERROR_URIS.invalidArgument,
];

function knowsNoForce(error: unknown): boolean {
  return error instanceof ApplicationError && NO_FORCE.includes(error.error);
}
