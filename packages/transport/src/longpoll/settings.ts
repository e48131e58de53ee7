import type { Clock, OptionNames, Serializer } from '@wamp-run/protocol';
import { atLeast, checkClock, checkSerializers } from '../settings.js';

/** What holds for a long-poll at either end. */
export interface LongPollConnectionOptions {
  /** At least one. A client's are offered in this order, the preferred one first; a server takes the client's order. */
  readonly serializers: readonly Serializer[];
  /** Times deadlines. */
  readonly clock: Clock;
  /**
   * The largest message, and the largest batch of them, in bytes, in both directions. What is larger and comes in is
   * answered with ABORT `wamp.error.payload_size_exceeded`. Default: 16 MiB.
   */
  readonly maxMessageSize?: number;
  /** Milliseconds that a closing transport gets, what is queued included, before it is cut. Default: 2 000. */
  readonly closeTimeout?: number;
}

/** The same with the defaults in place. */
export type LongPollConnectionSettings = Required<LongPollConnectionOptions>;

/** The names of these options, for the checks of whoever has more. */
export const LONG_POLL_OPTIONS: OptionNames<LongPollConnectionOptions> = {
  serializers: true,
  clock: true,
  maxMessageSize: true,
  closeTimeout: true,
};

/** Throws an InvalidConfiguration that names the option. `of` says whose options these are. */
export function connectionSettings(options: LongPollConnectionOptions, of: string): LongPollConnectionSettings {
  const { serializers, clock, maxMessageSize = 16 * 1024 * 1024, closeTimeout = 2_000 } = options;
  checkSerializers(serializers, of);
  checkClock(clock, of);
  atLeast(1, maxMessageSize, `${of}: maxMessageSize`, 'bytes');
  atLeast(1, closeTimeout, `${of}: closeTimeout`, 'milliseconds');
  return { serializers: [...serializers], clock, maxMessageSize, closeTimeout };
}
