import { type Registration, type Session, type Subscription, whenFree } from '@wamp-run/client';
import type { ComponentInstance } from '@wamp-run/component';
import type { Clock, Logger, Stop } from '@wamp-run/protocol';
import type { InFlight } from './in-flight.js';

/** What a component has on one session. */
export interface Bound {
  readonly registrations: readonly Registration[];
  readonly subscriptions: readonly Subscription[];
}

export interface BindOptions {
  readonly session: Session;
  readonly instance: ComponentInstance;
  readonly inFlight: InFlight;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborted when the session ends: nothing is tried any longer. */
  readonly stop: Stop;
}

/**
 * Registers and subscribes all that a component offers, at once. A procedure that is taken is tried again until it is
 * free: after a lost connection the router may hold the dead session's registration for a while.
 * Rejects with the first error that trying again would not mend.
 */
export async function bind(options: BindOptions): Promise<Bound> {
  const { instance, inFlight, session } = options;
  const [registrations, subscriptions] = await Promise.all([
    Promise.all(instance.procedures.map(({ uri, handler }) => register(options, uri, inFlight.counted(handler)))),
    Promise.all(instance.topics.map(({ topic, handler }) => session.subscribe(topic, inFlight.counted(handler)))),
  ]);
  return { registrations, subscriptions };
}

function register(
  { session, clock, log, stop }: BindOptions,
  uri: string,
  handler: Parameters<Session['register']>[1],
): Promise<Registration> {
  const taken = (retryIn: number) => {
    log.warn({ procedure: uri, retryIn }, `${uri} is registered by another session; trying again`);
  };
  return whenFree(() => session.register(uri, handler), { clock, stop, taken });
}
