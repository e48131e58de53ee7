import type { Dict, Payload, Value } from '@wamp-run/protocol';
import type { SubscriptionEvents } from '../broker/broker-options.js';
import type { Subscription } from '../broker/subscriptions.js';
import type { Registration } from '../dealer/registration.js';
import type { RegistrationEvents } from '../dealer/registration-events.js';
import type { Session } from '../session.js';
import { isoTime } from './meta-call.js';

/** What the events of the meta API need. */
export interface MetaEventsOptions {
  /** Publishes in the name of the realm; `payload` is made only if somebody listens. */
  readonly announce: (topic: string, payload: () => Payload) => void;
  /** From the router's clock to milliseconds since 1970. */
  readonly wallTimeOf: (clockTime: number) => number;
  /** Whether there are such events at all. */
  readonly enabled: boolean;
}

/** The events of the meta API: a subscriber hears of sessions, registrations and subscriptions, its own among them. */
export class MetaEvents {
  readonly registrations: RegistrationEvents;
  readonly subscriptions: SubscriptionEvents;
  readonly #announce: MetaEventsOptions['announce'];
  #silent: boolean;

  constructor({ announce, wallTimeOf, enabled }: MetaEventsOptions) {
    this.#announce = announce;
    this.#silent = !enabled;
    this.registrations = {
      created: (registration, session) =>
        this.#tell('wamp.registration.on_create', () => [
          session,
          registrationDetails(registration, wallTimeOf(registration.created)),
        ]),
      registered: ({ id }, session) => this.#tell('wamp.registration.on_register', () => [session, id]),
      unregistered: ({ id }, session) => this.#tell('wamp.registration.on_unregister', () => [session, id]),
      deleted: ({ id }, session) => this.#tell('wamp.registration.on_delete', () => [session, id]),
    };
    this.subscriptions = {
      created: (subscription, session) =>
        this.#tell('wamp.subscription.on_create', () => [session, subscriptionDetails(subscription)]),
      subscribed: ({ id }, session) => this.#tell('wamp.subscription.on_subscribe', () => [session, id]),
      unsubscribed: ({ id }, session) => this.#tell('wamp.subscription.on_unsubscribe', () => [session, id]),
      deleted: ({ id }, session) => this.#tell('wamp.subscription.on_delete', () => [session, id]),
    };
  }

  joined(session: Session): void {
    this.#tell('wamp.session.on_join', () => [sessionDetails(session)]);
  }

  left({ id, identity }: Session): void {
    this.#tell('wamp.session.on_leave', () => [id, identity.authid, identity.authrole]);
  }

  /** Does something of which nobody is told. */
  silently(run: () => void): void {
    const before = this.#silent;
    this.#silent = true;
    try {
      run();
    } finally {
      this.#silent = before;
    }
  }

  #tell(topic: string, args: () => Value[]): void {
    if (!this.#silent) this.#announce(topic, () => ({ args: args(), kwargs: {} }));
  }
}

/** What `wamp.session.get` and `wamp.session.on_join` say of a session. */
export function sessionDetails({ id, identity }: Session): Dict {
  return { session: id, ...identity };
}

/** What `wamp.subscription.get` and `wamp.subscription.on_create` say of a subscription. */
export function subscriptionDetails({ id, created, topic, match }: Subscription): Dict {
  return { id, created: isoTime(created), uri: topic, match };
}

/** What `wamp.registration.get` and `wamp.registration.on_create` say of a registration. */
export function registrationDetails({ id, procedure, match, invoke }: Registration, created: number): Dict {
  return { id, created: isoTime(created), uri: procedure, match, invoke };
}
