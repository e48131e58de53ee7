import { atLeast, type ConnectionOptions, type ConnectionSettings, connectionSettings } from '../settings.js';
import { announceable, LEAST_LENGTH } from './handshake.js';
import { checkSerializerIds } from './serializer-ids.js';

/** What holds for a RawSocket connection on either side. */
export interface RawSocketConnectionOptions extends ConnectionOptions {
  /**
   * The largest message in bytes, in both directions. RawSocket announces powers of two from 512 to 16 MiB: the largest
   * that is not above this one counts. A larger message that comes in is answered with ABORT
   * `wamp.error.payload_size_exceeded`. Default: 16 MiB.
   */
  readonly maxMessageSize?: number;
  /**
   * Milliseconds from one PING to the next; 0 for none. Autobahn|Python and Crossbar.io cannot take a PING. TCP's own
   * keep-alive finds a peer whose machine is gone either way. Default: 0.
   */
  readonly pingInterval?: number;
  /** Milliseconds until TLS and the handshake must be done. Default: 10 000. */
  readonly handshakeTimeout?: number;
  /** Milliseconds that a message which has begun to come in may stand still, or the connection is given up. Default: 10 000. */
  readonly stallTimeout?: number;
}

/** The same with the defaults in place; `maxMessageSize` is what is announced. */
export interface RawSocketSettings extends ConnectionSettings {
  readonly handshakeTimeout: number;
  readonly stallTimeout: number;
}

/** The names of these options, for the checks of whoever has more. */
export const RAW_SOCKET_CONNECTION_OPTIONS = {
  serializers: true,
  clock: true,
  maxMessageSize: true,
  pingInterval: true,
  pingTimeout: true,
  closeTimeout: true,
  handshakeTimeout: true,
  stallTimeout: true,
} as const;

/** Throws an InvalidConfiguration that names the option. `of` says whose options these are. */
export function rawSocketSettings(options: RawSocketConnectionOptions, of: string): RawSocketSettings {
  const settings = connectionSettings({ ...options, pingInterval: options.pingInterval ?? 0 }, of);
  const { handshakeTimeout = 10_000, stallTimeout = 10_000 } = options;
  checkSerializerIds(settings.serializers, of);
  atLeast(LEAST_LENGTH, settings.maxMessageSize, `${of}: maxMessageSize`, 'bytes');
  atLeast(1, handshakeTimeout, `${of}: handshakeTimeout`, 'milliseconds');
  atLeast(1, stallTimeout, `${of}: stallTimeout`, 'milliseconds');
  return { ...settings, maxMessageSize: announceable(settings.maxMessageSize), handshakeTimeout, stallTimeout };
}
