import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as TlsServer } from 'node:tls';
import { InvalidConfiguration, type Listener, type Listening, type Transport } from '@wamp-run/protocol';
import { refuse } from '../longpoll/answers.js';
import { LongPollEntrance } from '../longpoll/entrance.js';
import { Status } from '../longpoll/status.js';
import { httpServer, listenAt, reachableUrl, stopListening } from '../own-http-server.js';
import { Entrance as RawSocketEntrance } from '../rawsocket/entrance.js';
import { answerPlainHttp } from '../websocket/admission.js';
import { listenOn } from '../websocket/given-server.js';
import { OctetSwitch } from './octet-switch.js';
import { type PortListenerOptions, type PortPlace, type PortSettings, portSettings } from './options.js';
import { TakenOver } from './taken-over.js';

/**
 * Listens for clients over every wire on one port: RawSocket is told from HTTP by its first octet, WebSocket and long-poll
 * come from one HTTP server, and every other request goes to a handler.
 *
 * @returns a listener whose `listen` rejects with InvalidConfiguration where the port is in use or not permitted, or the
 *   `server` is not listening; its `url` is that of WebSocket, or of the first wire that there is
 * @throws InvalidConfiguration where an option is wrong, or one that there is not
 * @example
 * const listener = portListener({ port: 8080, serializers: [cbor(), json()], clock, random, handler: app });
 * const listening = await listener.listen((transport) => router.attach(transport));
 * listening.url; // ws://127.0.0.1:8080/ws; and http://127.0.0.1:8080/lp, and rs://127.0.0.1:8080
 */
export function portListener(options: PortListenerOptions): Listener {
  const settings = portSettings(options);
  const { place } = settings;
  return {
    listen: (attach) =>
      'server' in place ? serveOn(place.server, settings, attach) : serveAlone(place, settings, attach),
  };
}

type Attach = (transport: Transport) => void;

async function serveAlone(
  { at, tls, handler }: Exclude<PortPlace, { server: Server }>,
  settings: PortSettings,
  attach: Attach,
): Promise<Listening> {
  const { websocket, log } = settings;
  const server = httpServer(tls, log);
  server.on('request', handler ?? answerOthers(settings));
  if (websocket !== undefined) server.on('upgrade', websocket.upgrades({ attach }));
  const wires = new Wires(server, settings, attach);
  const port = await listenAt(server, at, log);
  let closed: Promise<void> | undefined;
  return {
    url: urlOf({ host: at.host, port }, tls !== undefined, settings),
    close: () => {
      closed ??= stopListening(server, wires.close());
      return closed;
    },
  };
}

async function serveOn(server: Server, settings: PortSettings, attach: Attach): Promise<Listening> {
  const address = server.address();
  if (address === null) {
    throw new InvalidConfiguration('portListener: server: it is not listening yet; call its listen first, and wait');
  }
  if (typeof address === 'string') {
    throw new InvalidConfiguration('portListener: server: it listens on a Unix socket; one port for all is one of TCP');
  }
  const { websocket } = settings;
  const upgrades = websocket && (await listenOn({ server, entrance: websocket }, attach));
  const wires = new Wires(server, settings, attach);
  return {
    url: urlOf({ host: address.address, port: address.port }, server instanceof TlsServer, settings),
    close: async () => {
      void wires.close();
      await upgrades?.close();
    },
  };
}

/** What stands before an HTTP server: the first octet, and the requests that are long-poll's. */
class Wires {
  readonly #switch: OctetSwitch | undefined;
  readonly #rawsocket: RawSocketEntrance | undefined;
  readonly #longpoll: LongPollEntrance | undefined;
  readonly #requests: TakenOver | undefined;
  #over: Promise<void> | undefined;

  constructor(
    server: Server,
    { rawsocket, longpoll, clock, firstOctetTimeout, maxSilent }: PortSettings,
    attach: Attach,
  ) {
    if (rawsocket !== undefined) {
      this.#rawsocket = new RawSocketEntrance(rawsocket, attach);
      this.#switch = new OctetSwitch(server, this.#rawsocket, { clock, timeout: firstOctetTimeout, most: maxSilent });
    }
    if (longpoll !== undefined) {
      this.#longpoll = new LongPollEntrance(longpoll, attach);
      this.#requests = new TakenOver(server, 'request', this.#request);
    }
  }

  /** Nothing new comes in. Resolves when the long-polls that there are have ended. */
  close(): Promise<void> {
    this.#over ??= this.#close();
    return this.#over;
  }

  async #close(): Promise<void> {
    this.#switch?.close();
    this.#rawsocket?.close();
    await this.#longpoll?.close();
    this.#requests?.giveBack();
  }

  readonly #request = (request: IncomingMessage, response: ServerResponse): void => {
    if (this.#longpoll?.isFor(request) === true) this.#longpoll.take(request, response);
    else this.#requests?.pass(request, response);
  };
}

/** Says where the wires are, to whoever asks for something else. */
function answerOthers({ websocket, longpoll }: PortSettings) {
  const places = [websocket && `${websocket.path} (WebSocket)`, longpoll && `${longpoll.path} (long-poll)`];
  const text = `there is nothing here; WAMP is at ${places.filter((place) => place !== undefined).join(' and ')}`;
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (websocket?.isFor(request) === true) answerPlainHttp(request, response);
    else refuse(request, response, Status.notFound, text);
  };
}

function urlOf(place: { host: string; port: number }, secure: boolean, { websocket, longpoll }: PortSettings): string {
  const s = secure ? 's' : '';
  if (websocket !== undefined) return reachableUrl(`ws${s}`, place) + websocket.path;
  return longpoll === undefined ? reachableUrl(`rs${s}`, place) : reachableUrl(`http${s}`, place) + longpoll.path;
}
