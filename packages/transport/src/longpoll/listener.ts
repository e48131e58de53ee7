import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TlsOptions as TlsSettings } from 'node:tls';
import { checkOptionNames, type Listener, type Listening, type OptionNames, type Transport } from '@wamp-run/protocol';
import {
  checkedPort,
  type HostAndPort,
  httpServer,
  listenAt,
  reachableUrl,
  stopListening,
} from '../own-http-server.js';
import { type TlsServerOptions, tlsServerSettings } from '../tls-options.js';
import { refuse } from './answers.js';
import { LongPollEntrance } from './entrance.js';
import {
  LONG_POLL_SERVER_OPTIONS,
  type LongPollServerOptions,
  type LongPollServerSettings,
  serverSettings,
} from './listener-settings.js';
import { Status } from './status.js';

/** Where to listen, and for whom. */
export interface LongPollListenerOptions extends LongPollServerOptions {
  /** The port; 0 for any that is free. */
  readonly port: number;
  /** The address to listen on. Default: `127.0.0.1`. */
  readonly host?: string;
  /** Speaks TLS, with this certificate. Default: none. */
  readonly tls?: TlsServerOptions;
}

const OF = 'longpollListener';

const OPTIONS: OptionNames<LongPollListenerOptions> = {
  ...LONG_POLL_SERVER_OPTIONS,
  port: true,
  host: true,
  tls: true,
};

/**
 * Listens for clients over HTTP long-poll (WAMP specification, HTTP Longpoll Transport), with an HTTP server of its own. Of
 * the protocols that a client offers, the first that has a serializer here is taken. To have long-poll beside other wires
 * or on a server that there is, see `portListener`.
 *
 * @returns a listener whose `listen` rejects with InvalidConfiguration where the port is in use or not permitted
 * @throws InvalidConfiguration where an option is wrong, or one that there is not
 * @example
 * const listening = await longpollListener({ port: 8080, serializers: [cbor(), json()], clock, random }).listen(attach);
 * listening.url; // http://127.0.0.1:8080/lp
 */
export function longpollListener(options: LongPollListenerOptions): Listener {
  checkOptionNames(options, OPTIONS, OF);
  const place = { host: options.host ?? '127.0.0.1', port: checkedPort(options.port, OF) };
  const settings = serverSettings(options, OF);
  const tls = options.tls === undefined ? undefined : tlsServerSettings(options.tls, OF);
  return { listen: (attach) => listen({ place, tls, settings }, attach) };
}

interface Listen {
  readonly place: HostAndPort;
  readonly tls: TlsSettings | undefined;
  readonly settings: LongPollServerSettings;
}

async function listen({ place, tls, settings }: Listen, attach: (transport: Transport) => void): Promise<Listening> {
  const { path, log } = settings;
  const entrance = new LongPollEntrance(settings, attach);
  const server = httpServer(tls, log);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (entrance.isFor(request)) entrance.take(request, response);
    else refuse(request, response, Status.notFound, `there is nothing here; WAMP over long-poll is at ${path}`);
  });
  const port = await listenAt(server, place, log);
  let closed: Promise<void> | undefined;
  return {
    url: reachableUrl(tls === undefined ? 'http' : 'https', { ...place, port }) + path,
    close: () => {
      closed ??= stopListening(server, entrance.close());
      return closed;
    },
  };
}
