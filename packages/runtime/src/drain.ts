import type { Clock, Logger } from '@wamp-run/protocol';
import type { Bound } from './bind.js';
import type { InFlight } from './in-flight.js';

export interface DrainOptions {
  readonly bound: Bound | undefined;
  readonly inFlight: InFlight;
  readonly clock: Clock;
  /** How long what runs may go on (ms). */
  readonly grace: number;
  readonly log: Logger;
}

/** How long the router may take to confirm that nothing new comes (ms). One that is dead does not use up the grace. */
const WITHDRAW_LIMIT = 2_000;

/**
 * Takes a component out of service without losing a call: no new ones (UNREGISTER, UNSUBSCRIBE), then what runs is
 * finished, for at most `grace`.
 */
export async function drain({ bound, inFlight, clock, grace, log }: DrainOptions): Promise<void> {
  const until = clock.now() + grace;
  await within(clock, Math.min(grace, WITHDRAW_LIMIT), withdraw(bound, log));
  if (inFlight.count > 0) await within(clock, until - clock.now(), inFlight.idle());
  if (inFlight.count > 0) {
    log.warn({ running: inFlight.count }, 'not everything was finished in time; what is left is aborted');
  }
}

/** Waits for something, but not longer than so many milliseconds. */
async function within(clock: Clock, ms: number, something: Promise<void>): Promise<void> {
  if (ms <= 0) return;
  let cancel = () => {};
  const late = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve);
  });
  await Promise.race([something, late]);
  cancel();
}

async function withdraw(bound: Bound | undefined, log: Logger): Promise<void> {
  if (bound === undefined) return;
  const asked = [
    ...bound.registrations.filter(({ active }) => active).map((registration) => registration.unregister()),
    ...bound.subscriptions.filter(({ active }) => active).map((subscription) => subscription.unsubscribe()),
  ];
  for (const outcome of await Promise.allSettled(asked)) {
    // A session that ends meanwhile takes its registrations along: nothing is left to withdraw.
    if (outcome.status === 'rejected') log.debug({ err: outcome.reason }, 'could not be withdrawn');
  }
}
