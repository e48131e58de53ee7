import type { Registration, Session, Subscription } from '@wamp-run/client';
import type { ComponentInstance } from '@wamp-run/component';
import { ApplicationError, type Clock, ERROR_URIS, type Logger, type Stop } from '@wamp-run/protocol';
import type { InFlight } from './in-flight.js';

/** What a component has on one session, as the router confirms it. */
export class Bound {
  readonly registrations: Registration[] = [];
  readonly subscriptions: Subscription[] = [];
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

/** How long to wait before a procedure that somebody else has is tried again (ms): the first time, and at most. */
const FIRST_RETRY = 1_000;
const LONGEST_RETRY = 15_000;

/**
 * Registers and subscribes all that a component offers, at once; `bound` holds what is confirmed so far. A procedure that is taken is tried again until it is
 * free: after a lost connection the router may hold the dead session's registration for a while.
 * Rejects with the first error that trying again would not mend.
 */
export async function bind(options: BindOptions, bound: Bound): Promise<void> {
  const { instance, inFlight, session } = options;
  await Promise.all([
    ...instance.procedures.map(async ({ uri, handler }) => {
      bound.registrations.push(await register(options, uri, inFlight.counted(handler)));
    }),
    ...instance.topics.map(async ({ topic, handler }) => {
      bound.subscriptions.push(await session.subscribe(topic, inFlight.counted(handler)));
    }),
  ]);
}

async function register(
  options: BindOptions,
  uri: string,
  handler: Parameters<Session['register']>[1],
): Promise<Registration> {
  for (let delay = FIRST_RETRY; ; delay = Math.min(delay * 2, LONGEST_RETRY)) {
    try {
      return await options.session.register(uri, handler);
    } catch (error) {
      if (!isTaken(error) || options.stop.aborted) throw error;
      options.log.warn({ procedure: uri, retryIn: delay }, `${uri} is registered by another session; trying again`);
      await pause(options, delay);
      if (options.stop.aborted) throw error;
    }
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof ApplicationError && error.error === ERROR_URIS.procedureAlreadyExists;
}

/** Resolves after a while, or at once when the session ends. */
function pause({ clock, stop }: BindOptions, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      cancel();
      stop.removeEventListener('abort', over);
      resolve();
    };
    const cancel = clock.after(ms, over);
    stop.addEventListener('abort', over);
  });
}
