import {
  type ConnectionCookies,
  InvalidConfiguration,
  type Logger,
  type OptionNames,
  type Random,
  silent,
} from '@wamp-run/protocol';
import { type CookieSettings, checkedCookies } from '../cookies.js';
import { atLeast } from '../settings.js';
import { cookieRule, type OriginRule, originRule } from '../websocket/origins.js';
import {
  connectionSettings,
  LONG_POLL_OPTIONS,
  type LongPollConnectionOptions,
  type LongPollConnectionSettings,
} from './settings.js';
import { Status } from './status.js';

/** What holds for the server's side of long-poll, wherever it listens. */
export interface LongPollServerOptions extends LongPollConnectionOptions {
  /** Makes the ids of transports: whoever knows one has the session. */
  readonly random: Random;
  /** The base path. Default: `/lp`. */
  readonly path?: string;
  /**
   * Milliseconds that a request for messages waits for one before it is answered with nothing, so that nobody on the way
   * takes it for dead. Default: 10 000.
   */
  readonly receiveTimeout?: number;
  /** Milliseconds without any request for messages after which the client is gone. Default: 30 000. */
  readonly idleTimeout?: number;
  /** Milliseconds for the body of a request. Default: 30 000. */
  readonly bodyTimeout?: number;
  /** Bytes that may wait for a client to fetch them; a client with more has ended. Default: twice `maxMessageSize`. */
  readonly maxQueuedBytes?: number;
  /** How many transports there may be at once. Default: 10 000. */
  readonly maxTransports?: number;
  /**
   * The HTTP status for what was sent and taken: 202 is the specification's, 204 that of Crossbar.io, without which
   * Autobahn|JS does not go on. Default: 202.
   */
  readonly acceptedStatus?: 202 | 204;
  /**
   * Origins of web pages that may connect beside those from loopback, e.g. `https://shop.example`; `*` for all.
   * Clients that are no browser send no origin and are not asked for one. Default: none.
   */
  readonly allowedOrigins?: readonly string[];
  /** Asked which cookie a transport is known by, which then is set: `LoginCookies` of `@wamp-run/auth/cookie`. Default: none. */
  readonly cookies?: ConnectionCookies;
  /** Told of refused requests (debug) and of transports that were not taken (error). Default: nobody. */
  readonly log?: Logger;
}

/** The names of these options, for the checks of whoever has more. */
export const LONG_POLL_SERVER_OPTIONS: OptionNames<LongPollServerOptions> = {
  ...LONG_POLL_OPTIONS,
  random: true,
  path: true,
  receiveTimeout: true,
  idleTimeout: true,
  bodyTimeout: true,
  maxQueuedBytes: true,
  maxTransports: true,
  acceptedStatus: true,
  allowedOrigins: true,
  cookies: true,
  log: true,
};

/** The same with the defaults in place. */
export interface LongPollServerSettings
  extends LongPollConnectionSettings,
    Required<Omit<LongPollServerOptions, keyof LongPollConnectionOptions | 'allowedOrigins' | 'cookies'>> {
  readonly origins: OriginRule;
  readonly cookies: CookieSettings;
}

/** Throws an InvalidConfiguration that names the option. `of` says whose options these are. */
export function serverSettings(options: LongPollServerOptions, of: string): LongPollServerSettings {
  const connection = connectionSettings(options, of);
  const settings: LongPollServerSettings = {
    ...connection,
    random: options.random,
    path: checkedPath(options.path ?? '/lp', of),
    receiveTimeout: options.receiveTimeout ?? 10_000,
    idleTimeout: options.idleTimeout ?? 30_000,
    bodyTimeout: options.bodyTimeout ?? 30_000,
    maxQueuedBytes: options.maxQueuedBytes ?? 2 * connection.maxMessageSize,
    maxTransports: options.maxTransports ?? 10_000,
    acceptedStatus: options.acceptedStatus ?? Status.accepted,
    origins: originRule(options.allowedOrigins ?? [], of),
    cookies: {
      rule: cookieRule(options.allowedOrigins ?? [], of),
      issuer: checkedCookies(options.cookies, of),
      log: options.log ?? silent,
    },
    log: options.log ?? silent,
  };
  if (typeof options.random !== 'function') throw new InvalidConfiguration(`${of}: random: expected a function`);
  for (const name of ['receiveTimeout', 'idleTimeout', 'bodyTimeout'] as const) {
    atLeast(1, settings[name], `${of}: ${name}`, 'milliseconds');
  }
  atLeast(connection.maxMessageSize, settings.maxQueuedBytes, `${of}: maxQueuedBytes`, 'bytes');
  atLeast(1, settings.maxTransports, `${of}: maxTransports`, 'transports');
  if (settings.acceptedStatus !== 202 && settings.acceptedStatus !== 204) {
    throw new InvalidConfiguration(
      `${of}: acceptedStatus: expected 202 or 204, got ${String(settings.acceptedStatus)}`,
    );
  }
  return settings;
}

function checkedPath(path: string, of: string): string {
  if (/^\/[^?#\s]*[^/?#\s]$/.test(path)) return path;
  throw new InvalidConfiguration(
    `${of}: path: ${JSON.stringify(path)} is not a base path; it begins with a slash and ends without, e.g. /lp`,
  );
}
