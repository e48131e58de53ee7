import { type Clock, InvalidConfiguration, type Serializer } from '@wamp-run/protocol';

/** What holds for a connection on either side, whichever the wire. */
export interface ConnectionOptions {
  /** At least one. A client's are offered in this order, the preferred one first; a server takes the client's order. */
  readonly serializers: readonly Serializer[];
  /** Times pings and deadlines. */
  readonly clock: Clock;
  /**
   * The largest message in bytes, in both directions, before it is compressed and after. A larger one that comes in is
   * answered with ABORT `wamp.error.payload_size_exceeded`. Default: 16 MiB.
   */
  readonly maxMessageSize?: number;
  /** Milliseconds from one ping to the next; 0 for none. Default: 10 000. */
  readonly pingInterval?: number;
  /** Milliseconds after a ping within which something must come from the peer, or the connection is given up. Default: 5 000. */
  readonly pingTimeout?: number;
  /** Milliseconds that a closing connection gets, what is queued included, before it is cut. Default: 2 000. */
  readonly closeTimeout?: number;
}

/** The same with the defaults in place. */
export type ConnectionSettings = Required<ConnectionOptions>;

/** The names of these options, for the checks of whoever has more. */
export const CONNECTION_OPTIONS = {
  serializers: true,
  clock: true,
  maxMessageSize: true,
  pingInterval: true,
  pingTimeout: true,
  closeTimeout: true,
} as const;

/** Throws an InvalidConfiguration that names the option. `of` says whose options these are. */
export function connectionSettings(options: ConnectionOptions, of: string): ConnectionSettings {
  checkSerializers(options.serializers, of);
  checkClock(options.clock, of);
  const settings: ConnectionSettings = {
    serializers: [...options.serializers],
    clock: options.clock,
    maxMessageSize: options.maxMessageSize ?? 16 * 1024 * 1024,
    pingInterval: options.pingInterval ?? 10_000,
    pingTimeout: options.pingTimeout ?? 5_000,
    closeTimeout: options.closeTimeout ?? 2_000,
  };
  atLeast(1, settings.maxMessageSize, `${of}: maxMessageSize`, 'bytes');
  atLeast(0, settings.pingInterval, `${of}: pingInterval`, 'milliseconds');
  atLeast(1, settings.pingTimeout, `${of}: pingTimeout`, 'milliseconds');
  atLeast(1, settings.closeTimeout, `${of}: closeTimeout`, 'milliseconds');
  return settings;
}

/** Throws an InvalidConfiguration unless this is a whole number of at least `least`. */
export function atLeast(least: number, value: number, what: string, unit: string): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new InvalidConfiguration(
    `${what}: expected a whole number of ${unit}, at least ${least}, got ${String(value)}`,
  );
}

/** Throws an InvalidConfiguration unless there is at least one, and none twice. */
export function checkSerializers(serializers: readonly Serializer[], of: string): void {
  if (!Array.isArray(serializers) || serializers.length === 0) {
    throw new InvalidConfiguration(`${of}: serializers: give at least one`);
  }
  const seen = new Set<string>();
  for (const { subprotocol } of serializers) {
    if (seen.has(subprotocol)) throw new InvalidConfiguration(`${of}: serializers: ${subprotocol} is there twice`);
    seen.add(subprotocol);
  }
}

/** Throws an InvalidConfiguration unless this is a clock. */
export function checkClock(clock: Clock, of: string): void {
  if (typeof clock?.after === 'function') return;
  throw new InvalidConfiguration(`${of}: clock: expected a clock, with now and after`);
}
