import { Server as HttpServer, type RequestListener } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import {
  type Clock,
  type ConnectionCookies,
  checkOptionNames,
  InvalidConfiguration,
  type Logger,
  type OptionNames,
  type Random,
  type Serializer,
  silent,
} from '@wamp-run/protocol';
import {
  LONG_POLL_SERVER_OPTIONS,
  type LongPollServerOptions,
  type LongPollServerSettings,
  serverSettings,
} from '../longpoll/listener-settings.js';
import { checkedPort, type HostAndPort } from '../own-http-server.js';
import {
  entranceSettings,
  ENTRANCE_OPTIONS as RAWSOCKET_OPTIONS,
  type EntranceOptions as RawSocketEntranceOptions,
  type EntranceSettings as RawSocketEntranceSettings,
} from '../rawsocket/entrance-settings.js';
import { atLeast, checkClock, checkSerializers } from '../settings.js';
import { type TlsServerOptions, tlsServerSettings } from '../tls-options.js';
import {
  ENTRANCE_OPTIONS as WEBSOCKET_OPTIONS,
  Entrance as WebSocketEntrance,
  type EntranceOptions as WebSocketEntranceOptions,
} from '../websocket/entrance.js';

/** What every wire has, and is given once. A wire's own options may say otherwise, except for clock and randomness. */
interface Shared {
  /** At least one. Of those that a client offers, the first that is here is taken; RawSocket has no batched ones. */
  readonly serializers: readonly Serializer[];
  /** Times pings and deadlines. */
  readonly clock: Clock;
  /** Makes the ids of long-poll transports. */
  readonly random: Random;
  /** The largest message in bytes, in both directions. Default: 16 MiB. */
  readonly maxMessageSize?: number;
  /** Milliseconds that a closing connection gets, what is queued included, before it is cut. Default: 2 000. */
  readonly closeTimeout?: number;
  /**
   * Origins of web pages that may connect beside those from loopback, e.g. `https://shop.example`; `*` for all. Default:
   * none.
   */
  readonly allowedOrigins?: readonly string[];
  /** Asked which cookie a connection over HTTP is known by, which then is set: `LoginCookies` of `@wamp-run/auth/cookie`. Default: none. */
  readonly cookies?: ConnectionCookies;
  /** Told of refused connections (debug) and of what fails while listening (error). Default: nobody. */
  readonly log?: Logger;
}

type Own<T> = Partial<Omit<T, 'clock' | 'random' | 'log'>>;

/** Where to listen (`port` or `server`), what for, and for whom. */
export interface PortListenerOptions extends Shared {
  /** The port; 0 for any that is free. */
  readonly port?: number;
  /** The address to listen on, with `port`. Default: `127.0.0.1`. */
  readonly host?: string;
  /** Speaks TLS, with this certificate, whatever the wire. Default: none. */
  readonly tls?: TlsServerOptions;
  /**
   * An HTTP or HTTPS server that is listening already: what belongs to a wire is taken from it, everything else is left to
   * whoever listens for it, and closing the listening leaves it open.
   */
  readonly server?: HttpServer | HttpsServer;
  /** Gets every request that belongs to no wire, with `port`. Default: they are refused with 404 or 426. */
  readonly handler?: RequestListener;
  /** WebSocket, with options of its own; false for none. Default: true. */
  readonly websocket?: boolean | Own<WebSocketEntranceOptions>;
  /** RawSocket, with options of its own; false for none. Default: true. */
  readonly rawsocket?: boolean | Own<RawSocketEntranceOptions>;
  /** HTTP long-poll, with options of its own; false for none. Default: true. */
  readonly longpoll?: boolean | Own<LongPollServerOptions>;
  /** Milliseconds within which a connection must have said its first octet, TLS included. Default: 10 000. */
  readonly firstOctetTimeout?: number;
  /** How many connections may be silent at once; with one more the oldest of them is cut. Default: 1 000. */
  readonly maxSilent?: number;
}

const OPTIONS: OptionNames<PortListenerOptions> = {
  serializers: true,
  clock: true,
  random: true,
  maxMessageSize: true,
  closeTimeout: true,
  allowedOrigins: true,
  cookies: true,
  log: true,
  port: true,
  host: true,
  tls: true,
  server: true,
  handler: true,
  websocket: true,
  rawsocket: true,
  longpoll: true,
  firstOctetTimeout: true,
  maxSilent: true,
};

/** Where to listen: with a server of one's own, or with one that there is. */
export type PortPlace =
  | { readonly server: HttpServer }
  | {
      readonly at: HostAndPort;
      readonly tls: ReturnType<typeof tlsServerSettings> | undefined;
      readonly handler: RequestListener | undefined;
    };

/** The same with the defaults in place. A wire that is not wanted is undefined. */
export interface PortSettings {
  readonly place: PortPlace;
  readonly clock: Clock;
  readonly log: Logger;
  readonly firstOctetTimeout: number;
  readonly maxSilent: number;
  readonly websocket: WebSocketEntrance | undefined;
  readonly rawsocket: RawSocketEntranceSettings | undefined;
  readonly longpoll: LongPollServerSettings | undefined;
}

const OF = 'portListener';

/** Throws an InvalidConfiguration that names the option. */
export function portSettings(options: PortListenerOptions): PortSettings {
  checkOptionNames(options, OPTIONS, OF);
  const { clock, random, log = silent, firstOctetTimeout = 10_000, maxSilent = 1_000 } = options;
  checkSerializers(options.serializers, OF);
  checkClock(clock, OF);
  atLeast(1, firstOctetTimeout, `${OF}: firstOctetTimeout`, 'milliseconds');
  atLeast(1, maxSilent, `${OF}: maxSilent`, 'connections');
  const { serializers, maxMessageSize, closeTimeout, allowedOrigins, cookies } = options;
  const both = { clock, log, ...given({ maxMessageSize, closeTimeout }) };
  const http = { ...both, serializers, ...given({ allowedOrigins, cookies }) };
  const single = serializers.filter(({ batch }) => batch === undefined);
  const websocket = ownOptions(options.websocket, 'websocket', WEBSOCKET_OPTIONS);
  const rawsocket = ownOptions(options.rawsocket, 'rawsocket', RAWSOCKET_OPTIONS);
  const longpoll = ownOptions(options.longpoll, 'longpoll', LONG_POLL_SERVER_OPTIONS);
  const settings: PortSettings = {
    place: placeOf(options),
    clock,
    log,
    firstOctetTimeout,
    maxSilent,
    websocket: websocket && new WebSocketEntrance({ ...http, ...websocket }, `${OF}: websocket`),
    rawsocket: rawsocket && rawSocketSettings({ ...both, serializers: single, ...rawsocket }),
    longpoll: longpoll && serverSettings({ ...http, random, ...longpoll }, `${OF}: longpoll`),
  };
  if (settings.websocket === undefined && settings.rawsocket === undefined && settings.longpoll === undefined) {
    throw new InvalidConfiguration(`${OF}: websocket, rawsocket and longpoll: all are false; leave one of them on`);
  }
  return settings;
}

function rawSocketSettings(options: RawSocketEntranceOptions): RawSocketEntranceSettings {
  if (Array.isArray(options.serializers) && options.serializers.length === 0) {
    throw new InvalidConfiguration(
      `${OF}: rawsocket: no serializer is left, because RawSocket has no batches; give it serializers of its own, or rawsocket: false`,
    );
  }
  return entranceSettings(options, `${OF}: rawsocket`);
}

function ownOptions<T extends object>(
  options: boolean | T | undefined,
  wire: string,
  names: object,
): Partial<T> | undefined {
  if (options === false) return undefined;
  if (options === undefined || options === true) return {};
  if (typeof options !== 'object' || options === null) {
    throw new InvalidConfiguration(`${OF}: ${wire}: expected true, false or an object with options`);
  }
  const { clock: _clock, random: _random, log: _log, ...own } = names as Record<string, true>;
  checkOptionNames<object>(options, own as OptionNames<object>, `${OF}: ${wire}`);
  return options;
}

/** The options that are there: the defaults of those that are not are the wire's own. */
function given<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function placeOf({ port, host, tls, server, handler }: PortListenerOptions): PortPlace {
  if (server === undefined) {
    if (port === undefined) throw new InvalidConfiguration(`${OF}: port: give it, or a server`);
    return {
      at: { host: host ?? '127.0.0.1', port: checkedPort(port, OF) },
      tls: tls === undefined ? undefined : tlsServerSettings(tls, OF),
      handler,
    };
  }
  const other = Object.entries({ port, host, tls, handler }).find(([, value]) => value !== undefined);
  if (other !== undefined) {
    throw new InvalidConfiguration(`${OF}: server and ${other[0]} do not go together; leave one of them out`);
  }
  const one: unknown = server;
  if (one instanceof HttpServer || one instanceof HttpsServer) return { server };
  throw new InvalidConfiguration(`${OF}: server: expected a server of node:http or node:https`);
}
