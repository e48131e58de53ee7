import type { Clock, Logger, WampError } from '@wamp-run/protocol';
import { LastingRegistration } from './lasting-registration.js';
import { LastingSubscription } from './lasting-subscription.js';
import type { RegisterOptions, SubscribeOptions } from './options.js';
import type { Procedure, Registration } from './registration.js';
import type { Session } from './session.js';
import type { EventHandler, Subscription } from './subscription.js';
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
    const ask: Ask<Registration> = {
      make: (on) => on.register(procedure, handler, options),
      drop: (registration) => registration.unregister(),
    };
    const key = keyOf(procedure, options);
    const known = this.#offered.get(key);
    // One that this join does not have yet gets a new handler and new options, before the old ones are asked for.
    if (known !== undefined && !known.wanted.isOn(session)) {
      known.wanted.replace(ask);
      await known.wanted.make(session);
      return known.registration;
    }
    if (this.#joining === session) return session.register(procedure, handler, options);
    const wanted = new Wanted(ask);
    await wanted.make(session);
    const registration = new LastingRegistration(procedure, wanted, () => {
      if (this.#offered.get(key)?.wanted === wanted) this.#offered.delete(key);
    });
    this.#offered.set(key, { wanted, registration });
    return registration;
  }

  async subscribe(
    session: Session,
    topic: string,
    handler: EventHandler,
    options: SubscribeOptions | undefined,
  ): Promise<Subscription> {
    if (this.#joining === session) return session.subscribe(topic, handler, options);
    // A session's end is not the end of it: that comes with the client's.
    const { onEnd, ...lasting } = options ?? {};
    const wanted = new Wanted<Subscription>({
      make: (on) => on.subscribe(topic, handler, lasting),
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
    const subscribed = [...this.#subscribed.values()];
    this.#subscribed.clear();
    for (const { topic, onEnd } of subscribed) {
      try {
        onEnd?.(error);
      } catch (failure) {
        this.#options.report(failure, `onEnd of ${topic}`);
      }
    }
  }

  /** Resolves at the first answer. Where that is that somebody else has it, trying goes on. */
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
        if (!stop.aborted && session.details !== undefined) report(error, `${what} again`);
        answered();
      };
      whenFree(() => wanted.make(session), { clock, stop, taken }).then(answered, failed);
    });
  }
}

/** Registrations of one URI with different matching are different ones; two spellings of one pattern are one. */
function keyOf(procedure: string, options: RegisterOptions | undefined): string {
  const { match, uri } = uriTarget(procedure, 'procedure', options?.match);
  return `${match} ${uri}`;
}
