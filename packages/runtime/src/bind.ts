import {
  type Procedure,
  type RegisterOptions,
  type Registration,
  type Session,
  type Subscription,
  whenFree,
} from '@wamp-run/client';
import type { ComponentInstance } from '@wamp-run/component';
import type { Clock, Logger, Stop } from '@wamp-run/protocol';
import type { InFlight } from './in-flight.js';

/** What a component has on one session, as the router confirms it. */
export class Bound {
  readonly registrations: Registration[] = [];
  readonly subscriptions: Subscription[] = [];
  /** The same by their URIs as the component has them, named parts included. */
  readonly byUri = new Map<string, Registration | Subscription>();
}

/** Of these URIs those that the router does not have of the component, or has no longer. */
export function missing(uris: readonly string[], bound: Bound | undefined): string[] {
  return [...new Set(uris)].filter((uri) => bound?.byUri.get(uri)?.active !== true);
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
 * Registers and subscribes all that a component offers, at once; `bound` holds what is confirmed so far. A procedure that is taken is tried again until it is
 * free: after a lost connection the router may hold the dead session's registration for a while.
 * Rejects with the first error that trying again would not mend.
 */
export async function bind(options: BindOptions, bound: Bound): Promise<void> {
  const { instance, inFlight, session } = options;
  await Promise.all([
    ...instance.procedures.map(async ({ handler, ...procedure }) => {
      const registration = await register(options, procedure, inFlight.counted(handler));
      bound.registrations.push(registration);
      bound.byUri.set(procedure.uri, registration);
    }),
    ...instance.topics.map(async ({ topic, handler, options: how }) => {
      const subscription = await session.subscribe(topic, inFlight.counted(handler), how);
      bound.subscriptions.push(subscription);
      bound.byUri.set(topic, subscription);
    }),
  ]);
}

function register(
  { session, clock, log, stop }: BindOptions,
  { uri, options }: { uri: string; options: RegisterOptions },
  handler: Procedure,
): Promise<Registration> {
  const taken = (retryIn: number) => {
    log.warn({ procedure: uri, retryIn }, `${uri} is registered by another session; trying again`);
  };
  return whenFree(() => session.register(uri, handler, options), { clock, stop, taken });
}
