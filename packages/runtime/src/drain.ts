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

/**
 * Takes a component out of service without losing a call: no new ones (UNREGISTER, UNSUBSCRIBE), then what runs is
 * finished, for at most `grace`. Says how many pieces of work were left when the time was over.
 */
export async function drain({ bound, inFlight, clock, grace, log }: DrainOptions): Promise<number> {
  const finished = (async () => {
    await withdraw(bound, log);
    await inFlight.idle();
  })();
  let cancel = () => {};
  const late = new Promise<void>((resolve) => {
    cancel = clock.after(grace, resolve);
  });
  await Promise.race([finished, late]);
  cancel();
  if (inFlight.count > 0) {
    log.warn({ running: inFlight.count, grace }, 'not everything was finished in time; what is left is aborted');
  }
  return inFlight.count;
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
