import { InvalidConfiguration, type Logger, silent } from '@wamp-run/protocol';
import { atLeast } from '../settings.js';
import { LEAST_LENGTH, MOST_LENGTH } from './handshake.js';
import {
  RAW_SOCKET_CONNECTION_OPTIONS,
  type RawSocketConnectionOptions,
  type RawSocketSettings,
  rawSocketSettings,
} from './settings.js';

/** Whom a router lets in. */
export interface EntranceOptions extends RawSocketConnectionOptions {
  /** How many connections there may be at a time; one more is refused (error 4). Default: any number. */
  readonly maxConnections?: number;
  /**
   * The least that a client must be ready to take in one message, in bytes, from 512 to 16 MiB; one that takes less is
   * refused (error 2). Default: 512, which every client takes.
   */
  readonly minPeerMessageSize?: number;
  /** Told of refused connections (debug) and of what fails while listening (error). Default: nobody. */
  readonly log?: Logger;
}

/** The same with the defaults in place. */
export interface EntranceSettings extends RawSocketSettings {
  readonly maxConnections: number;
  readonly minPeerMessageSize: number;
  readonly log: Logger;
}

/** The names of these options, for the checks of whoever has more. */
export const ENTRANCE_OPTIONS = {
  ...RAW_SOCKET_CONNECTION_OPTIONS,
  maxConnections: true,
  minPeerMessageSize: true,
  log: true,
} as const;

/** Throws an InvalidConfiguration that names the option. `of` says whose options these are. */
export function entranceSettings(options: EntranceOptions, of: string): EntranceSettings {
  const { maxConnections = Number.POSITIVE_INFINITY, minPeerMessageSize = LEAST_LENGTH, log = silent } = options;
  if (maxConnections !== Number.POSITIVE_INFINITY) atLeast(1, maxConnections, `${of}: maxConnections`, 'connections');
  atLeast(LEAST_LENGTH, minPeerMessageSize, `${of}: minPeerMessageSize`, 'bytes');
  if (minPeerMessageSize > MOST_LENGTH) {
    throw new InvalidConfiguration(`${of}: minPeerMessageSize: RawSocket has no messages above ${MOST_LENGTH} bytes`);
  }
  return { ...rawSocketSettings(options, of), maxConnections, minPeerMessageSize, log };
}
