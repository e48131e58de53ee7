import { ApplicationError, type Clock, type Logger, Timeout, type WampError } from '@wamp-run/protocol';
import { LastingRegistration } from './lasting-registration.js';
import { LastingSubscription } from './lasting-subscription.js';
import type { RegisterOptions, SubscribeOptions } from './options.js';
import type { Procedure, Registration } from './registration.js';
import type { Session } from './session.js';
import type { EventHandler, Subscription } from './subscription.js';
import { isThenable } from './thenable.js';
import { uriTarget } from './uri-target.js';
import type { ReportUserError } from './user-errors.js';
import { type Ask, Wanted } from './wanted.js';
import { whenFree } from './when-free.js';

/** What keeping a desired state needs. */
export interface DesiredStateOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly report: ReportUserError;
}

/** A procedure that is wanted, with what its callers hold. */
interface Offered {
  readonly wanted: Wanted<Registration>;
  readonly registration: Registration;
  /** Of the options that count now. */
  onEnd: RegisterOptions['onEnd'];
}

/** A topic whose events are wanted, and whom to tell when there will be no more. */
interface Subscribed {
  readonly topic: string;
  readonly onEnd: SubscribeOptions['onEnd'];
}

/**
 * The registrations and subscriptions that a client wants of every join, with their options. What the router accepts
 * becomes part of it; what is taken back no longer is. After each join, what is not there is asked for again.
 *
 * What `onJoin` asks for is not part of it: `onJoin` runs again at the next join, and would have it twice.
 */
export class DesiredState {
  readonly #options: DesiredStateOptions;
  readonly #offered = new Map<string, Offered>();
  readonly #subscribed = new Map<Wanted<Subscription>, Subscribed>();
  #joining: Session | undefined;

  constructor(options: DesiredStateOptions) {
    this.#options = options;
  }

  /** `onJoin` begins to run, with this session. */
  joining(session: Session): void {
    this.#joining = session;
  }

  /** It has finished, or will not any more. */
  joined(session: Session): void {
    if (this.#joining === session) this.#joining = undefined;
  }

  async register(
    session: Session,
    procedure: string,
    handler: Procedure,
    options: RegisterOptions | undefined,
  ): Promise<Registration> {
    const key = keyOf(procedure, options);
    const known = this.#offered.get(key);
    const onEnd = options?.onEnd;
    const lasting = onEnd && { ...options, onEnd: whenRevoked(onEnd, () => this.#offered.delete(key)) };
    const ask: Ask<Registration> = {
      make: (on) => on.register(procedure, handler, lasting ?? options),
      drop: (registration) => registration.unregister(),
    };
    // One that this join does not have yet gets a new handler and new options, before the old ones are asked for.
    if (known !== undefined && !known.wanted.isOn(session)) {
      known.wanted.replace(ask);
      known.onEnd = onEnd;
      await known.wanted.make(session);
      return known.registration;
    }
    if (this.#joining === session) return session.register(procedure, handler, options);
    const wanted = new Wanted(ask);
    await wanted.make(session);
    const registration = new LastingRegistration(procedure, wanted, () => {
      if (this.#offered.get(key)?.wanted === wanted) this.#offered.delete(key);
    });
    this.#offered.set(key, { wanted, registration, onEnd });
    return registration;
  }

  async subscribe(
    session: Session,
    topic: string,
    handler: EventHandler,
    options: SubscribeOptions | undefined,
  ): Promise<Subscription> {
    if (this.#joining === session) return session.subscribe(topic, handler, options);
    const onEnd = options?.onEnd;
    const lasting = onEnd && { ...options, onEnd: whenRevoked(onEnd, () => this.#subscribed.delete(wanted)) };
    const wanted: Wanted<Subscription> = new Wanted<Subscription>({
      make: (on) => on.subscribe(topic, handler, lasting ?? options),
      drop: (subscription) => subscription.unsubscribe(),
    });
    await wanted.make(session);
    this.#subscribed.set(wanted, { topic, onEnd });
    return new LastingSubscription(topic, wanted, () => this.#subscribed.delete(wanted));
  }

  /** Asks for all that this session does not have. Resolves when everything has been answered once; never rejects. */
  async reconcile(session: Session): Promise<void> {
    const answers: Promise<void>[] = [];
    for (const { wanted, registration } of this.#offered.values()) {
      if (!wanted.isOn(session)) answers.push(this.#again(wanted, session, `registering ${registration.procedure}`));
    }
    for (const [wanted, { topic }] of this.#subscribed) {
      if (!wanted.isOn(session)) answers.push(this.#again(wanted, session, `subscribing to ${topic}`));
    }
    await Promise.all(answers);
  }

  /** The session has ended: nothing more is tried on it. */
  lost(): void {
    this.#joining = undefined;
    for (const { wanted } of this.#offered.values()) wanted.stopTrying();
    for (const wanted of this.#subscribed.keys()) wanted.stopTrying();
  }

  /** There will be no session any more. */
  ended(error: WampError): void {
    const offered = [...this.#offered.values()].map(
      ({ registration, onEnd }) => [registration.procedure, onEnd] as const,
    );
    const subscribed = [...this.#subscribed.values()].map(({ topic, onEnd }) => [topic, onEnd] as const);
    this.#offered.clear();
    this.#subscribed.clear();
    for (const [uri, onEnd] of [...offered, ...subscribed]) {
      const failed = (failure: unknown) => this.#options.report(failure, `onEnd of ${uri}`);
      try {
        const result = onEnd?.(error);
        if (isThenable(result)) Promise.resolve(result).then(undefined, failed);
      } catch (failure) {
        failed(failure);
      }
    }
  }

  /** Resolves at the first answer. Where that is that somebody else has it, or there was none in time, trying goes on. */
  #again(wanted: Wanted<Registration> | Wanted<Subscription>, session: Session, what: string): Promise<void> {
    const { clock, log, report } = this.#options;
    const stop = wanted.startTrying();
    return new Promise((answered) => {
      const taken = (retryIn: number) => {
        log.warn({ retryIn }, `${what} again: another session has it; trying again`);
        answered();
      };
      const failed = (error: unknown) => {
        // It stays wanted: the next join asks again. Where the session has ended, that is what there is to say.
        const wanting = !stop.aborted && session.details !== undefined;
        if (wanting) report(error, `${what} again`);
        answered();
        if (wanting && error instanceof Timeout) attempt();
      };
      const attempt = () => {
        whenFree(() => wanted.make(session), { clock, stop, taken }).then(answered, failed);
      };
      attempt();
    });
  }
}

/**
 * The `onEnd` of one join. A session's end is not the end of what lasts: that comes with the client's. A revocation is,
 * where somebody hears of it; without, the next join asks again.
 */
function whenRevoked(onEnd: (error: WampError) => unknown, forget: () => void): (error: WampError) => unknown {
  return (error) => {
    if (!(error instanceof ApplicationError)) return undefined;
    forget();
    return onEnd(error);
  };
}

/** Registrations of one URI with different matching are different ones; two spellings of one pattern are one. */
function keyOf(procedure: string, options: RegisterOptions | undefined): string {
  const { match, uri } = uriTarget(procedure, 'procedure', options?.match);
  return `${match} ${uri}`;
}
