import { InvalidConfiguration, type Stop, WampError } from '@wamp-run/protocol';
import { Client } from './client.js';
import type { ClientOptions } from './client-options.js';

/** How one of several clients ended. */
export interface RunOutcome {
  /** The client; undefined where its options are wrong. */
  readonly client: Client | undefined;
  /** Why it could not be made, or gave up; undefined where this side ended it. */
  readonly error: WampError | undefined;
}

/** How to run several clients. */
export interface RunOptions {
  /** When it aborts, all of them are closed. */
  readonly stop?: Stop | undefined;
  /**
   * When the others are closed as well: with the first that fails, with the first that ends, or never (`all-ended`).
   * Default: `all-ended`.
   */
  readonly stopOn?: 'all-ended' | 'first-failure' | 'first-end' | undefined;
}

const STOP_ON = ['all-ended', 'first-failure', 'first-end'];

/**
 * Opens clients and waits until the last has ended. What befalls one is not felt by another: a failure is that one's
 * outcome, also where its options are wrong.
 *
 * @param clients - clients, or what to make them from
 * @returns the outcomes, in the order given
 * @throws (rejects) InvalidConfiguration where `clients` is no list, or `stopOn` none of its words
 * @example
 * const outcomes = await run([shop, { ...options, realm: 'stock', main }], { stop: controller.signal });
 * for (const { error } of outcomes) if (error !== undefined) log.error({ err: error }, 'a client gave up');
 */
export async function run(
  clients: readonly (Client | ClientOptions)[],
  options: RunOptions = {},
): Promise<RunOutcome[]> {
  if (!Array.isArray(clients))
    throw new InvalidConfiguration('clients: expected a list of clients or of their options');
  const { stop, stopOn = 'all-ended' } = options;
  if (!STOP_ON.includes(stopOn)) {
    throw new InvalidConfiguration(`stopOn: expected one of ${STOP_ON.join(', ')}, got ${String(stopOn)}`);
  }
  const made = clients.map((each: Client | ClientOptions) => make(each));
  const close = () => {
    for (const { client } of made) void client?.close();
  };
  stop?.addEventListener('abort', close);
  if (stop?.aborted === true) close();
  try {
    return await Promise.all(
      made.map(async (each) => {
        const outcome = await ended(each);
        if (stopOn === 'first-end' || (stopOn === 'first-failure' && outcome.error !== undefined)) close();
        return outcome;
      }),
    );
  } finally {
    stop?.removeEventListener('abort', close);
  }
}

function make(given: Client | ClientOptions): RunOutcome {
  try {
    return { client: given instanceof Client ? given : new Client(given), error: undefined };
  } catch (cause) {
    const error = cause instanceof WampError ? cause : new InvalidConfiguration('wrong options', { cause });
    return { client: undefined, error };
  }
}

async function ended(outcome: RunOutcome): Promise<RunOutcome> {
  const { client } = outcome;
  if (client === undefined) return outcome;
  // One that has ended before, or has been stopped by now, has its outcome already.
  if (client.state === 'idle') client.open();
  return { client, error: (await client.closed).error };
}
