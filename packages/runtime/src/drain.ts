import type { Client } from '@wamp-run/client';
import type { Clock, Logger } from '@wamp-run/protocol';
import type { Binding } from './bind.js';
import type { InFlight } from './in-flight.js';

export interface DrainOptions {
  readonly binding: Binding;
  readonly inFlight: InFlight;
  /** The calls that its session is answering. */
  readonly client: Pick<Client, 'answering' | 'answered' | 'cancelAnswering'>;
  readonly clock: Clock;
  /** How long what runs may go on (ms). */
  readonly grace: number;
  readonly log: Logger;
}

/** How long the router may take to confirm that nothing new comes (ms). One that is dead does not use up the grace. */
const WITHDRAW_LIMIT = 2_000;

/**
 * Takes a component out of service without losing a call: no new ones (UNREGISTER, UNSUBSCRIBE), then what runs is
 * finished, for at most `grace`. What is left then is aborted, and its callers are told so. The session stays.
 */
export async function drain(options: DrainOptions): Promise<void> {
  const { binding, inFlight, client, clock, grace, log } = options;
  const until = clock.now() + grace;
  await within(clock, Math.min(grace, WITHDRAW_LIMIT), binding.withdraw());
  if (!isIdle(options)) await within(clock, until - clock.now(), idle(options));
  if (isIdle(options)) return;
  const running = inFlight.count;
  const canceled = client.cancelAnswering();
  log.warn({ running, canceled }, 'not everything was finished in time; what is left is aborted');
}

/** Waits for something, but not longer than so many milliseconds. */
export async function within(clock: Clock, ms: number, something: Promise<unknown>): Promise<void> {
  if (ms <= 0) return;
  let cancel = () => {};
  const late = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve);
  });
  await Promise.race([something, late]);
  cancel();
}

/** What waits for its turn has not begun, and is to be answered, or handled, all the same. */
function isIdle({ binding, inFlight, client }: DrainOptions): boolean {
  return inFlight.count === 0 && client.answering === 0 && binding.waiting === 0;
}

async function idle(options: DrainOptions): Promise<void> {
  while (!isIdle(options)) await Promise.all([options.inFlight.idle(), options.client.answered()]);
}
