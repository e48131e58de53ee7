import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Transport } from '@wamp-run/protocol';
import { openedCookies } from '../cookies.js';
import { firstKnown } from '../websocket/admission.js';
import { answer, answerNothing, hasNoBody, refuse } from './answers.js';
import { detailsOf } from './details.js';
import type { LongPollServerSettings } from './listener-settings.js';
import { openAnswer, protocolsIn } from './opening.js';
import { PolledTransport } from './polled-transport.js';
import { type BodyRefused, bodyOf } from './request-body.js';
import { Status } from './status.js';

/** The body of a request to open is not read further than this. */
const OPEN_LIMIT = 16 * 1024;

/** Octets of an id: as good as a key. */
const ID_LENGTH = 24;

/** Takes the requests that belong to long-poll, whoever listens for them: opens transports, and knows them by their ids. */
export class LongPollEntrance {
  readonly #settings: LongPollServerSettings;
  readonly #attach: (transport: Transport) => void;
  readonly #transports = new Map<string, PolledTransport>();
  #closed = false;
  #empty: () => void = () => {};

  constructor(settings: LongPollServerSettings, attach: (transport: Transport) => void) {
    this.#settings = settings;
    this.#attach = attach;
  }

  /** Whether a request is for here: its path is the base path, or below it. */
  isFor(request: IncomingMessage): boolean {
    const path = pathOf(request);
    const { path: base } = this.#settings;
    return path.startsWith(base) && (path.length === base.length || path[base.length] === '/');
  }

  /** Takes a request that is for here. */
  take(request: IncomingMessage, response: ServerResponse): void {
    const { origins, path, log } = this.#settings;
    const { origin } = request.headers;
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    // The id in a path is a secret, and so not told to the log.
    const refused = (status: number, text: string) => {
      log.debug({ status, origin }, `long-poll: ${text}`);
      refuse(request, response, status, text);
    };
    if (!origins(origin)) {
      refused(Status.forbidden, 'pages from this origin may not connect (allowedOrigins)');
      return;
    }
    if (origin !== undefined) {
      response.setHeader('Access-Control-Allow-Origin', origin);
      response.setHeader('Vary', 'Origin');
    }
    if (request.method === 'OPTIONS') {
      allow(response);
      return;
    }
    const [, name = '', action = ''] = pathOf(request).slice(path.length).split('/', 3);
    const below = action === 'send' || action === 'receive' || action === 'close' ? action : undefined;
    const opening = name === 'open' && action === '';
    if (!opening && below === undefined) {
      refused(Status.notFound, `there is nothing here; WAMP over long-poll opens with POST ${path}/open`);
      return;
    }
    if (request.method !== 'POST') {
      response.setHeader('Allow', 'POST, OPTIONS');
      refused(Status.methodNotAllowed, 'long-poll is done with POST');
      return;
    }
    if (below === undefined) {
      this.#opening(request, response, refused);
      return;
    }
    const transport = this.#transports.get(name);
    if (transport === undefined) {
      refused(Status.notFound, 'there is no such transport');
      return;
    }
    if (below !== 'receive') transport.take({ kind: below, request, response });
    else if (hasNoBody(request)) transport.receive({ request, response });
    else refused(Status.badRequest, 'a request for messages has no body');
  }

  /**
   * Opens no more transports. Those that there are go on, over the connections that they have; resolves when there are
   * none left.
   */
  close(): Promise<void> {
    this.#closed = true;
    for (const transport of this.#transports.values()) transport.lastConnections();
    return new Promise((resolve) => {
      this.#empty = resolve;
      if (this.#transports.size === 0) resolve();
    });
  }

  #opening(request: IncomingMessage, response: ServerResponse, refused: (status: number, text: string) => void): void {
    const { clock, bodyTimeout } = this.#settings;
    bodyOf(request, { limit: OPEN_LIMIT, timeout: bodyTimeout, clock }).then(
      (body) => this.#open(body, request, response, refused),
      ({ status, message }: BodyRefused) => refused(status, message),
    );
  }

  #open(
    body: Buffer,
    request: IncomingMessage,
    response: ServerResponse,
    refused: (status: number, text: string) => void,
  ): void {
    const { serializers, maxTransports, log } = this.#settings;
    const offered = protocolsIn(body);
    if (offered === undefined) {
      refused(Status.badRequest, 'expected a body like {"protocols":["wamp.2.json"]}');
      return;
    }
    const serializer = firstKnown(offered, serializers);
    if (serializer === undefined) {
      const known = serializers.map(({ subprotocol }) => subprotocol).join(', ');
      refused(Status.badRequest, `no protocol in common; this server has ${known}`);
      return;
    }
    if (this.#closed) {
      refused(Status.unavailable, 'this server takes no more connections');
      return;
    }
    if (this.#transports.size >= maxTransports) {
      refused(Status.unavailable, 'there are too many transports');
      return;
    }
    // Whoever is gone before there was an answer never knows its id.
    if (response.destroyed) return;
    const id = this.#newId();
    const { cookie, setCookie } = openedCookies(request, this.#settings.cookies);
    if (setCookie !== undefined) response.setHeader('Set-Cookie', setCookie);
    const transport = new PolledTransport({
      serializer,
      details: detailsOf(request.socket, serializer, 'server', cookie),
      settings: this.#settings,
      ended: () => this.#forget(id),
    });
    this.#transports.set(id, transport);
    response.once('close', () => {
      if (!response.writableFinished) transport.lose('the client was gone before the transport was open');
    });
    try {
      this.#attach(transport);
    } catch (err) {
      log.error({ err, peer: transport.details.peer }, 'a new connection was not taken');
      transport.lose('it was not taken');
      refuse(request, response, Status.internalError, 'the connection was not taken');
      return;
    }
    answer(response, 'application/json', openAnswer({ protocol: serializer.subprotocol, transport: id }));
  }

  #newId(): string {
    return Buffer.from(this.#settings.random(ID_LENGTH)).toString('base64url');
  }

  #forget(id: string): void {
    this.#transports.delete(id);
    if (this.#closed && this.#transports.size === 0) this.#empty();
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] as string;
}

/** The answer to a browser that asks, before it sends anything, whether it may. */
function allow(response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Methods', 'POST');
  response.setHeader('Access-Control-Allow-Headers', 'Content-Type');
  response.setHeader('Access-Control-Max-Age', '600');
  answerNothing(response, Status.noContent);
}
