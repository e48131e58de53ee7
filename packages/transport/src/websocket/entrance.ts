import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type Clock,
  type ConnectionCookies,
  InvalidConfiguration,
  type Logger,
  silent,
  type Transport,
} from '@wamp-run/protocol';
import { type Server, WebSocketServer } from 'ws';
import { connectionDetails } from '../connection-details.js';
import { type CookieSettings, checkedCookies, type OpenedCookies, openedCookies } from '../cookies.js';
import {
  CONNECTION_OPTIONS,
  type ConnectionOptions,
  type ConnectionSettings,
  connectionSettings,
} from '../settings.js';
import { type Admission, firstKnown, refusalOf, refuse } from './admission.js';
import { type Compression, type CompressionOptions, compressionSettings } from './compression.js';
import { cookieRule, originRule } from './origins.js';
import { WebSocketTransport } from './transport.js';
import { WireSocket } from './wire-socket.js';

/** For whom a listener is there, and what it speaks with them. */
export interface EntranceOptions extends ConnectionOptions {
  /** The path of the URL. Default: `/ws`. */
  readonly path?: string;
  /**
   * Origins of web pages that may connect beside those from loopback, e.g. `https://shop.example`, or
   * `https://shop.example:*` for any port; `null` for pages without one, as from a file; `*` for all. Clients that are no
   * browser send no origin and are not asked for one. Default: none.
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * Whether clients that offer it have messages compressed (permessage-deflate, RFC 7692), and how. The limit on the size
   * of a message holds for what it is inflated to. Default: false.
   */
  readonly compression?: boolean | CompressionOptions;
  /** Asked which cookie a connection is known by, which then is set: `LoginCookies` of `@wamp-run/auth/cookie`. Default: none. */
  readonly cookies?: ConnectionCookies;
  /** Told of refused requests (debug) and of what fails while listening (error). Default: nobody. */
  readonly log?: Logger;
}

/** The names of these options, for the checks of whoever has more. */
export const ENTRANCE_OPTIONS = {
  ...CONNECTION_OPTIONS,
  path: true,
  allowedOrigins: true,
  compression: true,
  cookies: true,
  log: true,
} as const;

/** What an HTTP server calls with a request to upgrade. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Takes a new connection. */
export type Attach = (transport: Transport) => void;

/** Where new connections come from, and go to. */
export interface Hall {
  /** The file of the Unix socket that they come through, where it is one. */
  readonly socketPath?: string;
  readonly attach: Attach;
}

/**
 * Lets requests to upgrade in, or refuses them: the part of listening that has no server of its own, so that any listener
 * in this package can have it.
 *
 * @example server.on('upgrade', new Entrance(options, 'websocketListener').upgrades({ attach }));
 */
export class Entrance {
  readonly path: string;
  readonly log: Logger;
  readonly clock: Clock;
  readonly #settings: ConnectionSettings;
  readonly #compression: Compression | undefined;
  readonly #admission: Admission;
  readonly #server: Server<typeof WireSocket>;
  readonly #cookies: CookieSettings;
  /** Of requests that are let in, until they are. */
  readonly #opened = new WeakMap<IncomingMessage, OpenedCookies>();

  /** Throws an InvalidConfiguration where an option is wrong. `of` says whose options these are. */
  constructor(options: EntranceOptions, of: string) {
    const { path = '/ws', allowedOrigins = [], compression = false, log = silent } = options;
    const settings = connectionSettings(options, of);
    if (!/^\/[^?#\s]*$/.test(path)) {
      throw new InvalidConfiguration(
        `${of}: path: ${JSON.stringify(path)} is not a path; it begins with a slash, e.g. /ws`,
      );
    }
    this.path = path;
    this.log = log;
    this.clock = settings.clock;
    this.#settings = settings;
    this.#compression = compressionSettings(compression, settings.maxMessageSize, of);
    this.#admission = { path, origins: originRule(allowedOrigins, of), serializers: settings.serializers };
    this.#cookies = { rule: cookieRule(allowedOrigins, of), issuer: checkedCookies(options.cookies, of), log };
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: this.#compression?.deflate ?? false,
      maxPayload: settings.maxMessageSize,
      WebSocket: WireSocket,
      handleProtocols: (offered) => firstKnown(offered, settings.serializers)?.subprotocol ?? false,
    });
    this.#server.on('headers', (headers, request) => {
      const { setCookie } = this.#opened.get(request) ?? {};
      if (setCookie !== undefined) headers.push(`Set-Cookie: ${setCookie}`);
    });
  }

  /** Whether a request is for this path. */
  isFor(request: IncomingMessage): boolean {
    return pathOf(request) === this.path;
  }

  /** What to do with requests to upgrade whose connections go to this hall. */
  upgrades(hall: Hall): Upgrade {
    return (request, socket, head) => {
      const refusal = refusalOf(request, this.#admission);
      if (refusal !== undefined) {
        this.log.debug({ status: refusal.status, url: request.url, origin: request.headers.origin }, refusal.text);
        refuse(socket, refusal);
        return;
      }
      this.#opened.set(request, openedCookies(request, this.#cookies));
      this.#server.handleUpgrade(request, socket, head, (ws) => this.#admit(ws, request, hall));
    };
  }

  #admit(ws: WireSocket, request: IncomingMessage, { socketPath, attach }: Hall): void {
    const { socket } = request;
    const cookie = this.#opened.get(request)?.cookie;
    const serializer = firstKnown([ws.protocol], this.#settings.serializers);
    if (serializer === undefined) {
      ws.terminate();
      return;
    }
    const transport = new WebSocketTransport({
      ws,
      socket,
      serializer,
      details: connectionDetails(
        { socket, serializer, end: 'server', socketPath, cookie },
        { wire: 'websocket', protocol: serializer.subprotocol },
      ),
      settings: this.#settings,
      end: 'server',
      compressFrom: this.#compression?.threshold,
    });
    try {
      attach(transport);
    } catch (err) {
      this.log.error({ err, peer: transport.details.peer }, 'a new connection was not taken');
      transport.turnAway();
    }
  }
}

/** The path that a request is for, without what was asked of it. */
export function pathOf({ url = '' }: IncomingMessage): string | undefined {
  return url.split('?', 1)[0];
}
